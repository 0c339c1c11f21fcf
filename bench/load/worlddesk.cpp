#include "load/desk.h"
#include "load/world.h"

#include <QJsonArray>

/// What staff does at the box office.
namespace parterre::bench {

using namespace Qt::StringLiterals;
using namespace check;

namespace {

constexpr auto repeatAtDeskAfter = 200 * millisecond;
constexpr auto staffTimeMax = 20 * second;
constexpr int setAsideTriesMax = 5;
constexpr auto staffName = "stage-door";
constexpr qint64 tendered = 1'000'000; ///< More than any order of a bench costs; the change is counted.

QString newIdText()
{
    return newUuidV7().toString(QUuid::WithoutBraces);
}

QJsonObject pounds(qint64 amount)
{
    return {{u"amount"_s, amount}, {u"currency"_s, u"GBP"_s}};
}

QString seatKey(int seat)
{
    return u's' + QString::number(seat);
}

QString areaKey(int area)
{
    return u'a' + QString::number(area);
}

/// `refused` of the desk; as Recorder has it for HTTP.
Told toldAtDesk(const std::optional<DeskReply> &reply)
{
    if (!reply)
        return {};
    if (reply->type != u"refused"_s)
        return {.outcome = Outcome::Ok};
    static const QStringList untold{u"in_progress"_s, u"outcome_unknown"_s, u"payment_in_doubt"_s, u"internal"_s};
    const QString code = reply->body.value(u"code"_s).toString();
    return {.outcome = untold.contains(code) ? Outcome::Unknown : Outcome::Refused, .code = code};
}

} // namespace

Status World::employ()
{
    PT_TRY(const QString password, node().addUser(QString::fromLatin1(staffName), u"manager"_s));
    PT_TRY(m_staffToken, signInAtDesk(m_loop, node().port(), QString::fromLatin1(staffName), password));
    return {};
}

void World::issueGiftCard(Event event, GiftCardKind kind, std::function<void(const Event &event, QString code)> done)
{
    event.operation = Operation::IssueGiftCard;
    QJsonObject body{{u"card"_s, event.giftCard.text()},
                     {u"kind"_s, enumName(kind)},
                     {u"amount"_s, pounds(event.amount)},
                     {u"payment"_s, newIdText()}};
    if (kind == GiftCardKind::Voucher)
        body.insert(u"reason"_s, u"The lift was out of order"_s);
    else
        body.insert(u"tendered"_s, pounds(tendered));
    const GiftCardId card = event.giftCard;
    atDesk(std::move(event), u"issue_gift_card"_s, body, [this, card, done](Event &issued, const QJsonObject &reply) {
        const QString code = reply.value(u"code"_s).toString();
        if (issued.outcome != Outcome::Ok || !code.isEmpty())
            return done(issued, code);
        // The answer with the code was lost, and nobody is told it twice.
        askAtDesk(m_loop, port(static_cast<int>(nodeFor(issued.client))), m_staffToken,
                  {.type = u"renew_gift_card_code"_s, .id = {}, .body = {{u"card"_s, card.text()}}},
                  [done, issued](const std::optional<DeskReply> &renewed) {
                      done(issued, renewed ? renewed->body.value(u"code"_s).toString() : QString());
                  });
    });
}

void World::cancel(Event event, Done done)
{
    event.operation = Operation::Cancel;
    const QJsonObject body{{u"performance"_s, performance(event.performance).text()}, {u"reason"_s, u"Feste is ill"_s}};
    atDesk(std::move(event), u"cancel_performance"_s, body, plainly(std::move(done)));
}

void World::atDesk(Event event, const QString &type, const QJsonObject &body, DeskDone done)
{
    event.command = newIdText();
    event.isAtDesk = true;
    DeskRequest request{.type = type, .id = event.command, .body = body};
    attemptAtDesk(std::make_shared<DeskCommand>(
        DeskCommand{.event = std::move(event), .request = std::move(request), .done = std::move(done)}));
}

void World::attemptAtDesk(const std::shared_ptr<DeskCommand> &command)
{
    const auto node = static_cast<int>(nodeFor(command->event.client));
    if (command->event.start == 0)
        command->event.start = Loop::now();
    ++m_waitingToRepeat;
    askAtDesk(m_loop, port(node), m_staffToken, command->request,
              [this, command, node](const std::optional<DeskReply> &reply) { heardAtDesk(command, node, reply); });
}

void World::heardAtDesk(const std::shared_ptr<DeskCommand> &command, int node, const std::optional<DeskReply> &reply)
{
    Event &event = command->event;
    const Told told = toldAtDesk(reply);
    const bool wasNotTried = told.code == u"overloaded" || told.code == u"unavailable";
    if (told.outcome == Outcome::Unknown)
        event.outcome = Outcome::Unknown;
    if (told.outcome == Outcome::Unknown && m_onUntold && m_isUp[static_cast<size_t>(node)])
        m_onUntold(node, event.operation, !reply);
    if (told.code == u"unavailable" && m_onTurnedAway)
        m_onTurnedAway(node, event.operation);
    const qint64 now = Loop::now();
    if ((told.outcome == Outcome::Unknown || wasNotTried) && now - event.start < m_repeatFor) {
        m_loop.at(now + repeatAtDeskAfter, [this, command] {
            --m_waitingToRepeat;
            attemptAtDesk(command);
        });
        return;
    }
    --m_waitingToRepeat;
    event.end = now;
    const bool isUntold = wasNotTried && event.outcome == Outcome::Unknown; // An earlier time, as in attempt().
    event.outcome = isUntold ? Outcome::Unknown : told.outcome;
    event.code = isUntold ? QString() : told.code;
    if (event.isTake() && event.outcome == Outcome::Ok)
        event.heldUntil = instantFromText(reply->body.value(u"held_until"_s).toString());
    if (event.outcome == Outcome::Refused)
        event.taken = seatsNamedBy(reply->body);
    m_recorder.record(event);
    command->done(event, reply ? reply->body : QJsonObject());
}

World::DeskDone World::plainly(Done done)
{
    return [done = std::move(done)](Event &event, const QJsonObject &) {
        if (done)
            done(event);
    };
}

Status World::askStaff(const QString &type, const QJsonObject &body)
{
    auto heard = std::make_shared<std::optional<std::optional<DeskReply>>>();
    askAtDesk(m_loop, node().port(), m_staffToken, {.type = type, .id = {}, .body = body},
              [heard](std::optional<DeskReply> reply) { *heard = std::move(reply); });
    PT_TRY(const bool isAnswered, m_loop.run([&] { return heard->has_value(); }, Loop::now() + staffTimeMax));
    if (isAnswered && **heard && (**heard)->type != u"refused"_s)
        return {};
    return refuse(ErrorCode::Unavailable,
                  u"Staff cannot %1: %2"_s.arg(
                      type, isAnswered && **heard ? (**heard)->body.value(u"message"_s).toString() : u"no answer"_s));
}

Status World::setHouseSeatsAside()
{
    const QString code = QString::fromLatin1(houseCode);
    const auto setAside = [&](const QString &id, const QJsonArray &seats) -> Status {
        PT_CHECK(askStaff(u"put_house_code"_s, {{u"performance"_s, id},
                                                {u"code"_s, code},
                                                {u"name"_s, u"Friends of the company"_s},
                                                {u"kind"_s, u"allocation"_s},
                                                {u"color"_s, u"#7b5ea7"_s},
                                                {u"access_code"_s, QString::fromLatin1(houseAccessCode)}}));
        return askStaff(u"move_seats"_s,
                        {{u"performance"_s, id}, {u"move"_s, u"set_aside"_s}, {u"seats"_s, seats}, {u"code"_s, code}});
    };
    for (int i = 0; i < performanceCount(); ++i) {
        QJsonArray seats;
        for (int seat = 0; seat < rules(i).houseSeats; ++seat)
            seats.append(seatKey(seat));
        if (seats.isEmpty())
            continue;
        // A server with a bug built in may have forgotten the code that it is to set the seats aside for.
        Status done = setAside(performance(i).text(), seats);
        for (int tries = 1; !done && tries < setAsideTriesMax; ++tries)
            done = setAside(performance(i).text(), seats);
        PT_CHECK(done);
    }
    return {};
}

void World::takeAtDesk(Event event, Done done)
{
    event.operation = Operation::Take;
    QJsonArray seats;
    for (const int seat : event.seats)
        seats.append(seatKey(seat));
    QJsonArray areas;
    for (const AreaPlaces &area : event.areas)
        areas.append(QJsonObject{{u"area"_s, areaKey(area.area)}, {u"quantity"_s, area.quantity}});
    QJsonObject body{{u"hold"_s, event.hold.text()},
                     {u"performance"_s, performance(event.performance).text()},
                     {u"seats"_s, seats},
                     {u"areas"_s, areas}};
    if (event.namesCode)
        body.insert(u"house_code"_s, QString::fromLatin1(houseCode));
    atDesk(std::move(event), u"take_hold"_s, body, plainly(std::move(done)));
}

void World::orderAtDesk(Event event, Done done)
{
    event.operation = Operation::Order;
    QJsonArray lines;
    const auto line = [&](const QString &place, int quantity) {
        lines.append(
            QJsonObject{{u"place"_s, place},
                        {u"price_type"_s, QString::fromLatin1(m_priceTypes.at(static_cast<size_t>(event.performance)))},
                        {u"quantity"_s, quantity}});
    };
    for (const int seat : event.seats)
        line(seatKey(seat), 1);
    for (const AreaPlaces &area : event.areas)
        line(areaKey(area.area), area.quantity);
    const QJsonObject body{{u"order"_s, event.order.text()},
                           {u"hold"_s, event.hold.text()},
                           {u"lines"_s, lines},
                           {u"buyer"_s, QJsonObject{{u"name"_s, u"Orsino"_s}, {u"email"_s, QString()}}},
                           {u"leave_single_reason"_s, u"They know each other"_s}};
    atDesk(std::move(event), u"create_order"_s, body, plainly(std::move(done)));
}

void World::payCash(Event event, Done done)
{
    event.operation = Operation::Pay;
    const QJsonObject body{
        {u"payment"_s, newIdText()}, {u"order"_s, event.order.text()}, {u"tendered"_s, pounds(tendered)}};
    atDesk(std::move(event), u"pay_cash"_s, body, plainly(std::move(done)));
}

void World::refundAtDesk(Event event, Done done)
{
    event.operation = Operation::Refund;
    const QJsonObject body{
        {u"refund"_s, newIdText()}, {u"order"_s, event.order.text()}, {u"reason"_s, u"The wrong evening"_s}};
    atDesk(std::move(event), u"refund_lines"_s, body, plainly(std::move(done)));
}

void World::payOutOne()
{
    const int at = static_cast<int>(nodeFor(m_random.bounded(nodeCount())));
    askAtDesk(m_loop, port(at), m_staffToken, {.type = u"list_open_refunds"_s, .id = {}, .body = {}},
              [this, at](const std::optional<DeskReply> &reply) {
                  const QJsonArray open = reply ? reply->body.value(u"repayments"_s).toArray() : QJsonArray();
                  for (const auto &entry : open) {
                      const QJsonValue repayment = entry[u"repayment"];
                      const QString state = repayment[u"state"].toString();
                      if (state != u"in_doubt"_s && state != u"owed"_s)
                          continue;
                      const QJsonObject body{{u"repayment"_s, repayment[u"id"]},
                                             {u"note"_s, u"Has shown the card and the ticket"_s}};
                      return askAtDesk(m_loop, port(at), m_staffToken, {.type = u"pay_out"_s, .id = {}, .body = body},
                                       [](const std::optional<DeskReply> &) {});
                  }
              });
}

} // namespace parterre::bench
