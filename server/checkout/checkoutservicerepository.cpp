#include "checkout/checkoutservice.h"

#include "base/assert.h"
#include "checkout/orderpricing.h"
#include "checkout/overrides.h"
#include "checkout/promotions.h"
#include "checkout/settling.h"
#include "db/database.h"
#include "db/transaction.h"
#include "giftcards/tenderparts.h"
#include "holds/holdsteps.h"
#include "payments/providerstate.h"
#include "runtime/faultpoint.h"

#include <QLoggingCategory>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.checkout")

constexpr Seconds secondsBetweenQuestions{30};
constexpr size_t questionsAtOnce = 8; ///< To the provider, of one server; each holds a connection for moments only.

Status checkBuyer(const CreateOrder &command, SalesChannel channel)
{
    if (channel == SalesChannel::Desk && command.buyer.email.isEmpty())
        return {};
    if (channel != SalesChannel::Desk && command.buyer.name.trimmed().isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Type the name for the tickets."_s, u"/buyer/name"_s);
    return checkEmail(command.buyer.email, u"/buyer/email"_s);
}

/// True when the attempt ended without money.
bool isOver(PaymentState state)
{
    return state == PaymentState::Declined || state == PaymentState::Cancelled;
}

bool hasMoney(const ProviderAnswer &answer)
{
    return answer.state == ProviderState::Authorised || answer.state == ProviderState::Captured;
}

Error declined(const QString &reason)
{
    return {.code = ErrorCode::PaymentDeclined,
            .message = reason.isEmpty()
                           ? u"The payment did not go through, and nothing was charged. Try another card."_s
                           : reason + u" Nothing was charged. Try another card."_s};
}

Error declinedTooLate(const QString &reason)
{
    return {.code = ErrorCode::HoldGone,
            .message = (reason.isEmpty() ? u"The payment did not go through."_s : reason) +
                       u" Nothing was charged, and the time for these places is over. Choose the places again."_s};
}

Error cardsAreOut(std::chrono::milliseconds pause)
{
    return {.code = ErrorCode::Unavailable,
            .message = u"Card payments do not work at the moment. Nothing was charged, and the places are kept. Try "
                       "again in a minute, or pay cash at the box office."_s,
            .retryAfterSeconds = static_cast<int>(std::chrono::ceil<Seconds>(pause).count())};
}

Error terminalIsOut(const QString &reason)
{
    return {.code = ErrorCode::Unavailable,
            .message = reason + u" Nothing was charged, and the places are kept. Try again, or take cash."_s};
}

ProviderPayment asProviderKnowsIt(const PaymentRow &payment)
{
    return {.id = payment.id,
            .order = payment.order,
            .amount = payment.amount,
            .reference = payment.providerReference,
            .madeAt = payment.createdAt,
            .instrument = payment.cardToken};
}

/// Does `work(item)` for all of them on a few threads, since each waits for the provider most of its time.
template <class Item, class Work>
void forEachAtOnce(const std::vector<Item> &items, const Work &work)
{
    std::atomic<size_t> next = 0;
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < std::min(items.size(), questionsAtOnce); ++i) {
        threads.emplace_back([&] {
            for (size_t mine = next++; mine < items.size(); mine = next++)
                work(items[mine]);
        });
    }
}

} // namespace

CheckoutService::CheckoutService(Database &database, PerformanceLookup lookup, Houses &houses, CardProvider &provider,
                                 salesteps::SignTicket sign, Changed changed, Seconds paymentDeadline)
    : m_database(database)
    , m_lookup(std::move(lookup))
    , m_houses(houses)
    , m_provider(provider)
    , m_sign(std::move(sign))
    , m_changed(std::move(changed))
    , m_paymentDeadline(paymentDeadline)
    , m_groups(database, m_lookup, m_sign, paymentDeadline)
{}

