#pragma once

#include <array>

namespace parterre::check {

struct BookRule
{
    const char *fault;     ///< What is wrong where the query finds a row.
    const char *offenders; ///< One text column.
};

/// Gift cards and vouchers (docs/giftcards.md).
inline constexpr auto giftCards = std::to_array<BookRule>({
    {"a gift card has not what its movements add up to",
     "select g.id::text from gift_card g where (g.balance, g.reserved) is distinct from (select "
     "(coalesce(sum(m.amount), 0)::bigint, coalesce(sum(m.reserved), 0)::bigint) from gift_card_movement m "
     "where m.card_id = g.id)"},
    {"a gift card has less than nothing, or has set aside more than it has",
     "select id::text from gift_card where balance < 0 or reserved < 0 or reserved > balance"},
    {"what is owed to holders of gift cards is not what is on the cards",
     "select coalesce(l.currency, g.currency) from (select currency, -sum(amount) as owed from ledger_entry where "
     "account = 'gift_cards_owed' group by currency) l full join (select currency, sum(balance) as owed from gift_card "
     "group by currency) g using (currency) where coalesce(l.owed, 0) <> coalesce(g.owed, 0)"},
    {"what was put on a gift card is not in the ledger exactly once",
     "select m.id::text from gift_card_movement m where m.kind = 'issued' and (2::bigint, -m.amount) is distinct from "
     "(select (count(*), (sum(e.amount) filter (where e.account = 'gift_cards_owed'))::bigint) from ledger_entry e "
     "where e.transfer_id = m.id and e.gift_card_id = m.card_id)"},
    {"a gift card is good and was not issued, or is not and was",
     "select g.id::text from gift_card g where (g.state in ('active', 'blocked')) <> exists (select from "
     "gift_card_movement m where m.card_id = g.id and m.kind = 'issued' and m.amount = g.amount)"},
    {"a gift card is good and was not paid for",
     "select g.id::text from gift_card g where g.kind = 'gift_card' and (g.state in ('active', 'blocked')) <> exists "
     "(select from gift_card_sale s where s.card_id = g.id and s.state = 'captured' and s.amount = g.amount and "
     "s.currency = g.currency)"},
    {"a part of a payment has another end than the payment that it is a part of",
     "select p.id::text from payment_attempt p join payment_attempt l on l.id = p.part_of where p.order_id <> "
     "l.order_id or l.part_of is not null or p.state <> case when l.state = 'captured' then 'captured' when l.state in "
     "('declined', 'cancelled') then 'cancelled' else 'authorised' end"},
    {"what a gift card pays was not set aside, or has another end than its payment",
     "select p.id::text from payment_attempt p where p.method = 'gift_card' and (select (count(*) filter (where "
     "m.kind = 'reserved' and m.reserved = p.amount), count(*) filter (where m.kind = 'redeemed' and -m.amount = "
     "p.amount), count(*) filter (where m.kind = 'released' and -m.reserved = p.amount)) from gift_card_movement m "
     "where m.payment_id = p.id and m.card_id = p.gift_card_id) is distinct from (1::bigint, case when p.state = "
     "'captured' then 1 else 0 end::bigint, case when p.state in ('declined', 'cancelled') then 1 else 0 end::bigint)"},
    {"what went back to a gift card and is not on it, or is and did not",
     "select r.id::text from repayment r where r.method = 'gift_card' and not exists (select from gift_card_movement m "
     "join payment_attempt p on p.id = r.payment_id where m.repayment_id = r.id and m.amount = r.amount and "
     "m.card_id = p.gift_card_id) union all select m.id::text from gift_card_movement m where m.kind = 'refunded' and "
     "not exists (select from repayment r where r.id = m.repayment_id and r.method = 'gift_card')"},
    {"a voucher was paid for",
     "select g.id::text from gift_card g join gift_card_sale s on s.card_id = g.id where g.kind = 'voucher'"},
    {"vouchers cost the house other than they are worth",
     "select m.card_id::text from gift_card_movement m join gift_card g on g.id = m.card_id where m.kind = 'issued' "
     "and (g.kind = 'voucher') <> exists (select from ledger_entry e where e.transfer_id = m.id and "
     "e.account = 'vouchers_given' and e.amount = m.amount)"},
});

} // namespace parterre::check
