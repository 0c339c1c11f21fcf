#include "load/world.h"

#include "load/referencerepository.h"

#include <QJsonDocument>
#include <QUrl>

#include <algorithm>

namespace parterre::bench {

using namespace Qt::StringLiterals;
using namespace check;

namespace {

constexpr auto sessionsTimeout = 30 * second;
constexpr auto abandonTime = 2 * second;
constexpr auto repeatAfter = 200 * millisecond;
constexpr std::chrono::seconds warmUpTime{60};
constexpr int bankConnections = 8;
constexpr int holderRefusesPercent = 20;

Result<QJsonObject> jsonOf(const Result<HttpAnswer> &answer, const QString &what)
{
    if (!answer)
        return refuse(answer.error());
    if (answer->status >= 300) {
        return refuse(
            ErrorCode::Unavailable,
            u"The server answers %1 with %2: %3"_s.arg(what).arg(answer->status).arg(QString::fromUtf8(answer->body)));
    }
    return QJsonDocument::fromJson(answer->body).object();
}

/// `"s1","s2"`.
QByteArray seatList(const std::vector<int> &seats)
{
    QByteArray list;
    for (const int seat : seats)
        list += (list.isEmpty() ? "\"s" : ",\"s") + QByteArray::number(seat) + '"';
    return list;
}

QByteArray areaList(const std::vector<AreaPlaces> &areas)
{
    QByteArray list;
    for (const AreaPlaces &area : areas) {
        list += (list.isEmpty() ? "{\"area\":\"a" : ",{\"area\":\"a") + QByteArray::number(area.area) +
                "\",\"quantity\":" + QByteArray::number(area.quantity) + '}';
    }
    return list;
}

QByteArray latin(const QUuid &uuid)
{
    return uuid.toByteArray(QUuid::WithoutBraces);
}

QByteArray codeField()
{
    return QByteArray(",\"access_code\":\"") + houseAccessCode + '"';
}

} // namespace

World::World(const WorldOptions &options)
    : m_season(options.season)
    , m_random(options.seed)
    , m_seed(options.seed)
    , m_repeatFor(options.repeatFor.count())
    , m_isUp(static_cast<size_t>(options.nodes), true)
{}

Result<std::unique_ptr<World>> World::open(const WorldOptions &options)
{
    std::unique_ptr<World> world(new World(options));
    PT_CHECK(world->startNodes(options));
    PT_CHECK(world->findPerformances());
    PT_CHECK(world->makeSessions(options.sessions));
    PT_CHECK(world->sampleClock());
    PT_CHECK(world->warmUp());
    return world;
}

Status World::startNodes(const WorldOptions &options)
{
    QStringList flags = options.serverFlags;
    if (options.psp) {
        m_psp = std::make_unique<Psp>(options.pspProgram, *options.psp);
        PT_CHECK(m_psp->start());
        flags += m_psp->serverFlags();
    }
    const int connections = options.connections > 0 ? options.connections : options.sessions;
    for (int i = 0; i < options.nodes; ++i) {
        const QString database = i == 0 ? options.database : node().dsn();
        m_nodes.push_back(std::make_unique<Node>(NodeOptions{.server = options.server,
                                                             .database = database,
                                                             .flags = flags,
                                                             .fault = options.fault,
                                                             .hasSmallDisk = options.hasSmallDisk && i == 0}));
        PT_CHECK(m_nodes.back()->start());
        m_clients.push_back(std::make_unique<HttpClient>(m_loop, m_nodes.back()->port(), connections / options.nodes));
    }
    if (m_psp) {
        PT_CHECK(m_psp->tellTo(node().port()));
        m_bank = std::make_unique<HttpClient>(m_loop, static_cast<quint16>(QUrl(m_psp->url()).port()), bankConnections);
    }
    return node().applySeason(options.season);
}

bool World::isIdle() const
{
    return m_waitingToRepeat == 0 && (!m_bank || m_bank->open() == 0) &&
           std::ranges::all_of(m_clients, [](const auto &client) { return client->open() == 0; });
}

void World::abandon()
{
    for (const auto &client : m_clients)
        client->abandon();
    if (m_bank)
        m_bank->abandon();
}

Status World::findPerformances()
{
    PT_TRY(const QJsonObject page,
           jsonOf(m_clients.front()->call({.method = "GET", .target = "/v1/performances?limit=200"}),
                  u"the performances"_s));
    std::vector<std::pair<QString, PerformanceId>> found;
    for (const auto &entry : page.value(u"performances"_s).toArray()) {
        const QJsonObject performance = entry.toObject();
        const auto id = PerformanceId::fromText(performance.value(u"id"_s).toString());
        found.emplace_back(performance.value(u"starts_at"_s).toString(), id.value_or(PerformanceId()));
    }
    std::ranges::sort(found, {}, &std::pair<QString, PerformanceId>::first);
    for (const auto &[start, id] : found)
        m_performances.push_back(id);
    if (performanceCount() != m_season.performanceCount())
        return refuse(ErrorCode::Internal, u"The server lists %1 performances."_s.arg(performanceCount()));
    for (const PerformanceId &id : m_performances) {
        const QByteArray target = "/v1/performances/" + latin(id.uuid());
        PT_TRY(const QJsonObject detail,
               jsonOf(m_clients.front()->call({.method = "GET", .target = target}), u"a performance"_s));
        m_priceTypes.push_back(
            detail.value(u"types"_s).toArray().first().toObject().value(u"id"_s).toString().toLatin1());
        std::vector<QByteArray> &zones = m_zones.emplace_back(static_cast<size_t>(priceCategories));
        for (const auto &zone : detail.value(u"zones"_s).toArray()) {
            for (int category = 0; category < priceCategories; ++category) {
                if (zone[u"category"].toString() == categoryName(category))
                    zones[static_cast<size_t>(category)] = zone[u"id"].toString().toLatin1();
            }
        }
    }
    return {};
}

Status World::makeSessions(int count)
{
    QByteArray refusal;
    for (int i = 0; i < count; ++i) {
        HttpCall call{.method = "POST", .target = "/v1/sessions", .key = latin(newUuidV7())};
        m_clients.front()->send(std::move(call), [this, &refusal](const HttpAnswer &answer) {
            const QString token = QJsonDocument::fromJson(answer.body).object().value(u"token"_s).toString();
            if (token.isEmpty())
                refusal = answer.body;
            else
                m_tokens.push_back(token.toLatin1());
        });
    }
    PT_TRY(const bool inTime, m_loop.run([this] { return isIdle(); }, Loop::now() + sessionsTimeout));
    if (inTime && m_tokens.size() == static_cast<size_t>(count))
        return {};
    abandon();
    PT_CHECK(m_loop.run([this] { return isIdle(); }, Loop::now() + abandonTime));
    return refuse(
        ErrorCode::Unavailable,
        u"Only %1 of %2 sessions were begun. %3"_s.arg(m_tokens.size()).arg(count).arg(QString::fromUtf8(refusal)));
}

void World::send(Event event, QByteArray method, QByteArray target, QByteArray body, Done done)
{
    if (event.command.isEmpty())
        event.command = newUuidV7().toString(QUuid::WithoutBraces);
    HttpCall call{.method = std::move(method),
                  .target = std::move(target),
                  .token = m_tokens[static_cast<size_t>(event.client) % m_tokens.size()],
                  .key = event.command.toLatin1(),
                  .body = std::move(body)};
    if (m_repeatFor > 0) {
        attempt(std::make_shared<Command>(
            Command{.event = std::move(event), .call = std::move(call), .done = std::move(done)}));
        return;
    }
    HttpClient &client = *m_clients[nodeFor(event.client)];
    client.send(std::move(call), [this, event = std::move(event), done = std::move(done)](HttpAnswer answer) {
        finish(event, std::move(answer), done);
    });
}

void World::attempt(const std::shared_ptr<Command> &command)
{
    const size_t node = nodeFor(command->event.client);
    m_clients[node]->send(command->call, [this, command, node](HttpAnswer answer) {
        const qint64 first = command->firstSent == 0 ? answer.start : command->firstSent;
        const Told told = toldBy(answer);
        const bool wasNotTried = told.code == u"overloaded" || told.code == u"unavailable";
        if (told.outcome == Outcome::Unknown)
            command->event.outcome = Outcome::Unknown;
        if (told.outcome == Outcome::Unknown && m_onUntold && m_isUp[node])
            m_onUntold(static_cast<int>(node), command->event.operation, answer.status == 0);
        if (answer.status == statusAccepted)
            askHolder(answer);
        if (told.code == u"unavailable" && m_onTurnedAway)
            m_onTurnedAway(static_cast<int>(node), command->event.operation);
        if ((told.outcome == Outcome::Unknown || wasNotTried) && answer.end - first < m_repeatFor) {
            command->firstSent = first;
            ++m_waitingToRepeat;
            m_loop.at(answer.end + repeatAfter, [this, command] {
                --m_waitingToRepeat;
                attempt(command);
            });
            return;
        }
        // That it was not tried the last time says nothing of the time that had no answer.
        if (wasNotTried && command->event.outcome == Outcome::Unknown)
            answer = {.status = 0, .body = {}, .start = first, .end = answer.end};
        answer.start = first;
        finish(std::move(command->event), std::move(answer), command->done);
    });
}

void World::askHolder(const HttpAnswer &answer)
{
    const QUrl page(QJsonDocument::fromJson(answer.body).object().value(u"payment_action_url"_s).toString());
    if (page.isEmpty() || !m_bank)
        return;
    const bool isRefused = m_random.bounded(100) < holderRefusesPercent;
    m_bank->send({.method = "POST",
                  .target = page.path().toLatin1(),
                  .body = isRefused ? QByteArray("outcome=fail") : QByteArray("outcome=succeed")},
                 [](const HttpAnswer &) {}); // The next repeat of the payment asks again where it was lost.
}

void World::finish(Event event, HttpAnswer answer, const Done &done)
{
    Event &recorded = m_recorder.record(std::move(event), std::move(answer));
    if (recorded.operation == Operation::TakeBest)
        m_recorder.decode(recorded); // What was chosen is wanted at once.
    if (done)
        done(recorded);
}

size_t World::nodeFor(int client) const
{
    const size_t own = static_cast<size_t>(client) % m_clients.size();
    for (size_t i = 0; i < m_clients.size(); ++i) {
        const size_t node = (own + i) % m_clients.size();
        if (m_isUp[node])
            return node;
    }
    return own;
}

void World::take(Event event, Done done)
{
    QByteArray body = "{\"hold\":\"" + latin(event.hold.uuid()) + "\",\"performance\":\"" +
                      latin(performance(event.performance).uuid()) + '"';
    if (!event.seats.empty())
        body += ",\"seats\":[" + seatList(event.seats) + ']';
    if (!event.areas.empty())
        body += ",\"areas\":[" + areaList(event.areas) + ']';
    if (event.namesCode)
        body += codeField();
    body += '}';
    send(std::move(event), "POST", "/v1/holds", std::move(body), std::move(done));
}

void World::takeBest(Event event, Done done)
{
    event.operation = Operation::TakeBest;
    QByteArray best =
        "\"size\":" + QByteArray::number(event.partySize) + ",\"may_split\":" + (event.maySplit ? "true" : "false");
    if (event.categories.size() == 1) {
        const auto &zones = m_zones.at(static_cast<size_t>(event.performance));
        best += ",\"zone\":\"" + zones.at(static_cast<size_t>(event.categories.front())) + '"';
    } else if (!event.categories.empty()) {
        best += ",\"price_max\":{\"amount\":" + QByteArray::number(priceOf(event.categories.front())) +
                ",\"currency\":\"GBP\"}";
    }
    if (event.section)
        best += ",\"section\":\"" + sectionName(*event.section).toUtf8() + '"';
    if (event.wheelchairs > 0)
        best += ",\"wheelchairs\":" + QByteArray::number(event.wheelchairs);
    QByteArray body = "{\"hold\":\"" + latin(event.hold.uuid()) + "\",\"performance\":\"" +
                      latin(performance(event.performance).uuid()) + "\",\"best\":{" + best + '}';
    if (event.namesCode)
        body += codeField();
    body += '}';
    send(std::move(event), "POST", "/v1/holds", std::move(body), std::move(done));
}

void World::release(Event event, Done done)
{
    event.operation = Operation::Release;
    QByteArray target = "/v1/holds/" + latin(event.hold.uuid());
    if (event.seats.empty() && event.areas.empty())
        return send(std::move(event), "DELETE", std::move(target), {}, std::move(done));
    QByteArray body = "{\"seats\":[" + seatList(event.seats) + "],\"areas\":[" + areaList(event.areas) + "]}";
    send(std::move(event), "POST", target + "/release", std::move(body), std::move(done));
}

void World::renew(Event event, Done done)
{
    event.operation = Operation::Renew;
    const QByteArray target = "/v1/holds/" + latin(event.hold.uuid()) + "/renew";
    send(std::move(event), "POST", target, "{}", std::move(done));
}

void World::order(Event event, Done done, const QByteArray &promotion)
{
    event.operation = Operation::Order;
    const QByteArray &priceType = m_priceTypes.at(static_cast<size_t>(event.performance));
    QByteArray lines;
    const auto line = [&](const QByteArray &place, int quantity) {
        lines += (lines.isEmpty() ? "{\"place\":\"" : ",{\"place\":\"") + place + "\",\"price_type\":\"" + priceType +
                 "\",\"quantity\":" + QByteArray::number(quantity) + '}';
    };
    for (const int seat : event.seats)
        line('s' + QByteArray::number(seat), 1);
    for (const AreaPlaces &area : event.areas)
        line('a' + QByteArray::number(area.area), area.quantity);
    QByteArray body = "{\"order\":\"" + latin(event.order.uuid()) + "\",\"hold\":\"" + latin(event.hold.uuid()) +
                      "\",\"lines\":[" + lines + "],\"buyer\":{\"name\":\"Viola\",\"email\":\"viola@example.org\"}";
    if (!promotion.isEmpty())
        body += ",\"promotion\":\"" + promotion + '"';
    body += '}';
    send(std::move(event), "POST", "/v1/orders", std::move(body), std::move(done));
}

void World::pay(Event event, Done done, const Tender &tender)
{
    event.operation = Operation::Pay;
    event.command = newUuidV7().toString(QUuid::WithoutBraces); // A repeat is of the same payment.
    const QByteArray target = "/v1/orders/" + latin(event.order.uuid()) + "/payments";
    QByteArray body = "{\"payment\":\"" + event.command.toLatin1() + '"' + tenderFields(tender) + '}';
    send(std::move(event), "POST", target, std::move(body), std::move(done));
}

void World::refund(Event event, Done done)
{
    event.operation = Operation::Refund;
    event.command = newUuidV7().toString(QUuid::WithoutBraces); // A repeat is of the same refund.
    const QByteArray target = "/v1/orders/" + latin(event.order.uuid()) + "/refunds";
    const QByteArray lines = event.seats.empty() ? QByteArray() : ",\"lines\":[1]"; // Of which a seat comes first.
    QByteArray body = "{\"refund\":\"" + event.command.toLatin1() + '"' + lines + '}';
    send(std::move(event), "POST", target, std::move(body), std::move(done));
}

Status World::warmUp()
{
    for (int i = 0; i < performanceCount(); ++i) {
        for (int node = 0; node < nodeCount(); ++node) {
            Event event{.client = node, .intended = Loop::now(), .performance = i, .hold = HoldId::create()};
            if (hall(i).seats > 0) // Such as stays free for everybody.
                event.seats = {hall(i).seats - hall(i).wheelchairSpaces - 1};
            else
                event.areas = {{.area = 0, .quantity = 1}};
            take(event, [this](const Event &taken) {
                release({.client = taken.client,
                         .intended = Loop::now(),
                         .performance = taken.performance,
                         .hold = taken.hold},
                        {});
            });
            PT_CHECK(drain(warmUpTime));
        }
    }
    return {};
}

Status World::drain(std::chrono::seconds atMost)
{
    const auto isDone = [this] { return isIdle(); };
    PT_TRY(const bool inTime, m_loop.run(isDone, Loop::now() + atMost.count() * second));
    if (inTime)
        return {};
    abandon();
    PT_CHECK(m_loop.run(isDone, Loop::now() + abandonTime));
    return {};
}

void World::stop()
{
    for (size_t i = 1; i < m_nodes.size(); ++i)
        m_nodes[i]->kill();
    node().stop();
}

Status World::sampleClock()
{
    PT_TRY(const ClockSample sample, bench::sampleClock(node().dsn()));
    m_clock.push_back(sample);
    return {};
}

History World::takeHistory(const QString &scenario)
{
    History history{.header = {.scenario = scenario,
                               .seed = m_seed,
                               .customers = static_cast<int>(m_tokens.size()),
                               .performances = {},
                               .clock = m_clock},
                    .events = m_recorder.take()};
    for (int i = 0; i < performanceCount(); ++i) {
        history.header.performances.push_back({.id = performance(i),
                                               .seats = hall(i).seats,
                                               .holdSeconds = hall(i).holdSeconds,
                                               .purchaseLimit = rules(i).purchaseLimit,
                                               .hasOrphanRule = rules(i).orphanRule != OrphanRule::Off});
    }
    return history;
}

} // namespace parterre::bench
