#pragma once

#include "notifications/mailservice.h"
#include "support/saleworld.h"
#include "support/smtpsink.h"

#include <QTemporaryDir>

namespace parterre::test {

/// A playhouse that sells, its outbox, and mails that go where the test says.
class MailWorld
{
public:
    explicit MailWorld(const server::MailSettings &settings, int connections = 4, const SaleWorldOptions &sale = {})
        : m_world(sale)
        , m_outbox(m_world.database())
        , m_mails(m_world.database(), m_world.tickets(), need(server::setUpMail(settings)), options(connections))
    {
        m_outbox.addGroupConsumer(QStringLiteral("notifications"),
                                  [this](std::span<const server::OutboxFact> facts) { return m_mails.hearAll(facts); });
        m_mails.start();
        m_outbox.start();
    }
    ~MailWorld()
    {
        m_outbox.stop();
        m_mails.stop();
    }
    MailWorld(const MailWorld &) = delete;
    MailWorld &operator=(const MailWorld &) = delete;

    [[nodiscard]] SaleWorld &world() { return m_world; }
    [[nodiscard]] server::MailService &mails() { return m_mails; }

    /// The mails of another start, which go to this folder.
    [[nodiscard]] server::MailService afterNextStart(const QTemporaryDir &folder)
    {
        return server::MailService(m_world.database(), m_world.tickets(),
                                   need(server::setUpMail({.folder = folder.path()})), options(4));
    }

    /// Sells to somebody of this address.
    [[nodiscard]] OrderView sellTo(const QString &email, const std::vector<QString> &seats,
                                   const QString &name = QStringLiteral("Olivia"))
    {
        const OrderView order = orderOf(m_world.buyer(), {.name = name, .email = email}, seats);
        const OrderView paid = need(m_world.payCard(m_world.buyer(), order));
        m_outbox.wake();
        return paid;
    }
    /// What is not paid yet.
    [[nodiscard]] OrderView orderOf(const server::SaleParty &party, const Buyer &buyer,
                                    const std::vector<QString> &seats,
                                    const QString &priceType = QStringLiteral("Adult"))
    {
        const HoldView hold = need(m_world.takeSeats(party, seats));
        CreateOrder command{.order = OrderId::create(), .hold = hold.id, .lines = {}, .buyer = buyer};
        for (const HeldPlace &place : hold.places)
            command.lines.push_back({.place = place.key, .priceType = m_world.priceType(priceType)});
        return need(m_world.checkout().createOrder(party, SaleNode::newKey(party), command));
    }
    void wake() { m_outbox.wake(); }

    /// As long as a mail about money waits for the card provider here.
    static constexpr std::chrono::milliseconds patience{1'000};

    /// How many mails of an order are in this state.
    [[nodiscard]] qint64 count(const OrderView &order, const QString &state)
    {
        return m_world.sqlNumber(QStringLiteral("select count(*) from mail where order_id = '%1' and state = '%2'")
                                     .arg(order.id.text(), state));
    }
    [[nodiscard]] QString error(const OrderView &order)
    {
        return m_world.sqlText(QStringLiteral("select error from mail where order_id = '%1'").arg(order.id.text()));
    }
    /// The signed codes of the valid tickets of an order.
    [[nodiscard]] QStringList codes(const OrderView &order)
    {
        QStringList found = m_world
                                .sqlText(QStringLiteral("select string_agg(code, E'\\n' order by line_no) from ticket "
                                                        "where order_id = '%1' and state = 'valid'")
                                             .arg(order.id.text()))
                                .split(u'\n');
        found.sort();
        return found;
    }

private:
    [[nodiscard]] static server::MailOptions options(int connections)
    {
        return {.from = QStringLiteral("tickets@playhouse.example"),
                .support = QStringLiteral("Questions? Ring the box office."),
                .shopUrl = [] { return QStringLiteral("https://shop.example"); },
                .connectionsMax = connections,
                .lookInterval = std::chrono::milliseconds(50),
                .providerPatience = patience};
    }

    SaleWorld m_world;
    server::Outbox m_outbox;
    server::MailService m_mails;
};

} // namespace parterre::test