Result<OrderView> CheckoutService::createOrder(const SaleParty &party, const CommandKey &key,
                                               const CreateOrder &command, const std::optional<UserId> &supervisor)
{
    PT_CHECK(checkBuyer(command, party.channel));
    if (command.leaveSingleReason && party.channel != SalesChannel::Desk) {
        return refuse(ErrorCode::Forbidden, u"Only the box office may leave a seat alone."_s,
                      u"/leave_single_reason"_s);
    }
    if (auto made = m_groups.make({.party = party, .key = key, .command = command}))
        return *std::move(made);
    PT_TRY(const holdsteps::KnownHold known, holdsteps::known(m_database, m_lookup, command.hold));
    OrderCase order{.party = party, .command = command, .facts = known.performance, .supervisor = supervisor};
    order.needsHouse = known.stillChoosing && order.facts.detail.orphanRule != OrphanRule::Off;
    Result<Result<OrderView>> outcome = refuse(ErrorCode::InProgress, u"The places are changing. Ask again."_s);
    for (int attempt = 0; attempt < 2 && (attempt == 0 || order.needsHouse); ++attempt) {
        if (order.needsHouse) { // Never within the transaction: it may take a connection of its own.
            PT_TRY(order.house, m_houses.open(order.facts));
        }
        outcome = m_database.transact([&](Transaction &transaction) -> Result<Result<OrderView>> {
            order.needsHouse = false;
            auto made = commandlog::runOnce<OrderView>(transaction, key,
                                                       [&](Transaction &inner) { return makeOrder(inner, order); });
            if (order.needsHouse) // Undone, with what runOnce() has kept.
                return refuse(ErrorCode::InProgress, u"The places are changing. Ask again in a moment."_s);
            return made;
        });
    }
    return flattened(std::move(outcome));
}

Result<OrderView> CheckoutService::makeOrder(Transaction &transaction, OrderCase &order)
{
    const CreateOrder &command = order.command;
    PT_TRY(const HoldRow hold, holdsteps::lockOwn(transaction, order.party, command.hold));
    if (hold.state == HoldState::Frozen)
        return refuse(ErrorCode::WrongState, u"An order for these places is being paid already."_s, u"/hold"_s);
    const Instant now = transaction.now(); // Under the lock, and good for all that follows.
    if (hold.state != HoldState::Live || hold.heldUntil <= now)
        return refuse(ErrorCode::HoldGone, u"The hold has ended. Choose the places again."_s, u"/hold"_s);
    if (orders::find(transaction, command.order))
        return refuse(ErrorCode::KeyReused, u"There is an order with this id already."_s, u"/order"_s);
    PT_TRY(const std::vector<int> leftAlone, judgeHold(transaction, order, hold));
    const HoldView held =
        viewOf({.row = hold, .areas = inventory::areaHolds(transaction, hold.id), .now = now}, order.facts);
    PT_TRY(const auto approvedBy, approvalOf(transaction, order));
    PT_TRY(auto priced,
           orderpricing::price(transaction, {.party = order.party,
                                             .facts = order.facts,
                                             .held = held.places,
                                             .lines = command.lines,
                                             .promotion = command.promotion,
                                             .customer = promotions::customerOf(command.buyer, order.party.owner)}));
    OrderRow row = orderpricing::orderOf(command, order.party, hold, std::move(priced), now);
    orders::insert(transaction, row);
    if (approvedBy)
        overrides::keep(transaction, row, *approvedBy);
    if (!leftAlone.empty())
        orders::keepOverride(transaction, row.id, leftAlone, *command.leaveSingleReason);
    orders::expireOthers(transaction, hold.id, row.id);
    return orders::viewOfKnown(transaction, row.id);
}

Result<std::vector<int>> CheckoutService::judgeHold(Transaction &transaction, OrderCase &order, const HoldRow &hold)
{
    if (!hold.stillChoosing || order.facts.detail.orphanRule == OrphanRule::Off)
        return std::vector<int>();
    if (!order.house.seen) {
        order.needsHouse = true;
        return refuse(ErrorCode::InProgress, u"The places are changing. Ask again in a moment."_s);
    }
    HouseView view = m_houses.view(order.facts, order.house, transaction);
    const Status judged = view.judge(hold.seats);
    if (judged)
        return std::vector<int>();
    if (!order.command.leaveSingleReason)
        return refuse(judged.error());
    return view.leftAlone(hold.seats);
}

