#include "model/refunds.h"

#include "model/rendering.h"

#include <chrono>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::seconds refundSettlesAfter{1}; // Days at a bank; a test will not wait for those.

} // namespace

Reply<Charge *> Refunds::chargeOf(const QString &intentId, const QString &chargeId)
{
    if (!chargeId.isEmpty()) {
        Charge *charge = m_books.charges.find(chargeId);
        if (!charge)
            return std::unexpected(noSuchObject(u"charge"_s, chargeId, u"charge"_s));
        return charge;
    }
    if (intentId.isEmpty())
        return std::unexpected(badParameter(
            u"payment_intent"_s, u"parameter_missing"_s,
            u"One of the following params should be provided for this request: payment_intent or charge."_s));
    const PaymentIntent *intent = m_books.intents.find(intentId);
    if (!intent)
        return std::unexpected(noSuchObject(u"payment_intent"_s, intentId, u"payment_intent"_s));
    Charge *charge = m_books.charges.find(intent->latestCharge);
    if (!charge || !charge->isCaptured)
        return std::unexpected(
            ApiError{.code = u"payment_intent_unexpected_state"_s,
                     .message = u"This PaymentIntent (%1) does not have a successful charge to refund."_s.arg(intentId),
                     .paymentIntent = m_books.shown(*intent),
                     .began = true});
    return charge;
}

Reply<QJsonObject> Refunds::create(Params &params, const Cause &cause)
{
    const QString intentId = params.text(u"payment_intent"_s);
    const QString chargeId = params.text(u"charge"_s);
    const auto wanted = params.integer(u"amount"_s, 1, limits::amountMax);
    Refund refund;
    refund.reason = params.oneOf(u"reason"_s, {u"duplicate"_s, u"fraudulent"_s, u"requested_by_customer"_s}, {});
    refund.metadata = params.metadata();
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    auto found = chargeOf(intentId, chargeId);
    if (!found)
        return std::unexpected(std::move(found).error());
    Charge &charge = **found;
    const qint64 left = charge.amountCaptured - charge.amountRefunded;
    if (!charge.isCaptured || left <= 0)
        return std::unexpected(ApiError{.code = u"charge_already_refunded"_s,
                                        .message = u"Charge %1 has already been refunded."_s.arg(charge.id),
                                        .charge = charge.id,
                                        .began = true});
    if (wanted.value_or(left) > left)
        return std::unexpected(ApiError{
            .message = u"Refund amount (%1) is greater than unrefunded amount on charge (%2)"_s.arg(*wanted).arg(left),
            .param = u"amount"_s,
            .began = true});
    const auto conduct = m_books.methods.find(charge.paymentMethod)->card->conduct;
    refund.id = m_books.makeId(u"re"_s);
    refund.created = cause.now;
    refund.charge = charge.id;
    refund.paymentIntent = charge.paymentIntent;
    refund.currency = charge.currency;
    refund.amount = wanted.value_or(left);
    const bool isPending = conduct == TestCard::Conduct::RefundsWithDelay;
    refund.status = isPending ? Refund::Status::Pending : Refund::Status::Succeeded;
    if (isPending || conduct == TestCard::Conduct::RefusesRefund) {
        refund.due = cause.now + refundSettlesAfter;
        m_books.dues.emplace(*refund.due, refund.id);
    }
    charge.amountRefunded += refund.amount;
    const Refund &kept = m_books.refunds.add(std::move(refund));
    m_books.tell(u"refund.created"_s, rendered(kept), cause);
    m_books.tell(u"charge.refunded"_s, m_books.shown(charge), cause);
    return rendered(kept);
}

Reply<QJsonObject> Refunds::update(const QString &id, Params &params)
{
    Refund *refund = m_books.refunds.find(id);
    if (!refund)
        return std::unexpected(noSuchObject(u"refund"_s, id));
    const Metadata changes = params.metadata();
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    for (auto it = changes.begin(); it != changes.end(); ++it) {
        if (it.value().isEmpty())
            refund->metadata.remove(it.key());
        else
            refund->metadata.insert(it.key(), it.value());
    }
    m_books.changed();
    return rendered(*refund);
}

void Refunds::settle(Refund &refund, const Cause &cause)
{
    if (!refund.due || *refund.due > cause.now)
        return;
    refund.due.reset();
    if (refund.status == Refund::Status::Pending) {
        refund.status = Refund::Status::Succeeded;
        m_books.tell(u"refund.updated"_s, rendered(refund), cause, {{u"status"_s, u"pending"_s}});
        return;
    }
    // The money is the merchant's again: the charge can be refunded once more, by another way.
    refund.status = Refund::Status::Failed;
    refund.failureReason = u"expired_or_canceled_card"_s;
    m_books.charges.find(refund.charge)->amountRefunded -= refund.amount;
    m_books.tell(u"refund.failed"_s, rendered(refund), cause, {{u"status"_s, u"succeeded"_s}});
    m_books.tell(u"refund.updated"_s, rendered(refund), cause, {{u"status"_s, u"succeeded"_s}});
}

} // namespace parterre::psp
