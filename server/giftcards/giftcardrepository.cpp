#include "giftcards/giftcardrepository.h"

#include "base/assert.h"
#include "db/transaction.h"
#include "identity/tokens.h"
#include "runtime/faultpoint.h"

namespace parterre::server::giftcards {

using namespace Qt::StringLiterals;

namespace {

std::optional<GiftCardRow> first(const pqxx::result &rows)
{
    if (rows.empty())
        return std::nullopt;
    const auto &row = rows[0];
    const Currency currency = currencyOf(row["currency"]);
    return GiftCardRow{.id = id<GiftCardId>(row["id"]),
                       .kind = enumOf<GiftCardKind>(row["kind"]),
                       .state = enumOf<GiftCardState>(row["state"]),
                       .lastFour = text(row["last_four"]),
                       .amount = Money(number(row["amount"]), currency),
                       .balance = Money(number(row["balance"]), currency),
                       .reserved = Money(number(row["reserved"]), currency),
                       .expiresAt = instant(row["expires_at"]),
                       .reason = text(row["reason"]),
                       .principal = text(row["principal"]),
                       .hasCode = !row["code_sha256"].is_null()};
}

GiftCardView viewOf(const pqxx::row &row)
{
    const Currency currency = currencyOf(row["currency"]);
    return {.id = id<GiftCardId>(row["id"]),
            .kind = enumOf<GiftCardKind>(row["kind"]),
            .state = enumOf<GiftCardState>(row["state"]),
            .lastFour = text(row["last_four"]),
            .amount = Money(number(row["amount"]), currency),
            .balance = Money(number(row["balance"]), currency),
            .reserved = Money(number(row["reserved"]), currency),
            .expiresAt = instant(row["expires_at"]),
            .issuedAt = instant(row["created_at"]),
            .issuedBy = text(row["issued_by"]),
            .reason = text(row["reason"]),
            .blockReason = text(row["block_reason"])};
}

GiftCardSaleRow saleOf(const pqxx::row &row)
{
    const Currency currency = currencyOf(row["currency"]);
    return {.id = id<PaymentId>(row["id"]),
            .card = id<GiftCardId>(row["card_id"]),
            .method = enumOf<PaymentMethod>(row["method"]),
            .state = enumOf<PaymentState>(row["state"]),
            .amount = Money(number(row["amount"]), currency),
            .tendered = Money(number(row["tendered"]), currency),
            .change = Money(number(row["change_given"]), currency),
            .terminal = text(row["terminal"]),
            .providerReference = text(row["provider_ref"]),
            .failure = text(row["failure"]),
            .deadline = instant(row["deadline"]),
            .createdAt = instant(row["created_at"])};
}

} // namespace

bool isCurrencyOfAHouse(Transaction &transaction, const Currency &currency)
{
    return !transaction.query("select 1 from venue where currency = $1 limit 1", currency.code()).empty();
}

bool isKnown(Transaction &transaction, const GiftCardId &card)
{
    return !transaction.query("select 1 from gift_card where id = $1", card).empty();
}

void insert(Transaction &transaction, const GiftCardRow &card, Instant now)
{
    transaction.execute("insert into gift_card (id, kind, state, currency, amount, expires_at, reason, principal, "
                        "created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                        card.id, enumName(card.kind), enumName(card.state), card.amount.currency().code(),
                        card.amount.minorUnits(), card.expiresAt, card.reason, card.principal, now);
}

void setState(Transaction &transaction, const GiftCardId &card, GiftCardState state, const QString &blockReason)
{
    transaction.execute("update gift_card set state = $2, block_reason = $3 where id = $1", card, enumName(state),
                        blockReason);
}

void setCode(Transaction &transaction, const GiftCardId &card, const QString &code)
{
    transaction.execute("update gift_card set code_sha256 = $2, last_four = $3 where id = $1", card,
                        tokens::sha256(code), lastCharactersOf(code));
}

void setExpiry(Transaction &transaction, const GiftCardId &card, Instant expiresAt)
{
    transaction.execute("update gift_card set expires_at = $2 where id = $1", card, expiresAt);
}

std::optional<GiftCardRow> lock(Transaction &transaction, const GiftCardId &card)
{
    if (faultPoint("gift_card_lock") == Fault::Skip)
        return first(transaction.query("select * from gift_card where id = $1", card));
    return first(transaction.query("select * from gift_card where id = $1 for update", card));
}

std::optional<GiftCardRow> findByCode(Transaction &transaction, const QString &code)
{
    return first(transaction.query("select * from gift_card where code_sha256 = $1", tokens::sha256(code)));
}

bool hasCode(Transaction &transaction, const GiftCardId &card, const QString &code)
{
    return !transaction.query("select 1 from gift_card where id = $1 and code_sha256 = $2", card, tokens::sha256(code))
                .empty();
}

bool isUntouched(Transaction &transaction, const GiftCardId &card)
{
    return transaction.query("select 1 from gift_card_movement where card_id = $1 and kind <> 'issued' limit 1", card)
        .empty();
}

std::optional<GiftCardView> view(Transaction &transaction, const GiftCardId &card)
{
    const auto rows = transaction.query("select g.*, coalesce(u.display_name, g.principal) as issued_by from gift_card "
                                        "g left join app_user u on 'user:' || u.id::text = g.principal where g.id = $1",
                                        card);
    if (rows.empty())
        return std::nullopt;
    GiftCardView view = viewOf(rows[0]);
    const Currency currency = view.amount.currency();
    for (const auto &row : transaction.query(
             "select * from (select m.kind, m.amount, m.reserved, m.created_at, m.id, coalesce(o.number, '') as number "
             "from gift_card_movement m left join payment_attempt a on a.id = m.payment_id left join repayment p on "
             "p.id = m.repayment_id left join refund f on f.id = p.refund_id left join sale_order o on "
             "o.id = coalesce(f.order_id, a.order_id) where m.card_id = $1 order by m.created_at desc, m.id desc "
             "limit $2) newest order by created_at, id",
             card, limits::giftCardMovementsShownMax)) {
        view.movements.push_back({.kind = enumOf<GiftCardMove>(row["kind"]),
                                  .amount = Money(number(row["amount"]), currency),
                                  .reserved = Money(number(row["reserved"]), currency),
                                  .orderNumber = text(row["number"]),
                                  .at = instant(row["created_at"])});
    }
    return view;
}

std::vector<GiftCardView> list(Transaction &transaction, const QString &lastFour, int countMax)
{
    std::vector<GiftCardView> cards;
    for (const auto &row :
         transaction.query("select g.*, coalesce(u.display_name, g.principal) as issued_by from gift_card g left join "
                           "app_user u on 'user:' || u.id::text = g.principal where ($1 = '' or g.last_four = $1) and "
                           "g.state <> 'void' order by g.created_at desc, g.id limit $2",
                           lastFour, countMax))
        cards.push_back(viewOf(row));
    return cards;
}

void enterIssue(Transaction &transaction, const GiftCardRow &card, const std::optional<PaymentMethod> &paidBy,
                Instant now)
{
    const RepaymentId transfer = RepaymentId::create();
    const char *account = "vouchers_given";
    if (paidBy)
        account = *paidBy == PaymentMethod::Cash ? "cash_drawer" : "card_clearing";
    transaction.execute("insert into gift_card_movement (id, card_id, kind, amount, reserved, created_at) "
                        "values ($1, $2, 'issued', $3, 0, $4)",
                        transfer, card.id, card.amount.minorUnits(), now);
    transaction.execute("insert into ledger_entry (transfer_id, gift_card_id, account, amount, currency) "
                        "values ($1, $2, $3, $4, $5), ($1, $2, 'gift_cards_owed', -$4::bigint, $5)",
                        transfer, card.id, account, card.amount.minorUnits(), card.amount.currency().code());
}

void takeBack(Transaction &transaction, const RepaymentId &repayment, const PaymentId &payment, const Money &amount,
              Instant now)
{
    const auto rows = transaction.query("select gift_card_id from payment_attempt where id = $1", payment);
    const auto card = lock(transaction, id<GiftCardId>(rows[0]["gift_card_id"]));
    PT_ASSERT(card.has_value(), "a gift card is never deleted");
    transaction.execute("insert into gift_card_movement (id, card_id, kind, amount, reserved, payment_id, "
                        "repayment_id, created_at) values ($1, $2, 'refunded', $3, 0, $4, $5, $6)",
                        RepaymentId::create(), card->id, amount.minorUnits(), payment, repayment, now);
    setExpiry(transaction, card->id, expiryAfterRefund(card->expiresAt, now));
}

void lockThoseOf(Transaction &transaction, const OrderId &order, const std::vector<GiftCardId> &others)
{
    transaction.execute("select from gift_card where id in (select gift_card_id from payment_attempt where "
                        "order_id = $1 or id in (select payment_id from exchange_credit where order_id = $1)) "
                        "or id = any($2::uuid[]) order by id for update",
                        order, others);
}

std::vector<GiftCardId> thoseThatPay(Transaction &transaction, const OrderId &order)
{
    std::vector<GiftCardId> cards;
    for (const auto &row : transaction.query(
             "select distinct gift_card_id from payment_attempt where order_id = $1 and gift_card_id is not null",
             order))
        cards.push_back(id<GiftCardId>(row["gift_card_id"]));
    return cards;
}

void insertSale(Transaction &transaction, const GiftCardSaleRow &sale)
{
    transaction.execute("insert into gift_card_sale (id, card_id, method, state, currency, amount, tendered, "
                        "change_given, terminal, deadline, created_at, updated_at) "
                        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
                        sale.id, sale.card, enumName(sale.method), enumName(sale.state), sale.amount.currency().code(),
                        sale.amount.minorUnits(), sale.tendered.minorUnits(), sale.change.minorUnits(), sale.terminal,
                        sale.deadline, sale.createdAt);
}

bool isSaleKnown(Transaction &transaction, const PaymentId &sale)
{
    // One id must never be two payments at the same terminal.
    return !transaction
                .query(
                    "select 1 from gift_card_sale where id = $1 union all select 1 from payment_attempt where id = $1",
                    sale)
                .empty();
}

std::optional<GiftCardSaleRow> findSale(Transaction &transaction, const GiftCardId &card)
{
    const auto rows = transaction.query("select * from gift_card_sale where card_id = $1", card);
    return rows.empty() ? std::nullopt : std::optional(saleOf(rows[0]));
}

std::optional<GiftCardSaleRow> findSaleOf(Transaction &transaction, const QString &principal, const PaymentId &payment)
{
    const auto rows = transaction.query("select s.* from gift_card_sale s join gift_card g on g.id = s.card_id "
                                        "where s.id = $1 and g.principal = $2",
                                        payment, principal);
    return rows.empty() ? std::nullopt : std::optional(saleOf(rows[0]));
}

void updateSale(Transaction &transaction, const GiftCardSaleRow &sale, Instant now)
{
    transaction.execute("update gift_card_sale set state = $2, provider_ref = $3, failure = $4, deadline = $5, "
                        "updated_at = $6 where id = $1",
                        sale.id, enumName(sale.state), sale.providerReference, sale.failure, sale.deadline, now);
}

std::vector<GiftCardSaleRow> claimOverdueSales(Transaction &transaction, int retrySeconds, int countMax)
{
    std::vector<GiftCardSaleRow> overdue;
    for (const auto &row : transaction.query(
             "update gift_card_sale set deadline = clock_timestamp() + make_interval(secs => $1) where id in (select "
             "id "
             "from gift_card_sale where state in ('authorising', 'in_doubt') and deadline <= clock_timestamp() "
             "order by deadline limit $2 for update skip locked) returning *",
             retrySeconds, countMax))
        overdue.push_back(saleOf(row));
    return overdue;
}

} // namespace parterre::server::giftcards