Result<OrderView> CheckoutService::payCash(const SaleParty &party, const CommandKey &key, const PayCash &command)
{
    if (party.channel != SalesChannel::Desk)
        return refuse(ErrorCode::Forbidden, u"Cash is taken at the box office only."_s);
    auto outcome = flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<OrderView>(transaction, key, [&](Transaction &inner) -> Result<OrderView> {
            PT_TRY(salesteps::LockedSale sale, salesteps::lockOwn(inner, party, command.order));
            const Money rounding = orderpricing::cashRounding(inner, sale.order.id, sale.order.total);
            PT_TRY(const Money change, cashChange(sale.order.total + rounding, command.tendered));
            const Instant now = inner.now();
            PaymentRow payment{.id = command.payment,
                               .order = sale.order.id,
                               .method = PaymentMethod::Cash,
                               .state = PaymentState::Captured,
                               .amount = sale.order.total,
                               .tendered = command.tendered,
                               .change = change,
                               .cardToken = {},
                               .providerReference = {},
                               .failure = {},
                               .actionUrl = {},
                               .deadline = now,
                               .createdAt = now,
                               .rounding = rounding};
            PT_CHECK(decidePayment(PaymentState::Created, payment.state));
            if (payments::find(inner, payment.id))
                return refuse(ErrorCode::KeyReused, u"There is a payment with this id already."_s, u"/payment"_s);
            PT_CHECK(salesteps::freeze(inner, sale, now + Seconds(1)));
            payments::insert(inner, payment, now);
            salesteps::confirm(inner, sale, payment, m_sign);
            return orders::viewOfKnown(inner, sale.order.id);
        });
    }));
    if (outcome)
        m_changed(outcome->performance);
    return outcome;
}

Result<PaymentRow> CheckoutService::begin(Transaction &transaction, const SaleParty &party, const Attempt &attempt)
{
    PT_TRY(salesteps::LockedSale sale, salesteps::lockOwn(transaction, party, attempt.order));
    if (payments::find(transaction, attempt.payment))
        return refuse(ErrorCode::KeyReused, u"There is a payment with this id already."_s, u"/payment"_s);
    const Instant now = transaction.now();
    PaymentRow payment = salesteps::attemptToPay(sale.order, now, now + m_paymentDeadline);
    payment.id = attempt.payment;
    payment.method = attempt.method;
    payment.cardToken = attempt.instrument;
    payment.provider = providerOf(attempt.method).name();
    if (attempt.parts)
        return beginParts(transaction, sale, std::move(payment), *attempt.parts);
    PT_CHECK(salesteps::freeze(transaction, sale, payment.deadline));
    payments::insert(transaction, payment, now);
    return payment;
}

Result<OrderView> CheckoutService::payCard(const SaleParty &party, const CommandKey &key, const PayCard &command)
{
    PT_CHECK(refuseInOutage(party, command));
    return payBy(party, key, {command.payment, command.order, PaymentMethod::Card, command.cardToken});
}

Result<OrderView> CheckoutService::payTerminal(const SaleParty &party, const CommandKey &key,
                                               const PayTerminal &command)
{
    if (party.channel != SalesChannel::Desk)
        return refuse(ErrorCode::Forbidden, u"Card terminals are at the box office only."_s);
    if (m_terminals->names().isEmpty())
        return refuse(ErrorCode::NotFound, u"This box office has no card terminal."_s, u"/terminal"_s);
    return payBy(party, key, {command.payment, command.order, PaymentMethod::Terminal, command.terminal});
}

Status CheckoutService::stopTerminal(const SaleParty &party, const PaymentId &payment)
{
    PT_TRY(const PaymentRow row, m_database.transact([&](Transaction &transaction) -> Result<PaymentRow> {
        const auto found = payments::find(transaction, payment);
        const auto order = found ? orders::find(transaction, found->order) : std::nullopt;
        if (!order || order->owner != party.owner || found->method != PaymentMethod::Terminal)
            return refuse(ErrorCode::NotFound, u"There is no such payment at a terminal."_s, u"/payment"_s);
        return *found;
    }));
    if (CardProvider *provider = providerOf(row); provider && !isSettled(row.state))
        (void)provider->cancel(asProviderKnowsIt(row)); // Who waits for the payment hears the end.
    return {};
}

