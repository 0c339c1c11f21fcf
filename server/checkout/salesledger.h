#pragma once

#include "aftersale/refundrepository.h"
#include "checkout/salesteps.h"

/// What a sale, and what comes after it, says in the books (design D11). A transfer is named by what it stands for.
///
/// A sale, by its payment:
///
///     cash_drawer, card_clearing or
///     gift_cards_owed                what was taken                         debit
///     ticket_sales                   prices after their discounts, net      credit
///     fees                           all fees, net                          credit
///     tax_payable                    all taxes, included and added          credit
///     cash_rounding                  where the drawer has no smaller coin   either
///
/// What an exchange pays of new places, what each of several tenders pays, and what a repayment gives back, goes
/// through ticket_sales as a whole: several payments may have a part in it. What of it were fees and taxes is said in
/// one transfer, by the refund or by the order. Together they leave of an order what the places that are sold are made
/// of, account by account.
namespace parterre::server::ledger {

/// The accounts of money and of sales always have an entry, the others where there is something to say. An order that
/// is paid in several ways has one transfer for each, and one of its own for what of it were fees and taxes.
void enterSales(Transaction &transaction, const std::vector<salesteps::PaidSale> &paid);
/// As enterSales(), for places that were exchanged for others; `payments` are what they cost more.
void enterExchange(Transaction &transaction, const OrderRow &order, const std::vector<PaymentRow> &payments);
/// Takes back the fees and taxes of lines, and those of the order with the last of them. After the order's state is
/// written.
void enterRefund(Transaction &transaction, const OrderRow &order, const RefundRow &refund);

} // namespace parterre::server::ledger
