#include "checkout/paymentdecisions.h"

#include "base/assert.h"
#include "checkout/checkoutservice.h"
#include "checkout/settling.h"
#include "db/database.h"
#include "db/transaction.h"
#include "payments/paymentnewsrepository.h"

#include <algorithm>
#include <map>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace paymentdecisions {

namespace {

PaymentInDoubt rowToDoubt(const pqxx::row &row)
{
    PaymentInDoubt doubt{.payment = id<PaymentId>(row["id"]),
                         .order = id<OrderId>(row["order_id"]),
                         .orderNumber = text(row["number"]),
                         .eventTitle = text(row["title"]),
                         .startsAt = instant(row["starts_at"]),
                         .timeZone = text(row["time_zone"]),
                         .places = {},
                         .buyer = text(row["buyer_name"]),
                         .method = enumOf<PaymentMethod>(row["method"]),
                         .state = enumOf<PaymentState>(row["state"]),
                         .waitsFor = enumOf<DoubtWaitsFor>(row["waits_for"]),
                         .amount = Money(number(row["amount"]), currencyOf(row["currency"])),
                         .terminal = text(row["terminal"]),
                         .reference = text(row["provider_ref"]),
                         .known = text(row["known"]).left(limits::knownCharactersMax),
                         .since = instant(row["since"]),
                         .askedAt = optionalInstant(row["asked_at"]),
                         .possible = {},
                         .decided = std::nullopt};
    doubt.possible = possibleDecisions(doubt.state, flag(row["is_under_review"]));
    if (!row["decision"].is_null())
        doubt.decided = DecisionView{.decision = enumOf<PaymentDecision>(row["decision"]),
                                     .note = text(row["note"]),
                                     .by = text(row["decided_by"]),
                                     .at = instant(row["decided_at"])};
    return doubt;
}

/// A card's token is a secret and is not read; the name of a terminal is none.
pqxx::result doubts(Transaction &transaction, int countMax)
{
    return transaction.query(
        "select a.id, a.order_id, o.number, e.title, p.starts_at, v.time_zone, o.buyer_name, a.method, a.state, "
        "a.amount, a.currency, case when a.method = 'terminal' then a.card_token else '' end as terminal, "
        "a.provider_ref, case when r.payment_id is null and a.deadline < now() - interval '2 minutes' "
        "then 'No server has asked ' || coalesce(nullif(a.provider, ''), 'the provider') || ' for minutes what became "
        "of it. Start one that has this provider.' "
        "else coalesce(r.reason, nullif(a.failure, ''), 'The provider does not say what became of it.') end as known, "
        "coalesce(r.opened_at, a.created_at) as since, case when a.state = 'in_doubt' then a.updated_at end as "
        "asked_at, r.payment_id is not null as is_under_review, case when a.state = 'in_doubt' then 'decision' "
        "when r.kind = 'person' then 'person' else 'provider' end as waits_for, d.decision, "
        "d.note, d.decided_at, "
        "coalesce(u.display_name, d.principal) as decided_by "
        "from (select id from payment_attempt where part_of is null and (state = 'in_doubt' or (state in ('created', "
        "      'authorising', 'requires_action', 'authorised') and deadline < now() - interval '2 minutes')) "
        "      union select payment_id from payment_review where closed_at is null) c "
        "join payment_attempt a on a.id = c.id join sale_order o on o.id = a.order_id "
        "join performance p on p.id = o.performance_id join event e on e.id = p.event_id "
        "join venue v on v.id = e.venue_id "
        "left join payment_review r on r.payment_id = a.id and r.closed_at is null "
        "left join lateral (select * from payment_decision where payment_id = a.id order by id desc limit 1) d on true "
        "left join app_user u on 'user:' || u.id::text = d.principal "
        "order by a.state <> 'in_doubt', r.kind is distinct from 'person', since, a.id limit $1",
        countMax);
}

/// What to tell somebody who comes too late.
QString whatItIs(Transaction &transaction, const PaymentRow &payment)
{
    const auto rows =
        transaction.query("select coalesce(u.display_name, d.principal) as by_name, d.note from payment_decision d "
                          "left join app_user u on 'user:' || u.id::text = d.principal where d.payment_id = $1 order "
                          "by d.id desc limit 1",
                          payment.id);
    const QString who = rows.empty() ? u"The provider has said so."_s
                                     : u"%1 has decided it: %2"_s.arg(text(rows[0]["by_name"]), text(rows[0]["note"]));
    if (payment.state == PaymentState::Captured)
        return u"This payment is settled: the money came, and the order is sold. "_s + who;
    if (isSettled(payment.state))
        return u"This payment is settled: no money came, and the places were let go. "_s + who;
    if (payment.state == PaymentState::InDoubt)
        return u"This payment is in doubt. Say whether its money came."_s;
    return u"This payment is running. Its provider is asked first, and it is in doubt if that does not answer."_s;
}

void end(Transaction &transaction, salesteps::LockedSale &sale, PaymentRow &payment, PaymentDecision decision,
         const salesteps::SignTicket &sign)
{
    const QString known = payment.failure.isEmpty() ? QString() : payment.failure + u' ';
    const bool hasCome = decision == PaymentDecision::MoneyCame;
    const auto decided = decidePayment(payment.state, hasCome ? PaymentState::Captured : PaymentState::Cancelled);
    PT_ASSERT(decided.has_value(), "a payment in doubt may come to either end");
    payment.state = *decided;
    payment.failure = hasCome ? QString() : u"The box office has ended this payment."_s;
    settling::write(transaction, sale, payment, sign, transaction.now());
    paymentnews::openReview(
        transaction, payment.id,
        known + (hasCome
                     ? u"It was decided that the money came. The provider is asked until it says so."_s
                     : u"It was decided that no money came. The provider is asked until it says so; what it has taken "
                       "goes back."_s),
        paymentnews::ReviewKind::Decision);
}

} // namespace

