#pragma once

#include "edge/edge.h"
#include "realtime/livemap.h"
#include "runtime/workerpool.h"
#include "support/saleworld.h"

#include <QHash>
#include <QJsonObject>

#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

class QTcpSocket;

namespace parterre::test {

/// What the server sent back.
struct Answer
{
    int status = 0;
    QHash<QByteArray, QByteArray> headers; ///< Names in lower case.
    QByteArray body;

    [[nodiscard]] QJsonObject json() const;
    /// `code` of a problem.
    [[nodiscard]] QString code() const { return json().value(QStringLiteral("code")).toString(); }
    /// The pointer of the first entry of a problem's `errors`.
    [[nodiscard]] QString pointer() const;
    [[nodiscard]] bool isProblem() const;
};

/// What is sent, beyond method and address.
struct Ask
{
    QByteArray body{};
    QByteArray key{};   ///< Idempotency-Key; none where it is empty.
    QByteArray token{}; ///< Bearer token; none where it is empty.
    std::vector<std::pair<QByteArray, QByteArray>> headers{};
};

/// One request on a connection of its own to a server on this machine. Nothing where the connection ended without an
/// answer, as it does when the server is killed.
[[nodiscard]] std::optional<Answer> askServer(quint16 port, const QByteArray &method, const QString &path,
                                              const Ask &ask = {});

/// The HTTP API of a SaleWorld behind a real edge on a free port, and one who talks to it over real sockets.
class ApiServer
{
public:
    /// `webhookSecrets` are those by which the card provider signs; without any it is not heard.
    explicit ApiServer(const SaleWorldOptions &options = {}, const QByteArrayList &webhookSecrets = {});
    ~ApiServer();
    ApiServer(const ApiServer &) = delete;
    ApiServer &operator=(const ApiServer &) = delete;

    [[nodiscard]] SaleWorld &world() { return m_world; }
    [[nodiscard]] server::LiveMap &liveMap() { return m_liveMap; }
    [[nodiscard]] server::Edge &edge() { return *m_edge; }
    void beginStopping() { m_isStopping = true; }
    /// How often the card provider had news of a payment.
    [[nodiscard]] int newsCount() const { return m_news; }

    /// One request on a connection of its own.
    [[nodiscard]] Answer send(const QByteArray &method, const QString &path, const Ask &ask = {});
    [[nodiscard]] Answer get(const QString &path, const QByteArray &token = {});
    /// As SaleWorld::buyer(), under a new key.
    [[nodiscard]] Answer post(const QString &path, const QJsonObject &body);
    [[nodiscard]] QByteArray token() const { return m_world.buyerToken().toLatin1(); }
    [[nodiscard]] static QByteArray newKey();

    /// Bodies for SaleWorld::performance().
    [[nodiscard]] QJsonObject takeBody(const std::vector<QString> &seats, const HoldId &hold = HoldId::create(),
                                       int standing = 0) const;
    /// Every place of a hold's JSON at the price type Adult, standing places as lines of one each.
    [[nodiscard]] QJsonObject orderBody(const QJsonObject &hold, const OrderId &order = OrderId::create());
    [[nodiscard]] static QJsonObject payBody(const QString &card = QStringLiteral("pm_card_visa"),
                                             const PaymentId &payment = PaymentId::create());
    /// Takes the seats and orders them by HTTP; the order's JSON.
    [[nodiscard]] QJsonObject openOrder(const std::vector<QString> &seats);

private:
    SaleWorld m_world;
    server::LiveMap m_liveMap;
    std::atomic<bool> m_isStopping = false;
    std::atomic<int> m_news = 0;
    SystemClock m_clock;
    server::Router m_router;
    server::WorkerPool m_workers;
    std::unique_ptr<server::Edge> m_edge;
};

/// One who follows a map by Server-Sent Events.
class EventReader
{
public:
    struct Event
    {
        QByteArray name;
        qint64 id = -1;
        QJsonObject data;
    };

    EventReader(ApiServer &server, const PerformanceId &performance, const QByteArray &lastEventId = {});
    ~EventReader();
    EventReader(const EventReader &) = delete;
    EventReader &operator=(const EventReader &) = delete;

    /// The next event; one without a name where none came in time.
    [[nodiscard]] Event next(int milliseconds = 10'000);
    [[nodiscard]] QByteArray head();
    void leave();

private:
    bool readUntilBlank(int milliseconds);

    std::unique_ptr<QTcpSocket> m_socket;
    QByteArray m_head;
    QByteArray m_unread;
};

} // namespace parterre::test
