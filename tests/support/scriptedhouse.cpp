#include "support/scriptedhouse.h"

#include "domain/catalog/pricelimits.h"
#include "domain/inventory/bestavailable.h"
#include "domain/inventory/orphanrule.h"
#include "domain/layout/layoutannotations.h"
#include "domain/layout/pretixplan.h"
#include "support/sampleplan.h"

#include <QBuffer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPainter>
#include <QPdfWriter>
#include <QTimer>

#include <algorithm>

namespace parterre::tests {

using namespace Qt::StringLiterals;

namespace {

const Instant firstNight = *instantFromText(u"2026-12-01T19:30:00Z"_s);

QByteArray onePagePdf(const OrderView &order)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    QPainter painter(&writer);
    painter.drawText(400, 400, order.number + u' ' + order.eventTitle);
    painter.end();
    return bytes;
}

} // namespace

ScriptedHouse::ScriptedHouse(Layout layout)
    : user({.id = UserId::create(),
            .name = u"clara"_s,
            .displayName = u"Clara Kemp"_s,
            .role = Role::Manager,
            .mustChangePassword = false})
    , m_index(std::make_shared<const LayoutIndex>(std::move(layout)))
    , m_session(*this)
    , m_catalog(*this)
    , m_map(*this)
    , m_sales(*this)
    , m_housePort(*this)
    , m_afterSale(*this)
    , m_giftCardPort(*this)
    , m_paymentPort(*this)
{
    m_snapshot.seq = 1;
    m_snapshot.seats.assign(static_cast<size_t>(m_index->seatCount()), SeatState::Available);
    for (const PlacedArea &area : m_index->areas())
        m_snapshot.areas.push_back({area.number, m_index->area(area.number).capacity, 0, 0});
}

void ScriptedHouse::later(std::function<void()> send)
{
    if (m_isHeld)
        m_answers.push_back(std::move(send));
    else
        QTimer::singleShot(0, &m_context, std::move(send));
}

void ScriptedHouse::sendAnswers()
{
    m_isHeld = false;
    for (const auto &send : std::exchange(m_answers, {}))
        send();
}

void ScriptedHouse::setStatus(const ui::ConnectionStatus &status)
{
    m_status = status;
    Q_EMIT m_session.statusChanged();
}

void ScriptedHouse::endSession(const QString &reason)
{
    if (std::exchange(m_signedIn, std::nullopt))
        Q_EMIT m_session.signedOut(reason);
}

void ScriptedHouse::sellElsewhere(const QString &seatKey)
{
    change({seatKey}, {}, SeatState::Sold);
}

void ScriptedHouse::endHold()
{
    for (const auto &places : std::exchange(m_holds, {})) {
        for (const HeldPlace &place : places)
            place.isArea ? change({}, {{place.key, -place.quantity}}, SeatState::Available)
                         : change({place.key}, {}, SeatState::Available);
    }
}

void ScriptedHouse::enterCode(const QString &code)
{
    const QString hold = m_codes.take(code);
    m_holds.remove(hold);
    m_handedTo.insert(hold, SalesChannel::Web);
}

void ScriptedHouse::askForHelp(const QString &code, const PerformanceId &performance, const std::vector<QString> &seats)
{
    const HoldId hold = HoldId::create();
    (void)take({.hold = hold, .performance = performance, .seats = seats, .areas = {}});
    takes.pop_back(); // Nobody at this desk asked for it.
    m_codes.insert(code, hold.text());
    m_performanceOf.insert(hold.text(), performance);
}

SeatState ScriptedHouse::stateOf(const QString &seatKey) const
{
    return m_snapshot.seats[static_cast<size_t>(m_index->seatNumber(seatKey).value())];
}

void ScriptedHouse::change(const std::vector<QString> &seats, const std::vector<AreaQuantity> &areas, SeatState state)
{
    MapDelta delta{.from = m_snapshot.seq, .seq = m_snapshot.seq + 1, .seats = {}, .areas = {}};
    for (const QString &key : seats) {
        const int seat = m_index->seatNumber(key).value();
        const bool goesToItsCode = state == SeatState::Available && !codeOf(seat).isEmpty();
        delta.seats.push_back({seat, goesToItsCode ? SeatState::House : state});
    }
    for (const AreaQuantity &area : areas) {
        AreaCounts counts = m_snapshot.areas[static_cast<size_t>(m_index->areaNumber(area.area).value())];
        (state == SeatState::Sold ? counts.sold : counts.held) += area.quantity;
        delta.areas.push_back(counts);
    }
    (void)applyDelta(m_snapshot, delta);
    Q_EMIT m_map.changed(delta);
}