Result<OrderView> CheckoutService::payBy(const SaleParty &party, const CommandKey &key, const Attempt &attempt)
{
    if (!attempt.parts) {
        if (const auto begun = m_groups.start({.party = party,
                                               .key = key,
                                               .payment = attempt.payment,
                                               .order = attempt.order,
                                               .method = attempt.method,
                                               .instrument = attempt.instrument,
                                               .provider = providerOf(attempt.method).name()})) {
            PT_TRY(const PaymentRow running, *begun);
            return chargeAndSettle(running);
        }
    }
    // The attempt's own row tells a repeat what became of the first, so the outcome is kept only for refusals.
    std::optional<PaymentRow> running;
    std::optional<PaymentRow> earlier;
    PT_TRY(
        const OrderView started,
        flattened(m_database.transact([&](Transaction &transaction) -> Result<Result<OrderView>> {
            running.reset();
            earlier.reset();
            PT_TRY(const auto begun, commandlog::begin(transaction, key));
            if (begun.outcome)
                return commandlog::outcomeFromJson<OrderView>(*begun.outcome);
            if (!begun.isNew) {
                earlier = payments::find(transaction, attempt.payment);
                return orders::find(transaction, attempt.order)
                           ? orders::viewOfKnown(transaction, attempt.order)
                           : Result<OrderView>(refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s));
            }
            Result<PaymentRow> payment = begin(transaction, party, attempt);
            if (payment && payment->state != PaymentState::Captured) {
                running = *std::move(payment);
                return OrderView(); // What is answered is how it ends.
            }
            // A refusal, or all of it was paid at once.
            const Result<OrderView> outcome =
                payment ? orders::viewOfKnown(transaction, attempt.order) : Result<OrderView>(refuse(payment.error()));
            commandlog::finish(transaction, key, commandlog::outcomeToJson(outcome));
            return outcome;
        })));
    if (earlier)
        return repeatCard(*earlier, started);
    if (running)
        return chargeAndSettle(*running);
    m_changed(started.performance);
    return started;
}

Result<OrderView> CheckoutService::chargeStarted(const PaymentId &id)
{
    PT_TRY(const auto running, m_database.transact([&](Transaction &transaction) -> Result<std::optional<PaymentRow>> {
        return payments::find(transaction, id);
    }));
    PT_ASSERT(running.has_value(), "an attempt is in the database before the provider hears of it");
    return chargeAndSettle(*running);
}

