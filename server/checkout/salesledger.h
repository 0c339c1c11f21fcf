#pragma once

#include "checkout/orderrepository.h"

/// What a sale says in the books (design D11): one transfer, named by its payment.
///
///     cash_drawer or card_clearing   what was taken                         debit
///     ticket_sales                   prices after their discounts, net      credit
///     fees                           all fees, net                          credit
///     tax_payable                    all taxes, included and added          credit
///     cash_rounding                  where the drawer has no smaller coin   either
namespace parterre::server::ledger {

/// The accounts of money and of sales always have an entry, the others where there is something to say.
void enterSale(Transaction &transaction, const PaymentRow &payment);

} // namespace parterre::server::ledger
