#include "checkout/checkoutservice.h"

#include "base/assert.h"
#include "db/database.h"
#include "db/transaction.h"
#include "holds/holdsteps.h"
#include "runtime/faultpoint.h"

#include <QLoggingCategory>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.checkout")

constexpr Seconds secondsBetweenQuestions{30};

Result<OrderView> viewOf(Transaction &transaction, const OrderId &order)
{
    auto view = orders::view(transaction, order);
    PT_ASSERT(view.has_value(), "an order is never deleted");
    return *std::move(view);
}

/// Numbers and notes that only the layout knows.
void completeLines(std::vector<OrderLine> &lines, const LayoutIndex &layout)
{
    for (OrderLine &line : lines) {
        const auto number = line.isArea ? layout.areaNumber(line.place) : layout.seatNumber(line.place);
        PT_ASSERT(number.has_value(), "what is held is in the layout");
        line.placeNumber = *number;
        if (line.isArea)
            continue;
        const LayoutSeat &seat = layout.seat(*number);
        line.note = seat.note.isEmpty() && seat.restrictedView ? u"Restricted view"_s : seat.note;
    }
}

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

PaymentState stateAfter(const ProviderAnswer &answer)
{
    switch (answer.state) {
    case ProviderState::Captured:
        return PaymentState::Captured;
    case ProviderState::Declined:
        return PaymentState::Declined;
    case ProviderState::Cancelled:
        return PaymentState::Cancelled;
    case ProviderState::Authorised:
    case ProviderState::Unknown:
    case ProviderState::NoAnswer:
        break;
    }
    return PaymentState::InDoubt;
}

Error declined(const QString &reason)
{
    return {.code = ErrorCode::PaymentDeclined,
            .message = reason.isEmpty()
                           ? u"The payment did not go through, and nothing was charged. Try another card."_s
                           : reason + u" Nothing was charged. Try another card."_s};
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
{}

Result<OrderView> CheckoutService::createOrder(const SaleParty &party, const CommandKey &key,
                                               const CreateOrder &command)
{
    PT_CHECK(checkBuyer(command, party.channel));
    if (command.leaveSingleReason && party.channel != SalesChannel::Desk) {
        return refuse(ErrorCode::Forbidden, u"Only the box office may leave a seat alone."_s,
                      u"/leave_single_reason"_s);
    }
    PT_TRY(const holdsteps::KnownHold known, holdsteps::known(m_database, m_lookup, command.hold));
    OrderCase order{.party = party, .command = command, .facts = known.performance};
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
    if (hold.state != HoldState::Live || hold.heldUntil <= transaction.now())
        return refuse(ErrorCode::HoldGone, u"The hold has ended. Choose the places again."_s, u"/hold"_s);
    if (orders::find(transaction, command.order))
        return refuse(ErrorCode::KeyReused, u"There is an order with this id already."_s, u"/order"_s);
    PT_TRY(const std::vector<int> leftAlone, judgeHold(transaction, order, hold));
    const HoldView held = viewOf(holdsteps::snapshot(transaction, hold), order.facts);
    PT_TRY(auto lines, priceLines(command.lines, held.places, order.facts.detail, order.party.channel));
    completeLines(lines, *order.facts.layout);
    const auto currency = Currency::fromCode(order.facts.detail.summary.currency);
    PT_ASSERT(currency.has_value(), "a currency was checked before it was stored");
    OrderRow row{.id = command.order,
                 .number = {},
                 .performance = hold.performance,
                 .hold = hold.id,
                 .owner = order.party.owner,
                 .channel = order.party.channel,
                 .state = OrderState::Open,
                 .total = totalOf(lines, *currency),
                 .buyer = command.buyer,
                 .createdAt = transaction.now(),
                 .lines = std::move(lines)};
    orders::insert(transaction, row);
    if (!leftAlone.empty())
        orders::keepOverride(transaction, row.id, leftAlone, *command.leaveSingleReason);
    orders::expireOthers(transaction, hold.id, row.id);
    return viewOf(transaction, row.id);
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
            PT_TRY(const Money change, cashChange(sale.order.total, command.tendered));
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
                               .deadline = now};
            PT_CHECK(decidePayment(PaymentState::Created, payment.state));
            if (payments::find(inner, payment.id))
                return refuse(ErrorCode::KeyReused, u"There is a payment with this id already."_s, u"/payment"_s);
            PT_CHECK(salesteps::freeze(inner, sale, now + Seconds(1)));
            payments::insert(inner, payment, now);
            salesteps::confirm(inner, sale, payment, m_sign);
            return viewOf(inner, sale.order.id);
        });
    }));
    if (outcome)
        m_changed(outcome->performance);
    return outcome;
}

