#pragma once

#include "check/salebooks.h"
#include "db/embeddedpostgres.h"
#include "domain/layout/layoutjson.h"
#include "support/apiserver.h"
#include "support/deskclient.h"
#include "support/runningserver.h"

#include <QJsonArray>
#include <QJsonDocument>

/// The demonstration's theatre on a real server that a test kills and starts again, and the people who stay: buyers
/// with a session each, and a clerk at a desk.
namespace parterre::test {

/// What became of something that was asked for.
struct Outcome
{
    std::optional<QJsonObject> view{}; ///< Absent where it was refused or no answer came.
    QString refusal{};                 ///< The code.
    int status = 0;                    ///< Of HTTP; 0 at the desk.

    /// `ok`, the code of a refusal, or `lost` where the connection ended without an answer; for QCOMPARE.
    [[nodiscard]] QString text() const
    {
        if (view)
            return QStringLiteral("ok");
        return refusal.isEmpty() ? QStringLiteral("lost") : refusal;
    }
};

/// What a buyer sends to pay an order.
struct CardPayment
{
    PaymentId payment = PaymentId::create();
    QString cardToken = QStringLiteral("pm_card_visa");

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
        fields("card_token", cardToken);
    }
};

class KilledHouse
{
public:
    explicit KilledHouse(const QStringList &settings = {}) ///< More flags for `serve`.
        : server(settings)
    {
        start();
        need(server.applySeason());
        books = std::make_unique<check::SaleBooks>(dsn());
        const QJsonObject list = get(QStringLiteral("/v1/performances")).json();
        const QString id = list.value(QStringLiteral("performances"))
                               .toArray()
                               .at(0)
                               .toObject()
                               .value(QStringLiteral("id"))
                               .toString();
        detail = need(fromJson<PerformanceDetail>(get(QStringLiteral("/v1/performances/") + id).json()));
        layout = std::make_unique<LayoutIndex>(
            need(layoutFromJson(get(QStringLiteral("/v1/layouts/") + detail.layout.text()).json())));
        buyer = newSession();
        otherBuyer = newSession();
        clerk = signInClerk();
    }

    void start(const QString &faults = {}) { need(server.start(faults)); }
    /// Dies, and lives again on the same data.
    void killAndRestart(const QString &faults = {})
    {
        server.kill();
        start(faults);
    }

    /// Sells one seat to the buyer for a test card, and returns how the payment ended.
    [[nodiscard]] Outcome sellByCard()
    {
        const TakeHold held = taking(freshSeat());
        const CreateOrder ordered = ordering(held);
        for (const auto &done : {post(QStringLiteral("/v1/holds"), held, CommandId::create().text(), buyer),
                                 post(QStringLiteral("/v1/orders"), ordered, CommandId::create().text(), buyer)}) {
            if (!done.view)
                return done;
        }
        return post(QStringLiteral("/v1/orders/%1/payments").arg(ordered.order.text()), CardPayment(),
                    CommandId::create().text(), buyer);
    }

    [[nodiscard]] Answer get(const QString &path, const QByteArray &token = {}) const
    {
        const auto answer = askServer(server.port(), "GET", path, {.token = token});
        if (!answer)
            qFatal("GET %s was not answered", qPrintable(path));
        return *answer;
    }

    template <Described Body>
    [[nodiscard]] Outcome post(const QString &path, const Body &body, const QString &key, const QByteArray &token) const
    {
        const auto answer =
            askServer(server.port(), "POST", path,
                      {.body = QJsonDocument(toJson(body)).toJson(), .key = key.toLatin1(), .token = token});
        if (!answer)
            return {};
        if (answer->status >= 300)
            return {.refusal = answer->code(), .status = answer->status};
        return {.view = answer->json(), .status = answer->status};
    }

    /// The command as the clerk's desk sends it after it has come back.
    template <Described Body>
    [[nodiscard]] Outcome atTheDesk(protocol::MessageType type, const Body &body, const QString &key) const
    {
        DeskClient desk(server.port());
        desk.begin(clerk);
        const auto reply = desk.replyOrLoss(desk.send(type, body, *CommandId::fromText(key)));
        if (!reply)
            return {};
        if (reply->type == protocol::MessageType::Refused)
            return {.refusal = errorCodeName(errorFromJson(reply->body).code)};
        return {.view = reply->body};
    }

    /// The token of a buyer who has bought nothing yet.
    [[nodiscard]] QByteArray newSession() const
    {
        const auto session = post(QStringLiteral("/v1/sessions"), protocol::Nothing{}, CommandId::create().text(), {});
        if (!session.view)
            qFatal("no session: %s", qPrintable(session.text()));
        return session.view->value(QStringLiteral("token")).toString().toLatin1();
    }
    /// The number of an ordinary seat that no test has had.
    [[nodiscard]] int freshSeat()
    {
        while (layout->seat(m_nextSeat).accessibility != Accessibility::None)
            ++m_nextSeat;
        return m_nextSeat++;
    }
    /// What the public map says of a seat: `a`vailable, `h`eld, `s`old.
    [[nodiscard]] QString letterOf(int seat) const
    {
        const QString path = QStringLiteral("/v1/performances/%1/map").arg(detail.summary.id.text());
        return get(path).json().value(QStringLiteral("seats")).toString().mid(seat, 1);
    }

    [[nodiscard]] TakeHold taking(int seat) const
    {
        return {
            .hold = HoldId::create(), .performance = detail.summary.id, .seats = {layout->seat(seat).key}, .areas = {}};
    }
    [[nodiscard]] CreateOrder ordering(const TakeHold &held) const
    {
        CreateOrder command{.order = OrderId::create(),
                            .hold = held.hold,
                            .lines = {},
                            .buyer = {.name = QStringLiteral("Viola"), .email = QStringLiteral("viola@example.org")}};
        for (const QString &seat : held.seats)
            command.lines.push_back({.place = seat, .priceType = detail.types.front().id});
        return command;
    }

    /// Of its database.
    [[nodiscard]] QString dsn() const
    {
        server::EmbeddedPostgres postgres({.directory = server.postgresDirectory()});
        need(postgres.join());
        return postgres.dsn();
    }

    RunningServer server;
    std::unique_ptr<check::SaleBooks> books;
    PerformanceDetail detail;
    std::unique_ptr<LayoutIndex> layout;
    QByteArray buyer; ///< Tokens.
    QByteArray otherBuyer;
    QString clerk;

private:
    [[nodiscard]] QString signInClerk()
    {
        const QString name = QStringLiteral("viola");
        const QString first = need(server.addUser(name, QStringLiteral("clerk"), QStringLiteral("Viola of Messaline")));
        DeskClient desk(server.port());
        desk.begin();
        (void)need(desk.get<protocol::SignedIn>(protocol::MessageType::SignIn,
                                                protocol::SignIn{.user = name, .password = first}));
        return need(desk.get<protocol::SignedIn>(
                        protocol::MessageType::ChangePassword,
                        protocol::ChangePassword{.oldPassword = first,
                                                 .newPassword = QStringLiteral("a quiet evening in Illyria")}))
            .token;
    }

    int m_nextSeat = 0;
};

} // namespace parterre::test