Result<OrderView> CheckoutService::chargeAndSettle(const PaymentRow &running)
{
    const ProviderAnswer answer = charge(running);
    const auto settlement = settle(running, answer);
    if (!settlement) { // The provider may have the money by now, so "try again" would be wrong advice.
        qCWarning(log) << "Payment" << running.id.text() << "is left to the reconciler:" << settlement.error().message;
        return refuse(ErrorCode::PaymentInDoubt,
                      u"The payment is being checked, and the places stay yours meanwhile. Do not pay again."_s);
    }
    if (!isOver(settlement->state))
        return settlement->order;
    if (answer.state == ProviderState::NotAsked && settlement->order.state != OrderState::Expired)
        return refuse(running.method == PaymentMethod::Terminal
                          ? terminalIsOut(answer.reason)
                          : cardsAreOut(m_provider.outage().value_or(std::chrono::milliseconds(1'000))));
    if (hasMoney(answer))
        return refuse(ErrorCode::PaymentDeclined,
                      u"This payment was ended before its money came. The money goes back to the card. Pay again."_s);
    return refuse(notPaid(settlement->order, settlement->failure));
}

Result<OrderView> CheckoutService::repeatCard(const PaymentRow &earlier, const OrderView &order)
{
    if (isOver(earlier.state))
        return refuse(notPaid(order, earlier.failure));
    const bool isWaiting = earlier.state == PaymentState::RequiresAction || earlier.state == PaymentState::InDoubt;
    if (!isWaiting || !providerOf(earlier))
        return order;
    const ProviderAnswer answer = chargeAgain(earlier, GivingUp::Never, earlier.createdAt);
    if (answer.state == ProviderState::NoAnswer || answer.state == ProviderState::Unknown)
        return order; // The reconciler will learn it.
    const auto settlement = settle(earlier, answer);
    if (!settlement)
        return order;
    return isOver(settlement->state) ? refuse(notPaid(settlement->order, settlement->failure))
                                     : Result<OrderView>(settlement->order);
}

Error CheckoutService::notPaid(const OrderView &order, const QString &reason)
{
    if (order.state != OrderState::Expired)
        return declined(reason);
    // It has ended with its hold, or made way for a newer order of it, which may be paid.
    const auto hold = m_database.transact([&](Transaction &transaction) -> Result<std::optional<HoldRow>> {
        return holds::find(transaction, order.hold);
    });
    const bool isHoldOver =
        hold && *hold && ((*hold)->state == HoldState::Expired || (*hold)->state == HoldState::Released);
    return isHoldOver ? declinedTooLate(reason) : declined(reason);
}

Status CheckoutService::refuseInOutage(const SaleParty &party, const PayCard &command)
{
    const auto pause = m_provider.outage();
    if (!pause)
        return {};
    PT_TRY(const bool isKnown, m_database.transact([&](Transaction &transaction) -> Result<bool> {
        PT_TRY(salesteps::LockedSale sale, salesteps::lockOwn(transaction, party, command.order));
        if (payments::find(transaction, command.payment))
            return true;
        salesteps::keepAlive(transaction, sale);
        return false;
    }));
    return isKnown ? Status() : refuse(cardsAreOut(*pause));
}

ProviderAnswer CheckoutService::charge(const PaymentRow &row)
{
    if (row.amount.isZero()) // A discount has taken all: there is nothing to ask a provider for.
        return {.state = ProviderState::Captured, .reference = {}, .reason = {}};
    (void)faultPoint("payment_started");
    CardProvider &provider = providerOf(row.method);
    ProviderPayment payment = asProviderKnowsIt(row);
    ProviderAnswer authorised = provider.authorise(payment, row.cardToken);
    if (authorised.state != ProviderState::Authorised) // A terminal has captured it already.
        return authorised;
    (void)faultPoint("payment_authorised");
    payment.reference = authorised.reference;
    ProviderAnswer captured = provider.capture(payment);
    (void)faultPoint("payment_captured");
    if (captured.reference.isEmpty())
        captured.reference = payment.reference; // Where it is in doubt, it is asked for by that.
    return captured;
}

ProviderAnswer CheckoutService::chargeAgain(const PaymentRow &row, GivingUp givingUp, Instant now)
{
    if (row.amount.isZero())
        return {.state = ProviderState::Captured, .reference = {}, .reason = {}};
    CardProvider *provider = providerOf(row);
    if (!provider)
        return {};
    ProviderPayment payment = asProviderKnowsIt(row);
    const ProviderAnswer known = provider->query(payment);
    payment.reference = known.reference.isEmpty() ? payment.reference : known.reference;
    if (known.state == ProviderState::Authorised)
        return provider->capture(payment);
    if (givingUp == GivingUp::Never)
        return known;
    const bool isLate = now >= row.createdAt + m_paymentDeadline;
    if (known.state == ProviderState::Unknown || (known.state == ProviderState::AsksHolder && isLate))
        return provider->cancel(payment);
    return known;
}

Result<CheckoutService::Settlement> CheckoutService::settle(const PaymentRow &payment, const ProviderAnswer &answer)
{
    if (paymentStateAfter(answer) != PaymentState::Captured)
        return settleAlone(payment.id, answer);
    const auto sold = m_groups.settle({.payment = payment, .answer = answer});
    if (!sold)
        return settleAlone(payment.id, answer);
    PT_TRY(OrderView order, *sold);
    m_changed(order.performance);
    return Settlement{std::move(order), PaymentState::Captured, answer.reason};
}

Result<CheckoutService::Settlement> CheckoutService::settleAlone(const PaymentId &paymentId,
                                                                 const ProviderAnswer &answer)
{
    auto settlement = m_database.transact([&](Transaction &transaction) -> Result<Settlement> {
        const auto found = payments::find(transaction, paymentId);
        PT_ASSERT(found.has_value(), "an attempt is in the database before the provider hears of it");
        auto sale = salesteps::lock(transaction, found->order);
        auto payment = payments::lock(transaction, paymentId);
        PT_ASSERT(sale && payment, "an order is never deleted");
        if (!isSettled(payment->state)) { // Else another node, or the reconciler, was quicker.
            PT_TRY(payment->state, decidePayment(payment->state, paymentStateAfter(answer)));
            const Instant now = transaction.now();
            if (!answer.reference.isEmpty())
                payment->providerReference = answer.reference;
            if (payment->state != PaymentState::InDoubt || !answer.reason.isEmpty()) // What was known stays known.
                payment->failure = answer.reason;
            if (!answer.actionUrl.isEmpty())
                payment->actionUrl = answer.actionUrl;
            if (payment->state == PaymentState::InDoubt)
                payment->deadline = now + secondsBetweenQuestions;
            else if (payment->state == PaymentState::RequiresAction)
                payment->deadline = std::max(payment->createdAt + m_paymentDeadline, now + Seconds(1));
            settling::write(transaction, *sale, *payment, m_sign, now);
        } else if (isOver(payment->state) && hasMoney(answer)) {
            // A person has ended it while the provider was asked.
            paymentnews::openReview(transaction, paymentId, u"The money came for a payment that has ended."_s);
        }
        OrderView order = orders::viewOfKnown(transaction, sale->order.id);
        return Settlement{std::move(order), payment->state, payment->failure};
    });
    if (settlement)
        m_changed(settlement->order.performance);
    return settlement;
}

Result<int> CheckoutService::settleOverdue(int countMax)
{
    Instant now;
    QString others;
    const std::vector<QString> ours = providers(Providers::All);
    PT_TRY(const auto overdue, m_database.transact([&](Transaction &transaction) -> Result<std::vector<PaymentRow>> {
        now = transaction.now();
        others = payments::overdueOfOthers(transaction, ours);
        return payments::claimOverdue(transaction, ours, static_cast<int>(secondsBetweenQuestions.count()), countMax);
    }));
    sayWhatOthersHave(others);
    std::atomic<int> settled = 0;
    std::mutex mutex;
    std::optional<Error> failure;
    forEachAtOnce(overdue, [&](const PaymentRow &payment) {
        const auto settlement = settle(payment, chargeAgain(payment, GivingUp::WhenOverdue, now));
        if (!settlement) {
            // One that cannot be settled must not keep the others waiting; it is asked again after its new deadline.
            qCWarning(log) << "Payment" << payment.id.text() << "is not settled:" << settlement.error().message;
            const std::scoped_lock lock(mutex);
            failure = settlement.error();
        } else if (isSettled(settlement->state)) {
            ++settled;
        }
    });
    if (failure && settled == 0)
        return refuse(*failure);
    return settled.load();
}

Result<int> CheckoutService::settleReviews(int countMax)
{
    PT_TRY(const auto reviews, m_database.transact([&](Transaction &transaction) -> Result<std::vector<PaymentRow>> {
        std::vector<PaymentRow> rows;
        for (const PaymentId &id : paymentnews::claimReviews(
                 transaction, providers(Providers::All), static_cast<int>(secondsBetweenQuestions.count()), countMax))
            rows.push_back(*payments::find(transaction, id));
        return rows;
    }));
    std::atomic<int> ended = 0;
    forEachAtOnce(reviews, [&](const PaymentRow &row) {
        if (row.state == PaymentState::Captured) {
            ended += compareDecision(row) ? 1 : 0;
            return;
        }
        const QString outcome = giveBack(row);
        if (outcome.isEmpty())
            return;
        qCWarning(log) << "Payment" << row.id.text() << "had ended, and its money" << outcome;
        const auto closed = m_database.transact([&](Transaction &transaction) -> Result<bool> {
            return paymentnews::closeReview(transaction, row.id, outcome, paymentnews::ReviewedBy::Reconciler);
        });
        ended += closed && *closed ? 1 : 0;
    });
    return ended.load();
}

QString CheckoutService::giveBack(const PaymentRow &row)
{
    CardProvider *provider = providerOf(row);
    if (!provider)
        return {};
    const ProviderPayment payment = asProviderKnowsIt(row);
    // Cancelling takes back what is only reserved, and tells of what is more than that.
    switch (provider->cancel(payment).state) {
    case ProviderState::Captured:
        return provider->refund(payment, row.id.text() + u"-late"_s, row.amount).state == ProviderState::Refunded
                   ? u"was refunded"_s
                   : QString();
    case ProviderState::Refunded:
        return u"had gone back"_s;
    case ProviderState::Cancelled:
    case ProviderState::Declined:
    case ProviderState::NotAsked:
        return u"was released"_s;
    default:
        return {};
    }
}

} // namespace parterre::server