Result<OrderView> CheckoutService::startCard(Transaction &transaction, const SaleParty &party, const PayCard &command)
{
    PT_TRY(salesteps::LockedSale sale, salesteps::lockOwn(transaction, party, command.order));
    if (payments::find(transaction, command.payment))
        return refuse(ErrorCode::KeyReused, u"There is a payment with this id already."_s, u"/payment"_s);
    const Instant now = transaction.now();
    const PaymentRow payment{.id = command.payment,
                             .order = sale.order.id,
                             .method = PaymentMethod::Card,
                             .state = PaymentState::Authorising,
                             .amount = sale.order.total,
                             .tendered = Money(0, sale.order.total.currency()),
                             .change = Money(0, sale.order.total.currency()),
                             .cardToken = command.cardToken,
                             .providerReference = {},
                             .failure = {},
                             .deadline = now + m_paymentDeadline};
    PT_CHECK(salesteps::freeze(transaction, sale, payment.deadline));
    payments::insert(transaction, payment, now);
    return viewOf(transaction, sale.order.id);
}

Result<OrderView> CheckoutService::payCard(const SaleParty &party, const CommandKey &key, const PayCard &command)
{
    // The attempt's own row tells a repeat what became of the first, so the outcome is kept only for refusals.
    std::optional<PaymentRow> running;
    std::optional<PaymentRow> earlier;
    PT_TRY(const OrderView started,
           flattened(m_database.transact([&](Transaction &transaction) -> Result<Result<OrderView>> {
               running.reset();
               earlier.reset();
               PT_TRY(const auto begun, commandlog::begin(transaction, key));
               if (begun.outcome)
                   return commandlog::outcomeFromJson<OrderView>(*begun.outcome);
               if (!begun.isNew) {
                   earlier = payments::find(transaction, command.payment);
                   return orders::find(transaction, command.order)
                              ? viewOf(transaction, command.order)
                              : Result<OrderView>(
                                    refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s));
               }
               Result<OrderView> view = startCard(transaction, party, command);
               if (view)
                   running = payments::find(transaction, command.payment);
               else
                   commandlog::finish(transaction, key, commandlog::outcomeToJson(view));
               return view;
           })));
    if (earlier && isOver(earlier->state))
        return refuse(declined(earlier->failure));
    if (!running)
        return started;
    m_changed(started.performance);
    const auto settlement = settle(running->id, charge(*running));
    if (!settlement) { // The provider may have the money by now, so "try again" would be wrong advice.
        qCWarning(log) << "Payment" << running->id.text() << "is left to the reconciler:" << settlement.error().message;
        return refuse(ErrorCode::PaymentInDoubt,
                      u"The payment is being checked, and the places stay yours meanwhile. Do not pay again."_s);
    }
    if (isOver(settlement->state))
        return refuse(declined(settlement->failure));
    return settlement->order;
}

ProviderAnswer CheckoutService::charge(const PaymentRow &payment)
{
    (void)faultPoint("payment_started");
    const ProviderAnswer authorised = m_provider.authorise(payment.id, payment.amount, payment.cardToken);
    if (authorised.state != ProviderState::Authorised)
        return authorised;
    (void)faultPoint("payment_authorised");
    ProviderAnswer captured = m_provider.capture(payment.id);
    (void)faultPoint("payment_captured");
    return captured;
}