std::vector<PaymentInDoubt> list(Transaction &transaction, int countMax)
{
    std::vector<PaymentInDoubt> found;
    std::vector<OrderId> orders;
    for (const auto &row : doubts(transaction, countMax)) {
        found.push_back(rowToDoubt(row));
        orders.push_back(found.back().order);
    }
    std::map<OrderId, std::vector<QString>> places;
    for (const auto &row : transaction.query("select order_id, place_name from order_line where "
                                             "order_id = any($1::uuid[]) order by order_id, line_no",
                                             orders))
        places[id<OrderId>(row["order_id"])].push_back(text(row["place_name"]));
    for (PaymentInDoubt &doubt : found)
        doubt.places = places[doubt.order];
    return found;
}

Result<OrderView> resolve(Transaction &transaction, const QString &principal, const ResolvePayment &command,
                          const salesteps::SignTicket &sign)
{
    const QString note = command.note.trimmed();
    if (note.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Write down what was seen, and where."_s, u"/note"_s);
    const auto found = payments::find(transaction, command.payment);
    if (!found)
        return refuse(ErrorCode::NotFound, u"There is no such payment."_s, u"/payment"_s);
    auto sale = salesteps::lock(transaction, found->order);
    auto payment = payments::lock(transaction, command.payment);
    PT_ASSERT(sale && payment, "an order and its payments are never deleted");
    const auto possible = possibleDecisions(payment->state, paymentnews::isUnderReview(transaction, payment->id));
    if (std::ranges::find(possible, command.decision) == possible.end())
        return refuse(ErrorCode::WrongState, whatItIs(transaction, *payment));
    transaction.execute("insert into payment_decision (payment_id, decision, note, principal, decided_at) "
                        "values ($1, $2, $3, $4, $5)",
                        payment->id, enumName(command.decision), note, principal, transaction.now());
    if (command.decision == PaymentDecision::Closed)
        paymentnews::closeReview(transaction, payment->id, note, paymentnews::ReviewedBy::Person);
    else
        end(transaction, *sale, *payment, command.decision, sign);
    return orders::viewOfKnown(transaction, sale->order.id);
}

bool compare(Transaction &transaction, const PaymentId &payment, const ProviderAnswer &answer)
{
    QString contradiction;
    switch (answer.state) {
    case ProviderState::Captured:
        return paymentnews::closeDecision(transaction, payment, u"The provider has the money."_s);
    case ProviderState::Authorised:
    case ProviderState::AsksHolder:
    case ProviderState::NoAnswer:
        return false;
    case ProviderState::Unknown:
        contradiction = u"does not know this payment"_s;
        break;
    case ProviderState::Refunded:
        contradiction = u"says that its money went back"_s;
        break;
    case ProviderState::NotAsked:
    case ProviderState::Declined:
    case ProviderState::Cancelled:
        contradiction = u"says that no money came"_s;
        break;
    }
    return paymentnews::contradictDecision(
        transaction, payment, u"It was decided that the money came, and the provider %1."_s.arg(contradiction));
}

} // namespace paymentdecisions

Result<std::vector<PaymentInDoubt>> CheckoutService::paymentsInDoubt(int countMax)
{
    return m_database.transact([&](Transaction &transaction) -> Result<std::vector<PaymentInDoubt>> {
        return paymentdecisions::list(transaction, countMax);
    });
}

Result<OrderView> CheckoutService::resolvePayment(const CommandKey &key, const ResolvePayment &command)
{
    auto outcome = flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<OrderView>(transaction, key, [&](Transaction &inner) {
            return paymentdecisions::resolve(inner, key.principal, command, m_sign);
        });
    }));
    if (outcome)
        m_changed(outcome->performance);
    return outcome;
}

bool CheckoutService::compareDecision(const PaymentRow &payment)
{
    const ProviderAnswer answer = chargeAgain(payment, GivingUp::Never, payment.createdAt);
    const auto compared = m_database.transact([&](Transaction &transaction) -> Result<bool> {
        return paymentdecisions::compare(transaction, payment.id, answer);
    });
    return compared && *compared;
}

} // namespace parterre::server
