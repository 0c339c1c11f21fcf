#include "check/finalstaterepository.h"

#include "domain/layout/layoutjson.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <pqxx/pqxx>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

/// Halls that are sold many times are read and checked once.
using Layouts = std::map<std::string, std::shared_ptr<const LayoutIndex>>;

/// The reader is of one piece: everything in it sees the same snapshot.
class Reader
{
public:
    Reader(pqxx::transaction_base &work, const PerformanceId &performance)
        : m_work(work)
        , m_id(performance.text().toStdString())
    {}

    [[nodiscard]] bool exists()
    {
        return !m_work.exec_params("select 1 from map_clock where performance_id = $1", m_id).empty();
    }
    [[nodiscard]] Result<std::shared_ptr<const LayoutIndex>> layout(Layouts &known);
    [[nodiscard]] qint64 seq();
    [[nodiscard]] std::vector<SeatRecord> seats();
    [[nodiscard]] std::vector<AreaRecord> areas();
    [[nodiscard]] std::vector<FinalAreaHold> areaHolds();
    [[nodiscard]] std::unordered_map<HoldId, FinalHold> holds();
    [[nodiscard]] std::unordered_map<OrderId, FinalOrder> orders();
    void addTickets(std::unordered_map<OrderId, FinalOrder> &orders);
    [[nodiscard]] bool isCancelled();
    [[nodiscard]] std::unordered_map<int, OrderId> soldPlaces();
    [[nodiscard]] std::vector<FinalChange> changesAfter(qint64 seq);

private:
    pqxx::transaction_base &m_work;
    std::string m_id;
};

QByteArray bytesOf(const pqxx::field &field)
{
    return field.is_null() ? QByteArray() : QByteArray(field.c_str(), static_cast<qsizetype>(field.size()));
}

QString textOf(const pqxx::field &field)
{
    return QString::fromUtf8(bytesOf(field));
}

Instant instantOf(const pqxx::field &field)
{
    return Instant(std::chrono::microseconds(field.is_null() ? 0 : field.as<long long>()));
}

template <class IdType>
IdType idOf(const pqxx::field &field)
{
    return field.is_null() ? IdType() : IdType::fromText(textOf(field)).value_or(IdType());
}

std::vector<int> numbersOf(const pqxx::field &field)
{
    std::vector<int> numbers;
    for (const auto &number : QJsonDocument::fromJson(bytesOf(field)).array())
        numbers.push_back(number.toInt());
    return numbers;
}

SeatState seatStateOf(std::string_view name)
{
    static const std::map<std::string_view, SeatState> all{
        {"available", SeatState::Available}, {"held", SeatState::Held},
        {"sold", SeatState::Sold},           {"payment_pending", SeatState::PaymentPending},
        {"house", SeatState::House},         {"killed", SeatState::Killed}};
    return all.at(name);
}

Result<std::shared_ptr<const LayoutIndex>> Reader::layout(Layouts &known)
{
    const auto id =
        m_work.exec_params("select layout_id::text from performance where id = $1", m_id)[0][0].as<std::string>();
    auto &index = known[id];
    if (!index) {
        const auto rows = m_work.exec_params("select document from layout where id = $1", id);
        PT_TRY(Layout layout, layoutFromJsonBytes(bytesOf(rows[0][0])));
        index = std::make_shared<const LayoutIndex>(std::move(layout));
    }
    return index;
}

qint64 Reader::seq()
{
    return m_work.exec_params("select seq from map_clock where performance_id = $1", m_id)[0][0].as<long long>();
}

// Times are read as microseconds since 1970, which no time zone or date style can spoil.
constexpr auto seatsSql =
    "select seat_no, state, hold_id, (extract(epoch from held_until) * 1000000)::bigint, order_id, "
    "coalesce(house_no, 0) "
    "from seat_inventory where performance_id = $1 order by seat_no";

std::vector<SeatRecord> Reader::seats()
{
    std::vector<SeatRecord> seats;
    for (const auto &row : m_work.exec_params(seatsSql, m_id)) {
        seats.push_back({.number = row[0].as<int>(),
                         .state = seatStateOf({row[1].c_str(), row[1].size()}),
                         .hold = idOf<HoldId>(row[2]),
                         .heldUntil = instantOf(row[3]),
                         .order = idOf<OrderId>(row[4]),
                         .house = row[5].as<int>()});
    }
    return seats;
}

