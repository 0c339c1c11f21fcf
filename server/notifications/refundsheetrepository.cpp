#include "notifications/refundsheetrepository.h"

#include "base/assert.h"
#include "db/transaction.h"
#include "domain/aftersale/decideaftersale.h"

#include <algorithm>

namespace parterre::server::refundsheets {

using namespace Qt::StringLiterals;

namespace {

/// The ticket of each line as it was when the line went back: those before it were replaced.
pqxx::result ticketsOfRefund(Transaction &transaction, const RefundId &refund)
{
    return transaction.query(
        "select distinct on (t.line_no) t.id, t.line_no, t.human_code, t.holder_name, t.holder_email, l.place_name "
        "from refund_line r join ticket t on t.order_id = r.order_id and t.line_no = r.line_no "
        "join order_line l on l.order_id = r.order_id and l.line_no = r.line_no "
        "where r.refund_id = $1 order by t.line_no, t.issued_at desc, t.id desc",
        refund);
}

PrintedTicket voidTicket(const pqxx::row &row)
{
    return {.id = id<TicketId>(row["id"]),
            .line = smallNumber(row["line_no"]),
            .humanCode = text(row["human_code"]),
            .placeName = text(row["place_name"]),
            .holderName = text(row["holder_name"])};
}

/// The order without its tickets.
tickets::OrderSheet bareOrder(Transaction &transaction, const OrderId &order)
{
    auto sheet = tickets::sheetOf(transaction, order);
    PT_ASSERT(sheet.has_value(), "an order is never deleted");
    sheet->sheet.tickets.clear();
    return *std::move(sheet);
}

} // namespace

Result<RefundSheet> ofRefund(Transaction &transaction, const RefundId &refund)
{
    auto issued = receipts::findCreditNote(transaction, refund);
    if (!issued)
        return refuse(ErrorCode::Internal,
                      u"The order of refund %1 does not say that it was given back."_s.arg(refund.text()));
    RefundSheet sheet{.note = std::move(issued->sheet)};
    hideFromBuyer(sheet.note.order);
    sheet.refund = *std::ranges::find(sheet.note.order.refunds, refund, &RefundView::id);
    sheet.order = *tickets::sheetOf(transaction, sheet.note.order.id, {.withPassedOn = false});
    sheet.order.changedAt = std::max(sheet.order.changedAt, sheet.refund.at);
    sheet.exchangedFor = receipts::exchangedFor(transaction, refund);
    for (const auto &row :
         transaction.query("select m.repayment_id, g.last_four from repayment p join gift_card_movement m on "
                           "m.repayment_id = p.id join gift_card g on g.id = m.card_id where p.refund_id = $1",
                           refund))
        sheet.giftCards.emplace(id<RepaymentId>(row["repayment_id"]), text(row["last_four"]));
    for (const auto &row : ticketsOfRefund(transaction, refund)) {
        if (!text(row["holder_email"]).isEmpty())
            sheet.passedOn.emplace(smallNumber(row["line_no"]), text(row["holder_name"]));
    }
    return sheet;
}

VoidedSheet ofHolder(Transaction &transaction, const RefundId &refund, const QString &holder)
{
    const auto rows = transaction.query("select order_id, cause, reason, created_at from refund where id = $1", refund);
    PT_ASSERT(!rows.empty(), "a refund is never deleted");
    const auto cause = enumOf<RefundCause>(rows[0]["cause"]);
    VoidedSheet sheet{.order = bareOrder(transaction, id<OrderId>(rows[0]["order_id"])), .cause = cause};
    if (cause == RefundCause::PerformanceCancelled)
        sheet.reason = text(rows[0]["reason"]);
    sheet.order.changedAt = std::max(sheet.order.changedAt, instant(rows[0]["created_at"]));
    for (const auto &row : ticketsOfRefund(transaction, refund)) {
        if (text(row["holder_email"]).compare(holder, Qt::CaseInsensitive) == 0)
            sheet.order.sheet.tickets.push_back(voidTicket(row));
    }
    return sheet;
}

VoidedSheet ofTicket(Transaction &transaction, const TicketId &ticket)
{
    const auto rows =
        transaction.query("select t.order_id, t.id, t.line_no, t.human_code, t.holder_name, l.place_name from ticket t "
                          "join order_line l on l.order_id = t.order_id and l.line_no = t.line_no where t.id = $1",
                          ticket);
    PT_ASSERT(!rows.empty(), "a ticket is never deleted");
    VoidedSheet sheet{.order = bareOrder(transaction, id<OrderId>(rows[0]["order_id"]))};
    sheet.order.sheet.tickets.push_back(voidTicket(rows[0]));
    return sheet;
}

} // namespace parterre::server::refundsheets
