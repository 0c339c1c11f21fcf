#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/limits.h"
#include "domain/giftcards/giftcard.h"

#include <QByteArray>
#include <QIODevice>
#include <QString>

#include <array>
#include <optional>
#include <vector>

/// What a driver did to a server and what it was told: the file that `parterre-bench` writes and `parterre-check`
/// judges. NDJSON: the first line is the HistoryHeader, each further line one Event. bench/README.md has the fields.
///
/// Times are nanoseconds of the driver's steady clock, which no correction of the wall clock moves. The header ties
/// them to the database's clock, which alone decides when a hold ends (design D3).
namespace parterre::check {

/// The longest line is a stadium's map.
inline constexpr int historyLineBytesMax = 2 * 1024 * 1024;
/// Ten minutes at the fastest rate that this server was ever measured at, with room.
inline constexpr int historyEventsMax = 10'000'000;

enum class Operation {
    Take,     ///< POST /v1/holds with named places.
    TakeBest, ///< POST /v1/holds that leaves the choice to the server.
    Renew,
    Release, ///< Of the places named, or of the whole hold where none is.
    Order,
    Pay,
    Refund, ///< POST /v1/orders/{id}/refunds: of the seats named, or of all that is left where none is.
    // An exchange is two events with one command, one of each hold.
    Exchange,      ///< POST /v1/orders/{id}/exchanges: `order` is sold for places of `other_order`.
    ExchangeFrom,  ///< And of `order` the seats named, or all that is left, go for `other_order`.
    IssueGiftCard, ///< At a desk: one with `amount` on it, sold or given.
    Transfer,      ///< Of `ticket` to `holder`: it is void, and another one has that name.
    Reissue,       ///< Of `ticket`: it is void, and another one is good.
    Cancel,        ///< At a desk: the performance. Its holds end, its orders are refunded.
    Map,           ///< What a screen showed in the end; `map` has it.
};

enum class Outcome {
    Ok,      ///< Acknowledged.
    Refused, ///< The server said that it did nothing, and `code` says why.
    Unknown, ///< No answer, or one that does not say whether it was done.
};

/// Places of a standing area.
struct AreaPlaces
{
    int area = 0; ///< Number in the layout.
    int quantity = 0;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("area", area, {.min = 0, .max = limits::layoutAreasMax});
        fields("quantity", quantity, {.min = 1, .max = limits::areaCapacityMax});
    }
    bool operator==(const AreaPlaces &) const = default;
};

/// A screen that followed a map and stopped looking.
struct ViewerMap
{
    qint64 seq = 0;
    QString seats{};                       ///< A letter a seat, as in a snapshot.
    std::vector<std::vector<int>> areas{}; ///< [number, capacity, held, sold]
    int gaps = 0;        ///< How often a delta did not follow what the screen had, on an unbroken stream.
    bool isDesk = false; ///< It tells house seats, kills and payments from what is sold and held.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("seq", seq, {.min = 0});
        fields.optional("seats", seats, {.charactersMax = limits::layoutSeatsMax});
        fields.optional("areas", areas, {.countMax = limits::layoutAreasMax});
        fields.optional("gaps", gaps, {.min = 0});
        fields.optional("desk", isDesk);
    }
    bool operator==(const ViewerMap &) const = default;
};

struct Event
{
    Operation operation = Operation::Take;
    int client = 0;
    qint64 intended = 0; ///< When the driver meant to begin: latency is counted from here.
    qint64 start = 0;    ///< Right before the request was written.
    qint64 end = 0;      ///< Right after the answer was read, or when the driver gave up.
    int performance = 0; ///< Index into HistoryHeader::performances.
    HoldId hold{};
    OrderId order{};          ///< Of orders, payments and what comes after them.
    OrderId otherOrder{};     ///< Of an exchange: the one at its other end.
    GiftCardId giftCard{};    ///< Of one that is issued, and of a payment or an exchange that names it as tender.
    qint64 amount = 0;        ///< Of a gift card that is issued, in minor units.
    TicketId ticket{};        ///< Which is to be replaced.
    QString holder{};         ///< Of a transfer: the new name, which no other has.
    QString command{};        ///< Idempotency-Key; a repeat has the same.
    std::vector<int> seats{}; ///< Asked for by number; of a TakeBest those that the server chose.
    std::vector<AreaPlaces> areas{};
    int partySize = 0;             ///< Of a TakeBest: how many seats were asked for.
    bool maySplit = false;         ///< Of a TakeBest: they need not be side by side.
    int wheelchairs = 0;           ///< Of a TakeBest: how many of the party need a wheelchair space.
    std::optional<int> section{};  ///< Of a TakeBest: index of the section that it has to be in.
    std::vector<int> categories{}; ///< Of a TakeBest: those that its price zone or its highest price leaves; none: all.
    bool namesCode = false;        ///< Of a take: with the code that opens house seats.
    bool isAtDesk = false;         ///< By staff, whom no purchase limit holds back.
    Outcome outcome = Outcome::Ok;
    QString code{};                     ///< Of a refusal, e.g. `seat_taken`.
    std::vector<int> taken{};           ///< The seats that a refusal named.
    std::optional<Instant> heldUntil{}; ///< As the answer said.
    std::optional<ViewerMap> map{};

