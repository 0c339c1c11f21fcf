#include "payments/testcardprovider.h"

#include "base/assert.h"
#include "db/database.h"
#include "db/transaction.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

struct Verdict
{
    const char *state;
    QString reason;
};

Verdict judgeCard(const QString &token)
{
    if (token == u"pm_card_visa")
        return {"authorised", {}};
    if (token == u"pm_card_visa_chargeDeclinedInsufficientFunds")
        return {"declined", u"The card has insufficient funds."_s};
    if (token == u"pm_card_visa_chargeDeclined")
        return {"declined", u"The card was declined."_s};
    if (token == u"pm_card_authenticationRequired")
        return {"declined", u"The test provider has no bank that could ask the holder of the card."_s};
    return {"declined", u"The test provider does not know this card."_s};
}

ProviderState stateFromText(const QString &name)
{
    if (name == u"authorised")
        return ProviderState::Authorised;
    if (name == u"captured")
        return ProviderState::Captured;
    if (name == u"declined")
        return ProviderState::Declined;
    PT_ASSERT(name == u"cancelled", "test_card_provider.payment.state holds only the names that its check allows");
    return ProviderState::Cancelled;
}

ProviderAnswer readPayment(Transaction &transaction, const PaymentId &payment)
{
    const auto rows = transaction.query("select state, reason from test_card_provider.payment where id = $1", payment);
    if (rows.empty())
        return {.state = ProviderState::Unknown};
    return {
        .state = stateFromText(text(rows[0]["state"])), .reference = payment.text(), .reason = text(rows[0]["reason"])};
}

/// Does `change` and reads what the payment is then; a database that is away is a provider that does not answer.
template <class Change>
ProviderAnswer answerAfter(Database &database, const PaymentId &payment, const Change &change)
{
    const auto answer = database.transact([&](Transaction &transaction) -> Result<ProviderAnswer> {
        change(transaction);
        return readPayment(transaction, payment);
    });
    return answer.value_or(ProviderAnswer{});
}

} // namespace

ProviderAnswer TestCardProvider::authorise(const ProviderPayment &payment, const QString &cardToken)
{
    const Verdict verdict = judgeCard(cardToken);
    return answerAfter(m_database, payment.id, [&](Transaction &transaction) {
        transaction.execute("insert into test_card_provider.payment (id, state, amount, currency, card_token, reason) "
                            "values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
                            payment.id, verdict.state, payment.amount.minorUnits(), payment.amount.currency().code(),
                            cardToken, verdict.reason);
    });
}

ProviderAnswer TestCardProvider::capture(const ProviderPayment &payment)
{
    return answerAfter(m_database, payment.id, [&](Transaction &transaction) {
        transaction.execute(
            "update test_card_provider.payment set state = 'captured' where id = $1 and state = 'authorised'",
            payment.id);
    });
}

ProviderAnswer TestCardProvider::cancel(const ProviderPayment &payment)
{
    return answerAfter(m_database, payment.id, [&](Transaction &transaction) {
        transaction.execute("insert into test_card_provider.payment (id, state, amount, currency, card_token) "
                            "values ($1, 'cancelled', 0, 'XXX', '') on conflict (id) do update set state = 'cancelled' "
                            "where test_card_provider.payment.state = 'authorised'",
                            payment.id);
    });
}

ProviderAnswer TestCardProvider::query(const ProviderPayment &payment)
{
    return answerAfter(m_database, payment.id, [](Transaction &) {});
}

ProviderAnswer TestCardProvider::refund(const ProviderPayment &payment, const QString &refund, const Money &amount)
{
    const auto answer = m_database.transact([&](Transaction &transaction) -> Result<ProviderAnswer> {
        // The row's lock puts refunds of one payment in order, so that their sum is known.
        transaction.execute("select from test_card_provider.payment where id = $1 for update", payment.id);
        transaction.execute(
            "insert into test_card_provider.refund (id, payment_id, amount) select $1, p.id, $3::bigint "
            "from test_card_provider.payment p where p.id = $2 and p.state = 'captured' and "
            "p.amount >= $3::bigint + (select coalesce(sum(amount), 0) from test_card_provider.refund r "
            "where r.payment_id = p.id) on conflict do nothing",
            refund, payment.id, amount.minorUnits());
        const auto rows = transaction.query(
            "select 1 from test_card_provider.refund where id = $1 and payment_id = $2 and amount = $3", refund,
            payment.id, amount.minorUnits());
        if (rows.empty())
            return ProviderAnswer{.state = ProviderState::Declined, .reason = u"There is not so much to refund."_s};
        return ProviderAnswer{.state = ProviderState::Refunded, .reference = refund};
    });
    return answer.value_or(ProviderAnswer{});
}

} // namespace parterre::server
