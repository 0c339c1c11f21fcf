#include "receipts/receiptservice.h"

#include "db/database.h"
#include "receipts/receiptpdf.h"
#include "receipts/receiptrepository.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

Result<ReceiptDocument> receiptOf(Database &database, const OrderId &order, const QString &owner)
{
    PT_TRY(const auto found,
           database.transact([&](Transaction &transaction) -> Result<std::optional<receipts::IssuedReceipt>> {
               return receipts::find(transaction, order);
           }));
    if (!found || (!owner.isEmpty() && found->owner != owner))
        return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
    if (found->sheet.number.isEmpty())
        return refuse(ErrorCode::WrongState, u"The receipt is made once the order is paid."_s, u"/order"_s);
    return ReceiptDocument{.fileName = found->sheet.number + u".pdf"_s, .pdf = renderReceiptPdf(found->sheet)};
}

Result<ReceiptDocument> creditNoteOf(Database &database, const RefundId &refund, const QString &owner)
{
    PT_TRY(const auto found,
           database.transact([&](Transaction &transaction) -> Result<std::optional<receipts::IssuedReceipt>> {
               return receipts::findCreditNote(transaction, refund);
           }));
    if (!found || (!owner.isEmpty() && found->owner != owner))
        return refuse(ErrorCode::NotFound, u"There is no such refund."_s, u"/refund"_s);
    if (found->sheet.number.isEmpty())
        return refuse(ErrorCode::WrongState, u"These places had cost nothing, so there is no credit note."_s,
                      u"/refund"_s);
    return ReceiptDocument{.fileName = found->sheet.number + u".pdf"_s, .pdf = renderReceiptPdf(found->sheet)};
}

} // namespace parterre::server
