#pragma once

#include "domain/layout/layout.h"

#include <QByteArray>
#include <QStringList>

namespace parterre {

/// What an import did to a plan that was not as the format asks. Nothing is repaired without a line here.
struct PlanImportReport
{
    int sections = 0;
    int rows = 0;
    int seats = 0;
    int areas = 0;
    int categories = 0;
    int renamedSeats = 0;        ///< Seats whose `seat_guid` had been used by an earlier seat and got a new one.
    int repeatedGuids = 0;       ///< How many `seat_guid` values were used more than once.
    QStringList repairs{};       ///< One line a repair with the path of the place.
    QStringList warnings{};      ///< What was odd but kept, e.g. bounds that were grown.

    [[nodiscard]] QString text() const; ///< For a person: counts first, then repairs and warnings.
};

struct PlanImport
{
    Layout layout;
    PlanImportReport report;
};

/// Reads a pretix seating plan: the current revision and the old one (@063f323f) with `number_of_seats`,
/// `seats_spacing`, `zone.displayed` and areas with `width`, `height` and `text` as a string.
///
/// Numbers may be fractional where the schema asks for integers. A repeated or empty `seat_guid` gets a new, unique
/// and repeatable id; seats are never dropped. Bounds that do not hold everything are grown with a warning. An unknown
/// category, a missing position or number, and sizes over the limits are refused with the JSON pointer in
/// Error::field; a seat without a category gets the plan's only one, or one made for it where the plan lists none. Unknown fields are kept and come back on export of our own JSON form.
[[nodiscard]] Result<PlanImport> importPretixPlan(const QByteArray &bytes);

/// Writes a plan that is strictly valid against pretix's schema: fields that the schema does not know are left out
/// (the return value's `dropped` says which), integers are rounded. Importing it again gives the same seats, keys,
/// labels, places and categories.
struct PlanExport
{
    QByteArray bytes;
    QStringList dropped{};
};
[[nodiscard]] PlanExport exportPretixPlan(const Layout &layout);

} // namespace parterre
