#include "support/apiserver.h"

#include "api/services.h"
#include "support/need.h"
#include "ticketing/passsigner.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTcpSocket>
#include <QTemporaryDir>

namespace parterre::test {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int answerMillisecondsMax = 30'000; ///< Far above what any answer takes; a hanging server must end a test.

std::unique_ptr<QTcpSocket> connectedTo(quint16 port)
{
    auto socket = std::make_unique<QTcpSocket>();
    socket->connectToHost(u"127.0.0.1"_s, port);
    if (!socket->waitForConnected(answerMillisecondsMax))
        qFatal("The edge does not accept.");
    return socket;
}

Answer parse(const QByteArray &text)
{
    Answer answer;
    const auto end = text.indexOf("\r\n\r\n");
    if (!text.startsWith("HTTP/1.1 ") || end < 0)
        qFatal("This is no answer: %s", text.left(200).constData());
    answer.status = text.mid(9, 3).toInt();
    const auto lines = text.left(end).split('\n');
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const auto colon = lines[i].indexOf(':');
        answer.headers.insert(lines[i].left(colon).toLower(), lines[i].mid(colon + 1).trimmed());
    }
    answer.body = text.mid(end + 4);
    return answer;
}

/// One for all servers of a test: its key takes a while to make.
const server::PassSigner &developmentPasses()
{
    static const QTemporaryDir folder;
    static const server::PassSigner signer = need(server::PassSigner::open({.folder = folder.path()}));
    return signer;
}

} // namespace

QJsonObject Answer::json() const
{
    return QJsonDocument::fromJson(body).object();
}

QString Answer::pointer() const
{
    return json().value(u"errors"_s).toArray().at(0).toObject().value(u"pointer"_s).toString();
}

bool Answer::isProblem() const
{
    const QJsonObject object = json();
    return headers.value("content-type").startsWith("application/problem+json") &&
           object.value(u"status"_s).toInt() == status && !object.value(u"title"_s).toString().isEmpty() &&
           !object.value(u"detail"_s).toString().isEmpty() &&
           object.value(u"type"_s).toString() == u"urn:parterre:problem:"_s + code();
}

