#pragma once

#include "base/result.h"
#include "domain/aftersale/refund.h"
#include "receipts/receiptrepository.h"
#include "ticketing/ticketrepository.h"

#include <map>
#include <optional>

namespace parterre::server {

class Transaction;

/// What the buyer is told of places that went back. It is read when the mail is made: only then is it known how far the
/// money has come.
struct RefundSheet
{
    tickets::OrderSheet order{}; ///< With the tickets that the buyer has left.
    RefundView refund{};         ///< Without what is between the box office and itself.
    ReceiptSheet note{};         ///< The credit note; without a number where the places had cost nothing.
    std::optional<receipts::ExchangedFor> exchangedFor{};
    std::map<RepaymentId, QString> giftCards{}; ///< The last four of each that money went back onto.
    std::map<int, QString> passedOn{};          ///< By line: to whom its ticket was.
};

/// What somebody to whom tickets were passed on is told: they are void.
struct VoidedSheet
{
    tickets::OrderSheet order{};        ///< Its tickets are those that are void.
    std::optional<RefundCause> cause{}; ///< None: somebody else holds the place now.
    QString reason{};                   ///< Of a cancelled performance.
};

namespace refundsheets {

/// Refuses where the order does not say that it was given back: books that contradict themselves end a mail, not the
/// server.
[[nodiscard]] Result<RefundSheet> ofRefund(Transaction &transaction, const RefundId &refund);
/// All tickets of a refund that `holder` had, by address.
[[nodiscard]] VoidedSheet ofHolder(Transaction &transaction, const RefundId &refund, const QString &holder);
/// One ticket that another has replaced.
[[nodiscard]] VoidedSheet ofTicket(Transaction &transaction, const TicketId &ticket);

} // namespace refundsheets

} // namespace parterre::server