Result<HoldView> ScriptedHouse::holdView(const HoldId &hold) const
{
    if (m_handedTo.contains(hold.text()))
        return refuse(handedOver(m_handedTo.value(hold.text())));
    if (!m_holds.contains(hold.text()))
        return refuse(ErrorCode::HoldGone, u"These places are not held any more. Take them again."_s);
    return HoldView{.id = hold,
                    .performance = m_performanceOf.value(hold.text(), detail.summary.id),
                    .state = HoldState::Live,
                    .heldUntil = firstNight + std::chrono::seconds(secondsLeft) + std::chrono::hours(renewals),
                    .secondsLeft = secondsLeft,
                    .secondsLeftMax = secondsLeftMax,
                    .places = m_holds.value(hold.text()),
                    .leftAlone = leftAloneBy(m_holds.value(hold.text()))};
}

/// The domain's own rules; every choice is by the same chance.
Status ScriptedHouse::choose(const BestPlaces &best, TakeHold &command) const
{
    BestRequest request{.partySize = best.size,
                        .wheelchairs = best.wheelchairs,
                        .stepFree = best.stepFree,
                        .together = best.maySplit ? Together::MaySplit : Together::Must};
    const auto &categories = m_index->layout().categories;
    std::vector<qint64> prices;
    for (size_t i = 0; i < categories.size(); ++i) {
        const PriceZone *zone = detail.zoneForCategory(categories[i].name);
        prices.push_back(zone ? limitPrice(detail, zone->id)->minorUnits() : -1);
        if (best.zone && zone && zone->id == *best.zone)
            request.categories.set(i);
    }
    for (size_t i = 0; best.section && i < m_index->layout().sections.size(); ++i) {
        if (m_index->layout().sections[i].name == *best.section)
            request.sections.push_back(static_cast<int>(i));
    }
    if (best.priceMax)
        request.priceMax = best.priceMax->minorUnits();
    std::vector<AreaOffer> areas;
    for (const AreaCounts &area : m_snapshot.areas)
        areas.push_back({.available = area.available()});
    const SeatRuns runs(*m_index);
    PT_TRY(const BestPick pick,
           pickBest(runs, {.seats = m_snapshot.seats, .areas = areas, .priceByCategory = prices}, request, 1));
    for (const int seat : pick.seats)
        command.seats.push_back(m_index->seat(seat).key);
    if (pick.area >= 0)
        command.areas.push_back({m_index->area(pick.area).key, best.size});
    return {};
}

std::vector<LoneSeat> ScriptedHouse::leftAloneBy(const std::vector<HeldPlace> &places) const
{
    std::vector<int> seats;
    for (const HeldPlace &place : places) {
        if (!place.isArea)
            seats.push_back(m_index->seatNumber(place.key).value());
    }
    std::ranges::sort(seats);
    std::vector<LoneSeat> alone;
    const SeatRuns runs(*m_index);
    if (seats.empty() || judgeTake(runs, m_snapshot.seats, seats, detail.orphanRule))
        return alone;
    for (const int seat : seatsLeftAlone(runs, m_snapshot.seats, seats))
        alone.push_back({.key = m_index->seat(seat).key, .name = m_index->seatName(seat)});
    return alone;
}