std::vector<AreaRecord> Reader::areas()
{
    std::vector<AreaRecord> areas;
    for (const auto &row : m_work.exec_params(
             "select area_no, capacity, held, sold from area_inventory where performance_id = $1 order by area_no",
             m_id))
        areas.push_back({row[0].as<int>(), row[1].as<int>(), row[2].as<int>(), row[3].as<int>()});
    return areas;
}

std::vector<FinalAreaHold> Reader::areaHolds()
{
    std::vector<FinalAreaHold> holds;
    for (const auto &row : m_work.exec_params("select hold_id::text, area_no, quantity, "
                                              "(extract(epoch from held_until) * 1000000)::bigint, frozen "
                                              "from area_hold where performance_id = $1",
                                              m_id)) {
        holds.push_back({.hold = idOf<HoldId>(row[0]),
                         .area = row[1].as<int>(),
                         .quantity = row[2].as<int>(),
                         .heldUntil = instantOf(row[3]),
                         .isFrozen = row[4].as<bool>()});
    }
    return holds;
}

std::unordered_map<HoldId, FinalHold> Reader::holds()
{
    std::unordered_map<HoldId, FinalHold> holds;
    for (const auto &row : m_work.exec_params("select id::text, state, to_json(seats), "
                                              "(extract(epoch from held_until) * 1000000)::bigint, "
                                              "(extract(epoch from created_at) * 1000000)::bigint "
                                              "from hold where performance_id = $1",
                                              m_id)) {
        FinalHold hold{.state = enumFromName<HoldState>(textOf(row[1])).value_or(HoldState::Live),
                       .seats = numbersOf(row[2]),
                       .heldUntil = instantOf(row[3]),
                       .createdAt = instantOf(row[4])};
        std::ranges::sort(hold.seats);
        holds.emplace(idOf<HoldId>(row[0]), std::move(hold));
    }
    return holds;
}

std::unordered_map<OrderId, FinalOrder> Reader::orders()
{
    std::unordered_map<OrderId, FinalOrder> orders;
    for (const auto &row :
         m_work.exec_params("with line as (select l.order_id, l.place_no, l.is_area from order_line l where not exists "
                            "  (select from refund_line g where g.order_id = l.order_id and g.line_no = l.line_no)) "
                            "select o.id::text, o.hold_id::text, o.state in ('confirmed', 'partly_refunded'), "
                            "coalesce((select json_agg(l.place_no order by l.place_no) from line l "
                            "          where l.order_id = o.id and not l.is_area), '[]'), "
                            "coalesce((select json_agg(l.place_no order by l.place_no) from line l "
                            "          where l.order_id = o.id and l.is_area), '[]'), "
                            "o.state in ('confirmed', 'partly_refunded', 'refunded', 'exchanged'), "
                            "o.state = 'exchanged', coalesce(o.exchanged_from::text, '') "
                            "from sale_order o where o.performance_id = $1",
                            m_id)) {
        FinalOrder order{.hold = idOf<HoldId>(row[1]),
                         .isConfirmed = row[2].as<bool>(),
                         .wasSold = row[5].as<bool>(),
                         .isExchanged = row[6].as<bool>(),
                         .exchangedFrom = idOf<OrderId>(row[7]),
                         .seats = numbersOf(row[3]),
                         .areas = {}};
        for (const int area : numbersOf(row[4])) { // A line a place.
            if (order.areas.empty() || order.areas.back().first != area)
                order.areas.emplace_back(area, 0);
            ++order.areas.back().second;
        }
        orders.emplace(idOf<OrderId>(row[0]), std::move(order));
    }
    addTickets(orders);
    return orders;
}

void Reader::addTickets(std::unordered_map<OrderId, FinalOrder> &orders)
{
    for (const auto &row : m_work.exec_params(
             "select t.order_id::text, t.id::text, t.state = 'valid', t.holder_name, "
             "o.state in ('confirmed', 'partly_refunded') and not exists (select from refund_line g where "
             "g.order_id = t.order_id and g.line_no = t.line_no) "
             "from ticket t join sale_order o on o.id = t.order_id where o.performance_id = $1 order by t.id",
             m_id)) {
        orders[idOf<OrderId>(row[0])].tickets.push_back({.id = idOf<TicketId>(row[1]),
                                                         .isValid = row[2].as<bool>(),
                                                         .isSold = row[4].as<bool>(),
                                                         .holder = textOf(row[3])});
    }
}

