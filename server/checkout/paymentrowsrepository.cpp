#include "checkout/orderrepository.h"
#include "db/transaction.h"

namespace parterre::server {

namespace payments {

namespace {

PaymentRow rowToPayment(const pqxx::row &row)
{
    const Currency currency = currencyOf(row["currency"]);
    return {.id = id<PaymentId>(row["id"]),
            .order = id<OrderId>(row["order_id"]),
            .method = enumOf<PaymentMethod>(row["method"]),
            .state = enumOf<PaymentState>(row["state"]),
            .amount = Money(number(row["amount"]), currency),
            .tendered = Money(number(row["tendered"]), currency),
            .change = Money(number(row["change_given"]), currency),
            .cardToken = text(row["card_token"]),
            .providerReference = text(row["provider_ref"]),
            .failure = text(row["failure"]),
            .actionUrl = text(row["action_url"]),
            .deadline = instant(row["deadline"]),
            .createdAt = instant(row["created_at"]),
            .rounding = Money(number(row["rounding"]), currency),
            .provider = text(row["provider"])};
}

} // namespace

void insert(Transaction &transaction, const PaymentRow &payment, Instant now)
{
    insertAll(transaction, {&payment}, now);
}

void insertAll(Transaction &transaction, const std::vector<const PaymentRow *> &payments, Instant now)
{
    ArrayLiteral ids, orders, methods, states, currencies, tokens, deadlines, providers;
    std::vector<qint64> amounts, tendered, change, rounding;
    for (const PaymentRow *payment : payments) {
        ids.add(payment->id);
        orders.add(payment->order);
        methods.add(enumName(payment->method));
        states.add(enumName(payment->state));
        currencies.add(payment->amount.currency().code());
        amounts.push_back(payment->amount.minorUnits());
        tendered.push_back(payment->tendered.minorUnits());
        change.push_back(payment->change.minorUnits());
        tokens.add(payment->cardToken);
        deadlines.add(payment->deadline);
        rounding.push_back(payment->rounding.minorUnits());
        providers.add(payment->provider);
    }
    transaction.execute(
        "insert into payment_attempt (id, order_id, method, state, currency, amount, tendered, change_given, "
        "card_token, deadline, created_at, updated_at, rounding, provider) "
        "select n.id, n.order_id, n.method, n.state, n.currency, n.amount, n.tendered, n.change, n.token, n.deadline, "
        "$1::timestamptz, $1, n.rounding, n.provider from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], "
        "$6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::timestamptz[], $12::bigint[], "
        "$13::text[]) as n(id, order_id, method, state, currency, amount, tendered, change, token, deadline, rounding, "
        "provider)",
        now, ids, orders, methods, states, currencies, amounts, tendered, change, tokens, deadlines, rounding,
        providers);
}

std::optional<PaymentRow> lock(Transaction &transaction, const PaymentId &payment)
{
    const auto rows = transaction.query("select * from payment_attempt where id = $1 for update", payment);
    return rows.empty() ? std::nullopt : std::optional(rowToPayment(rows[0]));
}

std::optional<PaymentRow> find(Transaction &transaction, const PaymentId &payment)
{
    const auto rows = transaction.query("select * from payment_attempt where id = $1", payment);
    return rows.empty() ? std::nullopt : std::optional(rowToPayment(rows[0]));
}

std::vector<PaymentRow> partsOf(Transaction &transaction, const PaymentId &lead)
{
    std::vector<PaymentRow> parts;
    for (const auto &row : transaction.query("select * from payment_attempt where part_of = $1 order by id", lead))
        parts.push_back(rowToPayment(row));
    return parts;
}

std::vector<PaymentRow> lockFree(Transaction &transaction, const std::vector<PaymentId> &payments)
{
    std::vector<PaymentRow> locked;
    for (const auto &row : transaction.query("select * from payment_attempt where id = any($1::uuid[]) order by id "
                                             "for update skip locked",
                                             payments))
        locked.push_back(rowToPayment(row));
    return locked;
}

std::vector<PaymentId> known(Transaction &transaction, const std::vector<PaymentId> &payments)
{
    std::vector<PaymentId> found;
    for (const auto &row : transaction.query("select id from payment_attempt where id = any($1::uuid[])", payments))
        found.push_back(id<PaymentId>(row[0]));
    return found;
}

void update(Transaction &transaction, const PaymentRow &payment, Instant now)
{
    updateAll(transaction, {&payment}, now);
}

void updateAll(Transaction &transaction, const std::vector<const PaymentRow *> &payments, Instant now)
{
    ArrayLiteral ids, states, references, failures, deadlines, urls;
    for (const PaymentRow *payment : payments) {
        ids.add(payment->id);
        states.add(enumName(payment->state));
        references.add(payment->providerReference);
        failures.add(payment->failure);
        deadlines.add(payment->deadline);
        urls.add(payment->actionUrl);
    }
    transaction.execute(
        "update payment_attempt a set state = n.state, provider_ref = n.reference, failure = n.failure, "
        "deadline = n.deadline, updated_at = $1, action_url = n.url from unnest($2::uuid[], $3::text[], $4::text[], "
        "$5::text[], $6::timestamptz[], $7::text[]) as n(id, state, reference, failure, deadline, url) "
        "where a.id = n.id",
        now, ids, states, references, failures, deadlines, urls);
}

std::vector<PaymentRow> claimOverdue(Transaction &transaction, const std::vector<QString> &providers, int retrySeconds,
                                     int countMax)
{
    std::vector<PaymentRow> overdue;
    for (const auto &row :
         transaction.query("update payment_attempt set deadline = clock_timestamp() + make_interval(secs => $1) "
                           "where id in (select id from payment_attempt where state in ('created', 'authorising', "
                           "'requires_action', 'authorised', 'in_doubt') and part_of is null "
                           "             and deadline <= clock_timestamp() and provider = any ($3::text[]) "
                           "             order by deadline limit $2 for update skip locked) returning *",
                           retrySeconds, countMax, providers))
        overdue.push_back(rowToPayment(row));
    return overdue;
}

QString overdueOfOthers(Transaction &transaction, const std::vector<QString> &providers)
{
    return text(transaction.query(
        "select coalesce(string_agg(n.count || ' of ' || n.provider, ', ' order by n.provider), '') from (select "
        "provider, count(*) from payment_attempt where state in ('created', 'authorising', 'requires_action', "
        "'authorised', 'in_doubt') and part_of is null and deadline <= clock_timestamp() and "
        "provider <> all ($1::text[]) group by provider) n",
        providers)[0][0]);
}

} // namespace payments

} // namespace parterre::server
