#pragma once

#include "catalog/seasonfile.h"

#include <QStringList>

#include <vector>

namespace parterre::server {

class Transaction;

namespace season {

/// What applying a season did, one sentence a thing, and whether anything was changed at all.
struct Report
{
    QStringList made;
    QStringList changed;
    QStringList kept;

    [[nodiscard]] bool isUnchanged() const { return made.isEmpty() && changed.isEmpty(); }
    [[nodiscard]] QString text() const;
};

/// Writes the season in one transaction, idempotently: venue, layouts, events and performances are found again by
/// name, by name and content, by key, and by event and start. A performance that exists is left as it is, with its
/// places, prices and state: people may have bought. `layouts` are those of the document, in its order.
[[nodiscard]] Result<Report> apply(Transaction &transaction, const Document &document,
                                   const std::vector<Layout> &layouts);

} // namespace season

} // namespace parterre::server
