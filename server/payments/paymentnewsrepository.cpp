#include "payments/paymentnewsrepository.h"

#include "db/transaction.h"

#include <QSet>

#include <map>

namespace parterre::server::paymentnews {

using namespace Qt::StringLiterals;

namespace {

/// A server has this long for its own calls before news of the payment make another ask as well.
constexpr int ownCallsSeconds = 60;

const char *nameOf(ReviewKind kind)
{
    switch (kind) {
    case ReviewKind::News:
        return "news";
    case ReviewKind::Decision:
        return "decision";
    case ReviewKind::Person:
        return "person";
    }
    return "";
}

/// True where the news are about money that we have sent back ourselves; a refund that failed after all is in doubt
/// then.
bool hearOfRefund(Transaction &transaction, const PaymentId &payment, const ProviderNews &news)
{
    const auto ours = transaction.query(
        "select id from repayment where payment_id = $1 and method = 'card' and (id::text = $2 or $2 = '')", payment,
        news.refund);
    if (ours.empty() || (news.refund.isEmpty() && news.type != u"charge.refunded"))
        return false;
    if (!news.failure.isEmpty()) {
        transaction.execute("update repayment set state = 'in_doubt', failure = $2, updated_at = clock_timestamp() "
                            "where id::text = $1 and state in ('created', 'repaid')",
                            news.refund, news.failure);
    }
    return true;
}

} // namespace

namespace {

/// Payments under their locks, and whether the provider is to be asked about one after news: not while its server does.
struct NewsPayments
{
    pqxx::result rows;
    std::map<QString, int> byName; ///< By our id and by the provider's, the place in `rows`.