ProviderAnswer CheckoutService::chargeAgain(const PaymentId &payment)
{
    const ProviderAnswer known = m_provider.query(payment);
    if (known.state == ProviderState::Authorised)
        return m_provider.capture(payment);
    if (known.state == ProviderState::Unknown)
        return m_provider.cancel(payment);
    return known;
}

Result<CheckoutService::Settlement> CheckoutService::settle(const PaymentId &paymentId, const ProviderAnswer &answer)
{
    auto settlement = m_database.transact([&](Transaction &transaction) -> Result<Settlement> {
        const auto found = payments::find(transaction, paymentId);
        PT_ASSERT(found.has_value(), "an attempt is in the database before the provider hears of it");
        auto sale = salesteps::lock(transaction, found->order);
        auto payment = payments::lock(transaction, paymentId);
        PT_ASSERT(sale && payment, "an order is never deleted");
        if (!isSettled(payment->state)) { // Else another node, or the reconciler, was quicker.
            PT_TRY(payment->state, decidePayment(payment->state, stateAfter(answer)));
            const Instant now = transaction.now();
            if (payment->state == PaymentState::InDoubt) {
                payment->deadline = now + secondsBetweenQuestions;
            } else {
                payment->providerReference = answer.reference;
                payment->failure = answer.reason;
            }
            payments::update(transaction, *payment, now);
            if (payment->state == PaymentState::Captured)
                salesteps::confirm(transaction, *sale, *payment, m_sign);
            else if (isSettled(payment->state))
                salesteps::thaw(transaction, *sale);
        }
        PT_TRY(OrderView order, viewOf(transaction, sale->order.id));
        return Settlement{std::move(order), payment->state, payment->failure};
    });
    if (settlement)
        m_changed(settlement->order.performance);
    return settlement;
}

Result<OrderView> CheckoutService::find(const SaleParty &party, const OrderId &order)
{
    return m_database.transact([&](Transaction &transaction) -> Result<OrderView> {
        const auto row = orders::find(transaction, order);
        if (!row || row->owner != party.owner)
            return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
        return viewOf(transaction, order);
    });
}

Result<OrderView> CheckoutService::findForStaff(const OrderId &order)
{
    return m_database.transact([&](Transaction &transaction) -> Result<OrderView> {
        auto view = orders::view(transaction, order);
        if (!view)
            return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
        return *std::move(view);
    });
}

Result<std::vector<OrderView>> CheckoutService::search(const QString &owner, const QString &wanted, int countMax)
{
    return m_database.transact([&](Transaction &transaction) -> Result<std::vector<OrderView>> {
        std::vector<OrderView> found;
        for (const OrderId &order : orders::search(transaction, owner, wanted, countMax))
            found.push_back(*viewOf(transaction, order));
        return found;
    });
}

Result<int> CheckoutService::settleOverdue(int countMax)
{
    PT_TRY(const auto overdue, m_database.transact([&](Transaction &transaction) -> Result<std::vector<PaymentRow>> {
        return payments::claimOverdue(transaction, static_cast<int>(secondsBetweenQuestions.count()), countMax);
    }));
    int settled = 0;
    std::optional<Error> failure;
    for (const PaymentRow &payment : overdue) {
        const auto settlement = settle(payment.id, chargeAgain(payment.id));
        if (!settlement) {
            // One that cannot be settled must not keep the others waiting; it is asked again after its new deadline.
            qCWarning(log) << "Payment" << payment.id.text() << "is not settled:" << settlement.error().message;
            failure = settlement.error();
        } else if (isSettled(settlement->state)) {
            ++settled;
        }
    }
    if (failure && settled == 0)
        return refuse(*failure);
    return settled;
}

} // namespace parterre::server
