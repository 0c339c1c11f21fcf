#include "ticketing/ticketservice.h"

#include "base/assert.h"
#include "db/database.h"
#include "ticketing/mailsheets.h"
#include "ticketing/orderkey.h"
#include "ticketing/ticketpdf.h"
#include "ticketing/ticketsigner.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Status requireTickets(const tickets::OrderSheet &order)
{
    if (!order.sheet.tickets.empty())
        return {};
    return refuse(ErrorCode::WrongState,
                  u"There is no valid ticket of yours here any more: it was replaced, given back or passed on."_s,
                  u"/ticket"_s);
}

Result<TicketDocument> documentOf(const tickets::OrderSheet &order, const QString &fileName)
{
    PT_CHECK(requireTickets(order));
    PT_TRY(const QByteArray pdf, renderTicketsPdf(order.sheet));
    return TicketDocument{.fileName = fileName + u".pdf"_s, .pdf = pdf};
}

/// Of an order without a place that its buyer may sit on.
QString whyNoTickets(OrderState state)
{
    switch (state) {
    case OrderState::Refunded:
        return u"The order was given back, so its tickets are void."_s;
    case OrderState::Exchanged:
        return u"The order was exchanged, so its tickets are void. Those of the new order are good."_s;
    case OrderState::Expired:
        return u"The order ended before it was paid, so it has no tickets."_s;
    default:
        return u"The tickets are made once the order is paid."_s;
    }
}

Result<tickets::OrderSheet> requireSheet(std::optional<tickets::OrderSheet> found, const QString &owner)
{
    if (!found || (!owner.isEmpty() && found->owner != owner))
        return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
    if (!hasSoldPlaces(found->state))
        return refuse(ErrorCode::WrongState, whyNoTickets(found->state), u"/order"_s);
    return *std::move(found);
}

Result<tickets::OrderSheet> requireMail(std::optional<tickets::OrderSheet> found)
{
    PT_TRY(auto sheet, requireSheet(std::move(found), {}));
    if (sheet.sheet.tickets.empty())
        return refuse(ErrorCode::WrongState, u"There was no valid ticket left to send."_s, u"/order"_s);
    return sheet;
}

tickets::SheetFilter filterForMail(const std::optional<TicketId> &ticket)
{
    return {.ticket = ticket, .withPassedOn = ticket.has_value()};
}

} // namespace

class TicketService::Private
{
public:
    Database &database;
    std::optional<TicketSigner> signer;
    QByteArray firstSeed;

    Result<tickets::OrderSheet> sheet(const OrderId &order, const QString &owner, const tickets::SheetFilter &filter)
    {
        PT_TRY(auto found,
               database.transact([&](Transaction &transaction) -> Result<std::optional<tickets::OrderSheet>> {
                   return tickets::sheetOf(transaction, order, filter);
               }));
        return requireSheet(std::move(found), owner);
    }
};

TicketService::TicketService(Database &database)
    : m_private(new Private{.database = database, .signer = std::nullopt, .firstSeed = {}})
{}

TicketService::~TicketService() = default;

Status TicketService::start()
{
    struct Keys
    {
        tickets::SigningKey newest;
        QByteArray firstSeed;
    };
    const QByteArray freshSeed = newTicketSeed();
    PT_TRY(const TicketSigner fresh, TicketSigner::fromSeed(1, freshSeed));
    PT_TRY(const Keys keys, m_private->database.transact([&](Transaction &transaction) -> Result<Keys> {
        auto newest = tickets::loadOrStoreKey(transaction, freshSeed, fresh.publicKey());
        return Keys{.newest = std::move(newest), .firstSeed = tickets::firstSeed(transaction)};
    }));
    PT_TRY(TicketSigner signer, TicketSigner::fromSeed(static_cast<quint16>(keys.newest.keyId), keys.newest.seed));
    m_private->signer.emplace(std::move(signer));
    m_private->firstSeed = keys.firstSeed;
    return {};
}