    [[nodiscard]] std::optional<pqxx::row> find(const ProviderNews &news) const
    {
        auto found = news.payment ? byName.find(news.payment->text()) : byName.end();
        if (found == byName.end() && !news.reference.isEmpty())
            found = byName.find(news.reference);
        return found == byName.end() ? std::nullopt : std::optional(rows[found->second]);
    }
};

/// In the order of their ids, so that two who hear at once do not wait for each other. Each index by itself: none finds
/// the one or the other.
NewsPayments lockPayments(Transaction &transaction, std::span<const ProviderNews> news)
{
    std::vector<PaymentId> ids;
    std::vector<QString> references;
    for (const ProviderNews &one : news) {
        if (one.payment)
            ids.push_back(*one.payment);
        if (!one.reference.isEmpty())
            references.push_back(one.reference);
    }
    NewsPayments found{
        .rows = transaction.query(
            "select id, state, provider_ref, "
            "state <> 'authorising' or updated_at < clock_timestamp() - make_interval(secs => $3) as may_be_asked "
            "from payment_attempt where method = 'card' and id in ("
            "  select id from payment_attempt where id = any ($1::uuid[]) "
            "  union select id from payment_attempt where provider_ref <> '' and provider_ref = any ($2::text[])) "
            "order by id for update",
            ids, references, ownCallsSeconds),
        .byName = {}};
    for (int i = 0; i < static_cast<int>(found.rows.size()); ++i) {
        found.byName[id<PaymentId>(found.rows[i]["id"]).text()] = i;
        if (const QString reference = text(found.rows[i]["provider_ref"]); !reference.isEmpty())
            found.byName[reference] = i;
    }
    return found;
}

/// The ids of those that were not heard before. COMMIT does not wait for the disk: most news are of our own calls,
/// several of each payment, and change nothing.
QSet<QString> enter(Transaction &transaction, std::span<const ProviderNews> news, const NewsPayments &payments)
{
    ArrayLiteral ids;
    ArrayLiteral types;
    ArrayLiteral owners;
    for (const ProviderNews &one : news) {
        const auto row = payments.find(one);
        ids.add(one.id);
        types.add(one.type);
        owners.add(row ? text((*row)["id"]) : QString());
    }
    QSet<QString> fresh;
    for (const auto &row : transaction.query(
             "with early as (select set_config('synchronous_commit', 'off', true)) "
             "insert into provider_event (id, type, payment_id) select n.id, n.type, nullif(n.payment, '')::uuid "
             "from early, unnest($1::text[], $2::text[], $3::text[]) as n(id, type, payment) "
             "order by n.id on conflict do nothing returning id",
             ids, types, owners))
        fresh.insert(text(row["id"]));
    return fresh;
}

/// Money that went back as it should.
bool isWell(const ProviderNews &news)
{
    return news.failure.isEmpty() && !news.type.startsWith(u"charge.dispute."_s);
}

/// True where something is to be done about it.
bool takeNews(Transaction &transaction, const PaymentId &payment, const pqxx::row &row, const ProviderNews &news)
{
    const QString state = text(row["state"]);
    const bool isReturn = news.kind == ProviderNews::Kind::MoneyReturned;
    if (state == u"captured") {
        if (!isReturn)
            return false;
        if (!hearOfRefund(transaction, payment, news))
            openReview(transaction, payment, u"The provider says %1 of a payment that is sold."_s.arg(news.type),
                       ReviewKind::Person);
    } else if (state == u"declined" || state == u"cancelled") {
        if (isReturn ? isWell(news) : news.kind != ProviderNews::Kind::MoneyCame)
            return false;
        const QString reason = u"The provider says %1 of a payment that has ended. %2"_s.arg(news.type, news.failure);
        openReview(transaction, payment, reason.trimmed(), isReturn ? ReviewKind::Person : ReviewKind::News);
    } else if (flag(row["may_be_asked"])) {
        transaction.execute("update payment_attempt set deadline = least(deadline, clock_timestamp()) where id = $1",
                            payment);
    } else {
        return false;
    }
    transaction.waitForDisk();
    return true;
}

} // namespace

std::vector<NewsOutcome> hearAll(Transaction &transaction, std::span<const ProviderNews> news)
{
    const NewsPayments payments = lockPayments(transaction, news);
    QSet<QString> fresh = enter(transaction, news, payments);
    std::vector<NewsOutcome> outcomes;
    for (const ProviderNews &one : news) {
        const auto row = payments.find(one);
        if (!fresh.remove(one.id)) // Also where it came twice at once.
            outcomes.push_back(NewsOutcome::KnownAlready);
        else if (!row || one.kind == ProviderNews::Kind::Other)
            outcomes.push_back(NewsOutcome::NotOurs);
        else
            outcomes.push_back(takeNews(transaction, id<PaymentId>((*row)["id"]), *row, one)
                                   ? NewsOutcome::Taken
                                   : NewsOutcome::KnownAlready);
    }
    return outcomes;
}

qint64 forgetOld(Transaction &transaction, int countMax)
{
    return transaction.execute("delete from provider_event where id in (select id from provider_event where "
                               "received_at < now() - interval '40 days' order by received_at limit $1)",
                               countMax);
}

std::vector<PaymentId> claimReviews(Transaction &transaction, const std::vector<QString> &providers, int retrySeconds,
                                    int countMax)
{
    std::vector<PaymentId> claimed;
    for (const auto &row : transaction.query(
             "update payment_review set ask_at = clock_timestamp() + make_interval(secs => $1) where payment_id in "
             "(select r.payment_id from payment_review r join payment_attempt a on a.id = r.payment_id where "
             "r.closed_at is null and r.kind <> 'person' and r.ask_at <= clock_timestamp() and "
             "a.provider = any ($3::text[]) order by r.ask_at limit $2 for update of r skip locked) returning "
             "payment_id",
             retrySeconds, countMax, providers))
        claimed.push_back(id<PaymentId>(row["payment_id"]));
    return claimed;
}

void openReview(Transaction &transaction, const PaymentId &payment, const QString &reason, ReviewKind kind)
{
    // A review that was closed is opened again by what comes after it; news say more than what was decided before, and
    // one that has become a person's stays theirs.
    transaction.execute("insert into payment_review (payment_id, reason, kind) values ($1, $2, $3) "
                        "on conflict (payment_id) do update set reason = excluded.reason, kind = excluded.kind, "
                        "opened_at = now(), ask_at = now(), closed_at = null, outcome = '' "
                        "where payment_review.closed_at is not null or payment_review.kind = 'decision' "
                        "or (payment_review.kind = 'news' and excluded.kind = 'person')",
                        payment, reason, nameOf(kind));
}

bool isUnderReview(Transaction &transaction, const PaymentId &payment)
{
    return !transaction
                .query("select from payment_review where payment_id = $1 and closed_at is null for update", payment)
                .empty();
}

bool closeReview(Transaction &transaction, const PaymentId &payment, const QString &outcome, ReviewedBy by)
{
    return transaction.execute("update payment_review set closed_at = clock_timestamp(), outcome = $2 "
                               "where payment_id = $1 and closed_at is null and (kind <> 'person' or $3)",
                               payment, outcome, by == ReviewedBy::Person) > 0;
}

bool closeDecision(Transaction &transaction, const PaymentId &payment, const QString &outcome)
{
    return transaction.execute("update payment_review set closed_at = clock_timestamp(), outcome = $2 "
                               "where payment_id = $1 and closed_at is null and kind = 'decision'",
                               payment, outcome) > 0;
}

bool contradictDecision(Transaction &transaction, const PaymentId &payment, const QString &reason)
{
    return transaction.execute("update payment_review set kind = 'person', reason = $2, opened_at = clock_timestamp() "
                               "where payment_id = $1 and closed_at is null and kind = 'decision'",
                               payment, reason) > 0;
}

} // namespace parterre::server::paymentnews
