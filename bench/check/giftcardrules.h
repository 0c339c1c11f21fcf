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
    {"a voucher was paid for",
     "select g.id::text from gift_card g join gift_card_sale s on s.card_id = g.id where g.kind = 'voucher'"},
    {"vouchers cost the house other than they are worth",
     "select m.card_id::text from gift_card_movement m join gift_card g on g.id = m.card_id where m.kind = 'issued' "
     "and (g.kind = 'voucher') <> exists (select from ledger_entry e where e.transfer_id = m.id and "
     "e.account = 'vouchers_given' and e.amount = m.amount)"},
});

} // namespace parterre::check