bool Reader::isCancelled()
{
    return m_work.exec_params("select state = 'cancelled' from performance where id = $1", m_id)[0][0].as<bool>();
}

std::unordered_map<int, OrderId> Reader::soldPlaces()
{
    std::unordered_map<int, OrderId> places;
    for (const auto &row :
         m_work.exec_params("select seat_no, order_id::text from sold_place where performance_id = $1", m_id))
        places.emplace(row[0].as<int>(), idOf<OrderId>(row[1]));
    return places;
}

std::vector<FinalChange> Reader::changesAfter(qint64 seq)
{
    std::vector<FinalChange> changes;
    for (const auto &row : m_work.exec_params("select seq, json_build_object('from', seq - 1, 'seq', seq, 'seats', "
                                              "seats, 'areas', areas), "
                                              "(extract(epoch from created_at) * 1000000)::bigint "
                                              "from map_change where performance_id = $1 and seq > $2 order by seq",
                                              m_id, static_cast<long long>(seq))) {
        const auto delta = mapDeltaFromJson(QJsonDocument::fromJson(bytesOf(row[1])).object());
        changes.push_back({.delta = delta.value_or(MapDelta()), .at = instantOf(row[2])});
    }
    return changes;
}

qint64 oldestViewedSeq(const History &history, size_t performance)
{
    qint64 oldest = std::numeric_limits<qint64>::max();
    for (const Event &event : history.events) {
        if (event.map && static_cast<size_t>(event.performance) == performance)
            oldest = std::min(oldest, event.map->seq);
    }
    return oldest;
}

Result<FinalPerformance> readPerformance(pqxx::transaction_base &work, const History &history, size_t index,
                                         Layouts &layouts)
{
    const PerformanceId id = history.header.performances[index].id;
    Reader reader(work, id);
    if (!reader.exists())
        return refuse(ErrorCode::NotFound, u"The database has no performance %1."_s.arg(id.text()));
    FinalPerformance performance{.id = id,
                                 .isCancelled = reader.isCancelled(),
                                 .layout = {},
                                 .seq = reader.seq(),
                                 .seats = reader.seats(),
                                 .areas = reader.areas(),
                                 .areaHolds = reader.areaHolds(),
                                 .holds = reader.holds(),
                                 .orders = reader.orders(),
                                 .soldPlaces = reader.soldPlaces(),
                                 .changes = {}};
    PT_TRY(performance.layout, reader.layout(layouts));
    const qint64 oldest = oldestViewedSeq(history, index);
    if (oldest < performance.seq)
        performance.changes = reader.changesAfter(oldest);
    return performance;
}

std::unordered_map<GiftCardId, FinalGiftCard> readGiftCards(pqxx::transaction_base &work)
{
    std::unordered_map<GiftCardId, FinalGiftCard> cards;
    for (const auto &row : work.exec("select id::text, state in ('active', 'blocked'), amount from gift_card")) {
        cards.emplace(idOf<GiftCardId>(row[0]),
                      FinalGiftCard{.isGood = row[1].as<bool>(), .amount = row[2].as<long long>(), .paid = {}});
    }
    for (const auto &row : work.exec("select gift_card_id::text, order_id::text from payment_attempt where "
                                     "method = 'gift_card' and state = 'captured' order by order_id"))
        cards[idOf<GiftCardId>(row[0])].paid.push_back(idOf<OrderId>(row[1]));
    return cards;
}

} // namespace

Result<FinalState> readFinalState(const QString &dsn, const History &history)
{
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::transaction<pqxx::repeatable_read, pqxx::read_only> work(connection);
        FinalState state;
        state.readAt =
            instantOf(work.exec("select (extract(epoch from clock_timestamp()) * 1000000)::bigint as at")[0][0]);
        Layouts layouts;
        for (size_t i = 0; i < history.header.performances.size(); ++i) {
            PT_TRY(FinalPerformance performance, readPerformance(work, history, i, layouts));
            state.performances.push_back(std::move(performance));
        }
        state.giftCards = readGiftCards(work);
        return state;
    } catch (const std::exception &error) {
        return refuse(ErrorCode::Unavailable,
                      u"The database cannot be read: %1"_s.arg(QString::fromUtf8(error.what()).trimmed()));
    }
}

} // namespace parterre::check