Result<HoldView> ScriptedHouse::take(const TakeHold &asked)
{
    takes.push_back(asked);
    if (m_handedTo.contains(asked.hold.text()))
        return holdView(asked.hold); // Which says that it has gone.
    TakeHold command = asked;
    if (asked.best)
        PT_CHECK(choose(*asked.best, command));
    QJsonArray taken;
    for (const QString &key : command.seats) {
        const bool isOpened = stateOf(key) == SeatState::House && command.houseCode &&
                              codeOf(*m_index->seatNumber(key)) == *command.houseCode;
        if (stateOf(key) != SeatState::Available && !isOpened)
            taken.append(QJsonObject{{u"key"_s, key}, {u"name"_s, m_index->seatName(*m_index->seatNumber(key))}});
    }
    if (!taken.isEmpty()) {
        return refuse({.code = ErrorCode::SeatTaken,
                       .message = u"At least one of these seats is taken. Choose others."_s,
                       .details = {{u"seats"_s, taken}}});
    }
    std::vector<HeldPlace> &places = m_holds[command.hold.text()];
    for (const QString &key : command.seats) {
        const int number = m_index->seatNumber(key).value();
        const int category = m_index->seat(number).category;
        places.push_back({.key = key,
                          .name = m_index->seatName(number),
                          .category = m_index->layout().categories[static_cast<size_t>(category)].name});
    }
    for (const AreaQuantity &area : command.areas) {
        const auto held = std::ranges::find(places, area.area, &HeldPlace::key);
        if (held != places.end()) {
            held->quantity += area.quantity;
            continue;
        }
        const LayoutArea &place = m_index->area(m_index->areaNumber(area.area).value());
        places.push_back({.key = area.area,
                          .name = place.name,
                          .category = m_index->layout().categories[static_cast<size_t>(place.category)].name,
                          .isArea = true,
                          .quantity = area.quantity});
    }
    change(command.seats, command.areas, SeatState::Held);
    return holdView(command.hold);
}

Result<HoldView> ScriptedHouse::release(const ReleaseHold &command)
{
    releases.push_back(command);
    if (!m_holds.contains(command.hold.text()))
        return holdView(command.hold);
    std::vector<HeldPlace> &places = m_holds[command.hold.text()];
    const bool isAll = command.seats.empty() && command.areas.empty();
    std::vector<QString> seats = command.seats;
    std::vector<AreaQuantity> areas = command.areas;
    for (const HeldPlace &place : places) {
        if (isAll && place.isArea)
            areas.push_back({place.key, place.quantity});
        else if (isAll)
            seats.push_back(place.key);
    }
    for (AreaQuantity &area : areas) {
        std::ranges::find(places, area.area, &HeldPlace::key)->quantity -= area.quantity;
        area.quantity = -area.quantity;
    }
    std::erase_if(places, [&](const HeldPlace &place) {
        return place.isArea ? place.quantity == 0 : std::ranges::find(seats, place.key) != seats.end();
    });
    change(seats, areas, SeatState::Available);
    Result<HoldView> view = holdView(command.hold);
    if (view->places.empty()) {
        view->state = HoldState::Released;
        m_holds.remove(command.hold.text());
    }
    return view;
}

Result<OrderView> ScriptedHouse::order(const CreateOrder &command)
{
    orderCommands.push_back(command);
    PT_TRY(const HoldView hold, holdView(command.hold));
    if (!hold.leftAlone.empty() && !command.leaveSingleReason) {
        const LoneSeat &seat = hold.leftAlone.front();
        const QJsonArray seats{QJsonObject{{u"key"_s, seat.key}, {u"name"_s, seat.name}}};
        return refuse({.code = ErrorCode::SeatLeftAlone,
                       .message = u"%1 would be left alone. Take it too, or move along by one."_s.arg(seat.name),
                       .details = {{u"seats"_s, seats}}});
    }
    PT_TRY(std::vector<OrderLine> lines,
           priceLines(command.lines, m_holds.value(command.hold.text()), detail, SalesChannel::Desk));
    OrderView order;
    order.id = command.order;
    order.number = u"P-%1"_s.arg(m_orders.size() + 1, 6, 10, QChar(u'0'));
    order.performance = detail.summary.id;
    order.eventTitle = detail.summary.eventTitle;
    order.venueName = detail.summary.venueName;
    order.startsAt = detail.summary.startsAt;
    order.timeZone = detail.summary.timeZone;
    order.hold = command.hold;
    PT_TRY(const OrderQuote priced,
           quote({.hold = command.hold, .lines = command.lines, .promotion = command.promotion}));
    order.total = priced.total;
    order.fee = priced.fee;
    order.fees = priced.fees;
    order.taxes = priced.taxes;
    order.discount = priced.discount;
    order.promotion = priced.promotion;
    lines = priced.lines;
    order.lines = std::move(lines);
    order.buyer = command.buyer;
    order.createdAt = firstNight;
    m_orders.push_back(order);
    return order;
}