    template <class Fields>
    void describe(Fields &fields);
    bool operator==(const Event &) const = default;
    /// What is neither of a map nor of the house as a whole.
    [[nodiscard]] bool isAboutHold() const
    {
        return operation != Operation::Map && operation != Operation::IssueGiftCard && operation != Operation::Cancel;
    }
    /// Of these holds and orders, places are sold where it is done.
    [[nodiscard]] bool isSale() const { return operation == Operation::Pay || operation == Operation::Exchange; }
    [[nodiscard]] bool isTake() const { return operation == Operation::Take || operation == Operation::TakeBest; }
};

/// What the driver knew about a performance.
struct HistoryPerformance
{
    PerformanceId id{};
    int seats = 0;
    int holdSeconds = 0;
    int purchaseLimit = 0;      ///< Places of one customer; 0: as many as there are.
    bool hasOrphanRule = false; ///< No take may leave a seat alone.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("seats", seats, {.min = 0, .max = limits::layoutSeatsMax});
        fields("hold_seconds", holdSeconds, {.min = 1, .max = limits::holdSecondsAbsoluteMax});
        fields.optional("purchase_limit", purchaseLimit, {.min = 0});
        fields.optional("orphan_rule", hasOrphanRule);
    }
    bool operator==(const HistoryPerformance &) const = default;
};

/// The database's clock was read between two moments of the driver's.
struct ClockSample
{
    qint64 before = 0;
    Instant database{};
    qint64 after = 0;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("before", before, {.min = 0});
        fields("database", database);
        fields("after", after, {.min = 0});
        if constexpr (Fields::reading()) {
            if (after < before)
                fields.fail(ErrorCode::InvalidInput, QStringLiteral("comes before what it follows"), "after");
        }
    }
    bool operator==(const ClockSample &) const = default;
};

struct HistoryHeader
{
    int version = 1;
    QString scenario{};
    qint64 seed = 0;
    int customers = 0; ///< The client of an event is the customer of this number modulo; 0: each is one.
    std::vector<HistoryPerformance> performances{};
    std::vector<ClockSample> clock{};

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("history", version, {.min = 1, .max = 1});
        fields("scenario", scenario);
        fields("seed", seed, {.min = 0});
        fields.optional("customers", customers, {.min = 0});
        fields("performances", performances, {.countMax = 1'000, .countMin = 1});
        fields("clock", clock, {.countMax = 10'000, .countMin = 1});
    }
    /// Whose purchase limit the client's places count to.
    [[nodiscard]] int customerOf(int client) const { return customers > 0 ? client % customers : client; }
    bool operator==(const HistoryHeader &) const = default;
};

struct History
{
    HistoryHeader header{};
    std::vector<Event> events{};
};

/// One line without its newline.
[[nodiscard]] QByteArray headerLine(const HistoryHeader &header);
[[nodiscard]] QByteArray eventLine(const Event &event);

/// Refuses with the line in `Error::field`, e.g. `/17/seats/2`, lines longer than historyLineBytesMax, more
/// than historyEventsMax of them, fields that are not known, times that run backwards and places that the
/// header does not have: a judge that passes over what it cannot read proves nothing.
[[nodiscard]] Result<History> readHistory(QIODevice &device);
[[nodiscard]] Result<History> readHistoryFile(const QString &path);
[[nodiscard]] Status writeHistoryFile(const QString &path, const History &history);

} // namespace parterre::check

template <>
struct parterre::EnumNames<parterre::check::Operation>
{
    static constexpr auto names = std::to_array<std::pair<check::Operation, const char *>>({
        {check::Operation::Take, "take"},
        {check::Operation::TakeBest, "take_best"},
        {check::Operation::Renew, "renew"},
        {check::Operation::Release, "release"},
        {check::Operation::Order, "order"},
        {check::Operation::Pay, "pay"},
        {check::Operation::Refund, "refund"},
        {check::Operation::Exchange, "exchange"},
        {check::Operation::ExchangeFrom, "exchange_from"},
        {check::Operation::IssueGiftCard, "issue_gift_card"},
        {check::Operation::Transfer, "transfer"},
        {check::Operation::Reissue, "reissue"},
        {check::Operation::Cancel, "cancel"},
        {check::Operation::Map, "map"},
    });
};

template <>
struct parterre::EnumNames<parterre::check::Outcome>
{
    static constexpr auto names = std::to_array<std::pair<check::Outcome, const char *>>({
        {check::Outcome::Ok, "ok"},
        {check::Outcome::Refused, "refused"},
        {check::Outcome::Unknown, "unknown"},
    });
};
