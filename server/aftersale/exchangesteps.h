#pragma once

#include "aftersale/exchangerepository.h"
#include "checkout/salesteps.h"

/// What happens to two sales when places of the one are exchanged for those of the other, inside one transaction: the
/// old places are freed and the new ones sold together or not at all. The lock order is that of 0014_exchanges.sql.
namespace parterre::server::exchangesteps {

/// Waits for all places that an exchange of these lines changes, in their order. To be called with both orders locked,
/// before the first step.
void lockPlaces(Transaction &transaction, const salesteps::LockedSale &sale, const std::vector<int> &lines);

/// Waits for all payments and gift cards that confirm() changes, in their order. To be called with both orders locked,
/// before the parts of a payment are taken.
void lockMoney(Transaction &transaction, const salesteps::LockedSale &sale);

/// The exchange itself, of a frozen sale whose difference is paid: `payment` has it, with its parts, or null where
/// there is none. What the customer has agreed to pay is what these are, whatever was given back of the old order
/// meanwhile.
void confirm(Transaction &transaction, salesteps::LockedSale &sale, const PaymentRow *payment,
             const salesteps::SignTicket &sign);

} // namespace parterre::server::exchangesteps
