#include "ticketing/ticketservice.h"

#include "base/assert.h"
#include "db/database.h"
#include "ticketing/ticketpdf.h"
#include "ticketing/ticketrepository.h"
#include "ticketing/ticketsigner.h"

#include <optional>

namespace parterre::server {

using namespace Qt::StringLiterals;

class TicketService::Private
{
public:
    Database &database;
    std::optional<TicketSigner> signer;
};

TicketService::TicketService(Database &database)
    : m_private(new Private{.database = database, .signer = std::nullopt})
{}

TicketService::~TicketService() = default;

Status TicketService::start()
{
    const QByteArray freshSeed = newTicketSeed();
    PT_TRY(const TicketSigner fresh, TicketSigner::fromSeed(1, freshSeed));
    PT_TRY(const tickets::SigningKey key,
           m_private->database.transact([&](Transaction &transaction) -> Result<tickets::SigningKey> {
               return tickets::loadOrStoreKey(transaction, freshSeed, fresh.publicKey());
           }));
    PT_TRY(TicketSigner signer, TicketSigner::fromSeed(static_cast<quint16>(key.keyId), key.seed));
    m_private->signer.emplace(std::move(signer));
    return {};
}

QString TicketService::sign(const TicketPayload &payload) const
{
    PT_ASSERT(m_private->signer.has_value(), "start() comes before the first sale");
    return m_private->signer->sign(payload);
}

Result<TicketDocument> TicketService::ticketsOf(const OrderId &order, const QString &owner)
{
    PT_TRY(const auto found,
           m_private->database.transact([&](Transaction &transaction) -> Result<std::optional<tickets::OrderSheet>> {
               return tickets::sheetOf(transaction, order);
           }));
    if (!found || (!owner.isEmpty() && found->owner != owner))
        return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
    if (!found->isConfirmed)
        return refuse(ErrorCode::WrongState, u"The tickets are made once the order is paid."_s, u"/order"_s);
    PT_TRY(const QByteArray pdf, renderTicketsPdf(found->sheet));
    return TicketDocument{.fileName = found->sheet.orderNumber + u".pdf"_s, .pdf = pdf};
}

} // namespace parterre::server