ApiServer::ApiServer(const SaleWorldOptions &options, const QByteArrayList &webhookSecrets)
    : m_world(options)
    , m_liveMap(m_world.mirror())
    , m_workers(4, 1'000)
{
    addHttpApi(m_router, {.database = m_world.database(),
                          .catalog = m_world.catalog(),
                          .identity = m_world.identity(),
                          .holds = m_world.holds(),
                          .houseSeats = m_world.houseSeats(),
                          .handovers = m_world.handovers(),
                          .checkout = m_world.checkout(),
                          .afterSale = m_world.afterSale(),
                          .cancellations = m_world.cancellations(),
                          .giftCards = m_world.giftCards(),
                          .tickets = m_world.tickets(),
                          .fulfilment = m_world.fulfilment(),
                          .liveMap = m_liveMap,
                          .isStopping = [this] { return m_isStopping.load(); },
                          .cardWorkers = nullptr,
                          .stripeWebhookSecrets = webhookSecrets,
                          .clock = &m_clock,
                          .newsHaveCome = [this] { ++m_news; },
                          .shopUrl = [] { return u"https://shop.example"_s; },
                          .passes = &developmentPasses()});
    m_world.whenChanged([this](const PerformanceId &performance) { m_liveMap.changed(performance); });
    m_liveMap.start();
    m_edge = std::make_unique<server::Edge>(server::EdgeConfig{}, m_router, m_workers);
    if (const Status listening = m_edge->listen(); !listening)
        qFatal("%s", qPrintable(listening.error().message));
}

ApiServer::~ApiServer()
{
    m_edge->shutDown(2'000ms);
    m_workers.stop();
    m_liveMap.stop();
}

std::optional<Answer> askServer(quint16 port, const QByteArray &method, const QString &path, const Ask &ask)
{
    QByteArray text = method + ' ' + path.toUtf8() + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    if (!ask.key.isEmpty())
        text += "Idempotency-Key: " + ask.key + "\r\n";
    if (!ask.token.isEmpty())
        text += "Authorization: Bearer " + ask.token + "\r\n";
    for (const auto &[name, value] : ask.headers)
        text += name + ": " + value + "\r\n";
    if (!ask.body.isEmpty() || method == "POST")
        text += "Content-Length: " + QByteArray::number(ask.body.size()) + "\r\n";
    const auto socket = connectedTo(port);
    socket->write(text + "\r\n" + ask.body);
    QElapsedTimer clock;
    clock.start();
    while (socket->state() == QAbstractSocket::ConnectedState && clock.elapsed() < answerMillisecondsMax)
        socket->waitForReadyRead(100);
    const QByteArray answer = socket->readAll();
    return answer.isEmpty() ? std::nullopt : std::optional(parse(answer));
}

Answer ApiServer::send(const QByteArray &method, const QString &path, const Ask &ask)
{
    const auto answer = askServer(m_edge->port(), method, path, ask);
    if (!answer)
        qFatal("The edge has not answered %s %s.", method.constData(), qPrintable(path));
    return *answer;
}

Answer ApiServer::get(const QString &path, const QByteArray &token)
{
    return send("GET", path, {.token = token});
}

Answer ApiServer::post(const QString &path, const QJsonObject &body)
{
    return send("POST", path, {.body = QJsonDocument(body).toJson(), .key = newKey(), .token = token()});
}

QByteArray ApiServer::newKey()
{
    return CommandId::create().text().toLatin1();
}

QJsonObject ApiServer::takeBody(const std::vector<QString> &seats, const HoldId &hold, int standing) const
{
    TakeHold command{.hold = hold, .performance = m_world.performance(), .seats = seats, .areas = {}};
    if (standing > 0)
        command.areas = {{SaleWorld::yard(), standing}};
    return toJson(command);
}

QJsonObject ApiServer::orderBody(const QJsonObject &hold, const OrderId &order)
{
    const QString adult = m_world.priceType().text();
    QJsonArray lines;
    for (const auto &entry : hold.value(u"places"_s).toArray()) {
        const QJsonObject place = entry.toObject();
        for (int i = 0; i < place.value(u"quantity"_s).toInt(); ++i)
            lines.append(
                QJsonObject{{u"place"_s, place.value(u"key"_s)}, {u"price_type"_s, adult}, {u"quantity"_s, 1}});
    }
    return {{u"order"_s, order.text()},
            {u"hold"_s, hold.value(u"id"_s)},
            {u"lines"_s, lines},
            {u"buyer"_s, QJsonObject{{u"name"_s, u"Olivia"_s}, {u"email"_s, u"olivia@example.org"_s}}}};
}

QJsonObject ApiServer::payBody(const QString &card, const PaymentId &payment)
{
    return {{u"payment"_s, payment.text()}, {u"card_token"_s, card}};
}

QJsonObject ApiServer::openOrder(const std::vector<QString> &seats)
{
    const Answer hold = post(u"/v1/holds"_s, takeBody(seats));
    const Answer order = post(u"/v1/orders"_s, orderBody(hold.json()));
    if (order.status != 201)
        qFatal("No order was made: %s %s", hold.body.constData(), order.body.constData());
    return order.json();
}

EventReader::EventReader(ApiServer &server, const PerformanceId &performance, const QByteArray &lastEventId)
    : m_socket(connectedTo(server.edge().port()))
{
    QByteArray text = "GET /v1/performances/" + performance.text().toLatin1() + "/live HTTP/1.1\r\nHost: localhost\r\n";
    if (!lastEventId.isEmpty())
        text += "Last-Event-ID: " + lastEventId + "\r\n";
    m_socket->write(text + "\r\n");
}

EventReader::~EventReader() = default;

bool EventReader::readUntilBlank(int milliseconds)
{
    QElapsedTimer clock;
    clock.start();
    m_unread += m_socket->readAll();
    while (!m_unread.contains("\n\n") && !m_unread.contains("\r\n\r\n") && clock.elapsed() < milliseconds) {
        if (!m_socket->waitForReadyRead(50) && m_socket->state() != QAbstractSocket::ConnectedState)
            break;
        m_unread += m_socket->readAll();
    }
    return m_unread.contains("\n\n") || m_unread.contains("\r\n\r\n");
}

QByteArray EventReader::head()
{
    if (m_head.isEmpty() && readUntilBlank(answerMillisecondsMax)) {
        const auto end = m_unread.indexOf("\r\n\r\n") + 4;
        m_head = m_unread.left(end);
        m_unread.remove(0, end);
    }
    return m_head;
}

EventReader::Event EventReader::next(int milliseconds)
{
    (void)head();
    while (readUntilBlank(milliseconds)) {
        const auto end = m_unread.indexOf("\n\n");
        const auto lines = m_unread.left(end).split('\n');
        m_unread.remove(0, end + 2);
        Event event;
        for (const QByteArray &line : lines) {
            if (line.startsWith("event: "))
                event.name = line.mid(7);
            else if (line.startsWith("id: "))
                event.id = line.mid(4).toLongLong();
            else if (line.startsWith("data: "))
                event.data = QJsonDocument::fromJson(line.mid(6)).object();
        }
        if (!event.name.isEmpty()) // Else a comment or the pause before a reconnect.
            return event;
    }
    return {};
}

void EventReader::leave()
{
    m_socket->abort();
}

} // namespace parterre::test