QString TicketService::sign(const TicketPayload &payload) const
{
    PT_ASSERT(m_private->signer.has_value(), "start() comes before the first sale");
    return m_private->signer->sign(payload);
}

Result<TicketDocument> TicketService::ticketsOf(const OrderId &order, const QString &owner)
{
    PT_TRY(const auto found, sheetOfOwner(order, owner));
    return documentOf(found, found.sheet.orderNumber);
}

Result<TicketDocument> TicketService::ticket(const OrderId &order, const TicketId &ticket, const QString &owner)
{
    PT_TRY(const auto found, sheetOfTicket(order, ticket, owner));
    return documentOf(found, u"%1-%2"_s.arg(found.sheet.orderNumber).arg(found.sheet.tickets.front().line));
}

Result<tickets::OrderSheet> TicketService::sheetOfTicket(const OrderId &order, const TicketId &ticket,
                                                         const QString &owner)
{
    PT_TRY(auto found, m_private->sheet(order, owner, {.ticket = ticket, .withPassedOn = owner.isEmpty()}));
    PT_CHECK(requireTickets(found));
    return found;
}

Result<OrderId> TicketService::orderOf(const TicketId &ticket)
{
    return m_private->database.transact([&](Transaction &transaction) -> Result<OrderId> {
        const auto order = tickets::orderOf(transaction, ticket);
        if (!order)
            return refuse(ErrorCode::NotFound, u"There is no such ticket."_s, u"/ticket"_s);
        return *order;
    });
}

Result<QString> TicketService::ownerOf(const OrderId &order)
{
    PT_TRY(const auto found,
           m_private->database.transact([&](Transaction &transaction) -> Result<std::optional<tickets::OrderSheet>> {
               return tickets::sheetOf(transaction, order);
           }));
    if (!found)
        return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
    return found->owner;
}

Result<tickets::OrderSheet> TicketService::sheetOfOwner(const OrderId &order, const QString &owner)
{
    return m_private->sheet(order, owner, {.withPassedOn = owner.isEmpty()});
}

Result<tickets::OrderSheet> TicketService::sheetFor(const OrderId &order, const std::optional<TicketId> &ticket)
{
    PT_TRY(auto found, m_private->sheet(order, {}, filterForMail(ticket)));
    return requireMail(std::move(found));
}

QString TicketService::orderKey(const OrderId &order) const
{
    PT_ASSERT(!m_private->firstSeed.isEmpty(), "start() comes before the first order");
    return makeOrderKey(m_private->firstSeed, order);
}

bool TicketService::isOrderKey(const OrderId &order, const QString &key) const
{
    return isSameOrderKey(orderKey(order), key);
}

QString TicketService::orderUrl(const QString &shopUrl, const OrderId &order) const
{
    return u"%1/#/orders/%2?key=%3"_s.arg(shopUrl, order.text(), orderKey(order));
}

bool TicketService::isTicketKey(const TicketId &ticket, const QString &key) const
{
    PT_ASSERT(!m_private->firstSeed.isEmpty(), "start() comes before the first ticket");
    return isSameOrderKey(makeTicketKey(m_private->firstSeed, ticket), key);
}

QString TicketService::ticketUrl(const QString &shopUrl, const TicketId &ticket) const
{
    PT_ASSERT(!m_private->firstSeed.isEmpty(), "start() comes before the first ticket");
    return u"%1/#/tickets/%2?key=%3"_s.arg(shopUrl, ticket.text(), makeTicketKey(m_private->firstSeed, ticket));
}

std::vector<Result<tickets::OrderSheet>> tickets::sheetsForMails(Transaction &transaction,
                                                                 const std::vector<MailWanted> &mails)
{
    std::vector<SheetWanted> wanted;
    for (const MailWanted &mail : mails)
        wanted.push_back({.order = mail.order, .filter = filterForMail(mail.ticket)});
    std::vector<Result<OrderSheet>> sheets;
    for (auto &found : sheetsOf(transaction, wanted))
        sheets.push_back(requireMail(std::move(found)));
    return sheets;
}

} // namespace parterre::server
