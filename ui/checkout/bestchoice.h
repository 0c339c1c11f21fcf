#pragma once

#include "domain/catalog/pricelimits.h"
#include "domain/holds/hold.h"
#include "domain/layout/layout.h"

#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace parterre::ui {

enum class AccessNeed { None, Wheelchair, StepFree };

/// What a clerk asks for where the server is to choose. Zone and section go by name, since the same words mean the same
/// to the clerk in the next performance, whose ids are others.
struct BestChoice
{
    int size = 2;
    QString zone{};                  ///< Empty for any.
    QString section{};               ///< Empty for the whole house.
    std::optional<Money> priceMax{}; ///< PriceLimit::most.
    AccessNeed need = AccessNeed::None;
    int needing = 1; ///< How many have the need.
    bool together = false;

    [[nodiscard]] bool operator==(const BestChoice &) const = default;
};

/// Without what this performance does not have: a zone, a section, a price limit, places for a need.
[[nodiscard]] BestChoice fitted(BestChoice choice, const PerformanceDetail &detail, const LayoutIndex &layout);
[[nodiscard]] bool hasPlacesFor(AccessNeed need, const LayoutIndex &layout);
/// The command for a choice that is fitted() to the performance, as the functions below expect it, too.
[[nodiscard]] BestPlaces placesFor(const BestChoice &choice, const PerformanceDetail &detail);

/// The house as the map shows it now.
struct HouseNow
{
    const PerformanceDetail &detail;
    const LayoutIndex &layout;
    std::function<bool(int)> isFree; ///< By seat number.
    std::function<int(int)> freeIn;  ///< Places of an area, by its number.
};
/// Free places that such a party could have; 0 where there are not enough for its need.
[[nodiscard]] int countFree(const BestChoice &choice, const HouseNow &house);

/// A choice for which the map shows enough places, and the limit that it lets go of.
struct EasierChoice
{
    enum class Without { Together, Zone, Price, Section, AllLimits, SomePeople };
    Without without = Without::Together;
    BestChoice choice;
    int free = 0;
};
/// Without one limit, or without any where no single one is in the way, and with fewer people.
[[nodiscard]] std::vector<EasierChoice> easierChoices(const BestChoice &choice, const HouseNow &house);

/// `Stalls, row A: seats 3, 4; Yard × 2`: places of one row in one text, in the order of the layout.
[[nodiscard]] QString placesText(const std::vector<HeldPlace> &places, const LayoutIndex &layout);

/// What was asked for last at this desk, kept over a restart.
void keepChoice(const BestChoice &choice);
[[nodiscard]] BestChoice keptChoice();

} // namespace parterre::ui