Result<OrderView> ScriptedHouse::pay(const PayCash &command)
{
    payments.push_back(command);
    const auto order = std::ranges::find(m_orders, command.order, &OrderView::id);
    if (m_paid.contains(command.payment.text()))
        return *order;
    PT_CHECK(holdView(order->hold));
    order->rounding = cashRounding(order->total, detail.cashStep);
    PT_TRY(order->change, cashChange(order->total + order->rounding, command.tendered));
    order->tendered = command.tendered;
    sell(*order, command.payment, PaymentMethod::Cash);
    return *order;
}

void ScriptedHouse::sell(OrderView &order, const PaymentId &payment, PaymentMethod method)
{
    m_paid.insert(payment.text(), order.number);
    order.state = OrderState::Confirmed;
    order.paymentMethod = method;
    order.paymentState = PaymentState::Captured;
    order.confirmedAt = firstNight;
    for (const HeldPlace &place : m_holds.take(order.hold.text())) {
        if (!place.isArea)
            change({place.key}, {}, SeatState::Sold);
    }
}

void ScriptedHouse::Session::signIn(const QUrl &server, const QString &name, const QString &password,
                                    ui::Reply<UserView> reply)
{
    m_house.m_server = server;
    m_house.answer<UserView>(reply, [&]() -> Result<UserView> {
        if (name != m_house.user.name || password != m_house.password)
            return refuse(ErrorCode::Unauthenticated, u"User name or password is wrong. Try again."_s);
        m_house.m_signedIn = m_house.user;
        m_house.setStatus({.state = ui::ConnectionState::Online});
        return m_house.user;
    });
}

void ScriptedHouse::Session::changePassword(const QString &oldPassword, const QString &newPassword,
                                            ui::Reply<UserView> reply)
{
    m_house.answer<UserView>(reply, [&]() -> Result<UserView> {
        if (oldPassword != m_house.password)
            return refuse(ErrorCode::Unauthenticated, u"The old password is wrong. Try again."_s);
        PT_CHECK(checkNewPassword(newPassword, m_house.user.name));
        m_house.password = newPassword;
        m_house.user.mustChangePassword = false;
        m_house.m_signedIn = m_house.user;
        return m_house.user;
    });
}

void ScriptedHouse::Catalog::listPerformances(ui::Reply<std::vector<PerformanceSummary>> reply)
{
    m_house.answer<std::vector<PerformanceSummary>>(reply, [&] { return m_house.performances; });
}

void ScriptedHouse::Catalog::setState(const PerformanceId &performance, PerformanceState state, ui::Reply<void> reply)
{
    for (PerformanceSummary &summary : m_house.performances) {
        if (summary.id == performance)
            summary.state = state;
    }
    m_house.later([reply] { reply({}); });
}

void ScriptedHouse::Map::open(const PerformanceId &performance)
{
    m_house.later([this, performance] {
        m_house.detail.summary = *std::ranges::find(m_house.performances, performance, &PerformanceSummary::id);
        Q_EMIT opened();
    });
}

void ScriptedHouse::Sales::takeHold(const TakeHold &command, ui::Reply<HoldView> reply)
{
    m_house.answer<HoldView>(reply, [&] { return m_house.take(command); });
}

void ScriptedHouse::Sales::renewHold(const HoldId &hold, ui::Reply<HoldView> reply)
{
    m_house.answer<HoldView>(reply, [&] {
        ++m_house.renewals;
        m_house.secondsLeft = 600;
        return m_house.holdView(hold);
    });
}

void ScriptedHouse::Sales::releaseHold(const ReleaseHold &command, ui::Reply<HoldView> reply)
{
    m_house.answer<HoldView>(reply, [&] { return m_house.release(command); });
}

void ScriptedHouse::Sales::getHold(const HoldId &hold, ui::Reply<HoldView> reply)
{
    m_house.answer<HoldView>(reply, [&] { return m_house.holdView(hold); });
}

void ScriptedHouse::Sales::offerHandover(const HoldId &hold, ui::Reply<HandoverOffer> reply)
{
    m_house.answer<HandoverOffer>(reply, [&]() -> Result<HandoverOffer> {
        PT_TRY(const HoldView view, m_house.holdView(hold));
        const QString code = u"K7PM-%1"_s.arg(m_house.m_codes.size() + 2'222);
        m_house.m_codes.insert(code, hold.text());
        return HandoverOffer{.hold = hold, .code = code, .secondsLeft = view.secondsLeft};
    });
}

void ScriptedHouse::Sales::takeOverHold(const TakeOverHold &command, ui::Reply<HoldView> reply)
{
    m_house.answer<HoldView>(reply, [&]() -> Result<HoldView> {
        PT_TRY(const QString code, readHandoverCode(command.code));
        const QString hold = m_house.m_codes.take(handoverCodeText(code));
        if (hold.isEmpty())
            return refuse(ErrorCode::NotFound, u"No places wait under this code. Ask for a new one."_s, u"/code"_s);
        return m_house.holdView(*HoldId::fromText(hold));
    });
}

void ScriptedHouse::Sales::createOrder(const CreateOrder &command, ui::Reply<OrderView> reply)
{
    m_house.answer<OrderView>(reply, [&] { return m_house.order(command); });
}

void ScriptedHouse::Sales::payCash(const PayCash &command, ui::Reply<OrderView> reply)
{
    m_house.answer<OrderView>(reply, [&]() -> Result<OrderView> {
        Result<OrderView> paid = m_house.pay(command);
        if (m_house.m_lostAnswer)
            return refuse(*std::exchange(m_house.m_lostAnswer, std::nullopt));
        return paid;
    });
}

void ScriptedHouse::Sales::getOrder(const OrderId &order, ui::Reply<OrderView> reply)
{
    m_house.answer<OrderView>(reply, [&] {
        OrderView found = *std::ranges::find(m_house.m_orders, order, &OrderView::id);
        if (found.state == OrderState::Open && !m_house.m_holds.contains(found.hold.text()))
            found.state = OrderState::Expired;
        return found;
    });
}

void ScriptedHouse::Sales::findOrders(const QString &text, ui::Reply<std::vector<OrderView>> reply)
{
    m_house.searches += text;
    m_house.answer<std::vector<OrderView>>(reply, [&] {
        std::vector<OrderView> found;
        for (const OrderView &order : m_house.m_orders) {
            const QString all = order.number + u' ' + order.buyer.name + u' ' + order.buyer.email;
            if (all.contains(text, Qt::CaseInsensitive))
                found.insert(found.begin(), order);
        }
        return found;
    });
}

void ScriptedHouse::Sales::fetchTickets(const OrderId &order, ui::Reply<ui::TicketDocument> reply)
{
    m_house.answer<ui::TicketDocument>(reply, [&]() -> Result<ui::TicketDocument> {
        const auto found = std::ranges::find(m_house.m_orders, order, &OrderView::id);
        if (found == m_house.m_orders.end())
            return refuse(ErrorCode::NotFound, u"There is no such order."_s);
        return ui::TicketDocument{.fileName = found->number + u".pdf"_s, .pdf = onePagePdf(*found)};
    });
}

namespace {

QJsonObject demoObject(const QString &name)
{
    QFile file(QStringLiteral(PARTERRE_SOURCE_DIR "/resources/demo/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(file.fileName()));
    return QJsonDocument::fromJson(file.readAll()).object();
}

PerformanceSummary aPerformance(const QString &title, const QString &venue, int days, const Money &from, int capacity)
{
    const auto start = firstNight + std::chrono::hours(24 * days);
    return {.id = PerformanceId::create(),
            .eventTitle = title,
            .subtitle = {},
            .venueName = venue,
            .startsAt = start,
            .doorsAt = start - std::chrono::minutes(45),
            .timeZone = u"Europe/London"_s,
            .state = PerformanceState::OnSale,
            .currency = from.currency().code(),
            .capacity = capacity,
            .available = capacity,
            .sold = 0,
            .priceFrom = from};
}

void addPriceList(PerformanceDetail &detail, const QJsonObject &list, const Layout &layout, const Currency &currency)
{
    QHash<QString, PriceTypeId> types;
    for (const auto &type : list[u"types"].toArray()) {
        detail.types.push_back({PriceTypeId::create(), type[u"name"].toString(), type[u"public"].toBool(true)});
        types.insert(detail.types.back().name, detail.types.back().id);
    }
    for (const auto &zone : list[u"zones"].toArray()) {
        const QString category = zone[u"category"].toString();
        const auto drawn = std::ranges::find(layout.categories, category, &LayoutCategory::name);
        detail.zones.push_back({PriceZoneId::create(), category, zone[u"name"].toString(category), drawn->color});
        for (const auto &price : zone[u"prices"].toArray()) {
            detail.prices.push_back({detail.zones.back().id, types.value(price[u"type"].toString()),
                                     Money(price[u"amount"].toInteger(), currency)});
        }
    }
}

} // namespace

std::unique_ptr<ScriptedHouse> globeHouse()
{
    auto plan = importPretixPlan(QJsonDocument(demoObject(u"globe.pretix.json"_s)).toJson());
    const auto layout = applyLayoutAnnotations(plan->layout, demoObject(u"globe.annotations.json"_s));
    if (!layout)
        qFatal("the demo house: %s", qPrintable(layout.error().message));
    auto house = std::make_unique<ScriptedHouse>(*layout);
    const Currency currency = *Currency::fromCode(u"GBP"_s);
    const QString venue = u"Shakespeare's Globe"_s;
    const QJsonObject season = demoObject(u"season.json"_s);
    addPriceList(house->detail, season[u"price_lists"][0].toObject(), *layout, currency);
    house->fillSeats(mixedStates(house->index(), 7));
    const std::pair<QString, int> nights[] = {
        {u"Twelfth Night"_s, 0}, {u"The Tempest"_s, 3}, {u"Twelfth Night"_s, 7}, {u"The Tempest"_s, 14}};
    for (const auto &[title, days] : nights) {
        house->performances.push_back(aPerformance(title, venue, days, Money(500, currency), 1557));
        house->performances.back().subtitle = u"by William Shakespeare"_s;
        house->performances.back().available = days == 3 ? 61 : 900 + 30 * days;
        house->performances.back().sold = 1557 - house->performances.back().available;
    }
    house->performances.push_back(
        aPerformance(u"A Midsummer Night's Dream: Relaxed and Audio-Described Performance with Touch Tour"_s, venue, 21,
                     Money(500, currency), 1557));
    house->performances.back().state = PerformanceState::Draft;
    house->performances.push_back(aPerformance(u"Love's Labour's Lost"_s, venue, 22, Money(500, currency), 1557));
    house->performances.back().state = PerformanceState::Paused;
    return house;
}

std::unique_ptr<ScriptedHouse> smallHouse()
{
    Layout layout = blockPlan(10, 20);
    layout.categories.push_back({u"Standing"_s, u"#8a5fb0"_s});
    LayoutShape ground{.kind = ShapeKind::Rectangle, .position = QPointF(100, 380), .size = QSizeF(475, 100)};
    layout.sections.front().areas.push_back(
        {.key = u"floor"_s, .name = u"Floor"_s, .capacity = 50, .category = 1, .shape = ground});
    layout.size.setHeight(520);
    auto house = std::make_unique<ScriptedHouse>(std::move(layout));
    const Currency euro;
    PerformanceDetail &detail = house->detail;
    detail.types = {{PriceTypeId::create(), u"Adult"_s, true}, {PriceTypeId::create(), u"Child"_s, true}};
    for (const auto &[category, adult] : {std::pair(u"Stalls"_s, 2500), std::pair(u"Standing"_s, 1000)}) {
        detail.zones.push_back({PriceZoneId::create(), category, category, u"#2f6db5"_s});
        detail.prices.push_back({detail.zones.back().id, detail.types[0].id, Money(adult, euro)});
        detail.prices.push_back({detail.zones.back().id, detail.types[1].id, Money(adult / 2, euro)});
    }
    house->performances = {aPerformance(u"Hamlet"_s, u"Small House"_s, 0, Money(500, euro), 250),
                           aPerformance(u"The Seagull"_s, u"Small House"_s, 1, Money(500, euro), 250),
                           aPerformance(u"Hamlet"_s, u"Small House"_s, 2, Money(500, euro), 250)};
    detail.summary = house->performances.front();
    return house;
}

} // namespace parterre::tests
