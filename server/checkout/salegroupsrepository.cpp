#include "checkout/salegroups.h"

#include "base/assert.h"
#include "checkout/orderpricing.h"
#include "checkout/promotions.h"
#include "commands/outcometext.h"
#include "db/database.h"
#include "db/transaction.h"
#include "holds/holdview.h"
#include "inventory/inventoryrepository.h"

#include <algorithm>
#include <map>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t salesAtOnceMax = 48; ///< Bounds how long one transaction keeps places and the numbers of maps locked.

bool isPlain(const CreateOrder &command)
{
    return !command.promotion && !command.approval && !command.leaveSingleReason &&
           std::ranges::none_of(command.lines,
                                [](const OrderLineRequest &line) { return line.priceOverride.has_value(); });
}

/// What everybody of a group hears that failed as a whole: nothing, so that each goes alone, unless it may have been
/// done or the database is away from all of them.
template <class Value>
std::vector<SaleGroups::Outcome<Value>> failedTogether(size_t count, const Error &error)
{
    std::vector<SaleGroups::Outcome<Value>> outcomes(count);
    if (error.code == ErrorCode::OutcomeUnknown || error.code == ErrorCode::Unavailable)
        std::ranges::fill(outcomes, SaleGroups::Outcome<Value>(refuse(error)));
    return outcomes;
}

} // namespace

SaleGroups::SaleGroups(Database &database, PerformanceLookup lookup, salesteps::SignTicket sign,
                       Seconds paymentDeadline)
    : m_database(database)
    , m_lookup(std::move(lookup))
    , m_sign(std::move(sign))
    , m_paymentDeadline(paymentDeadline)
    , m_making(salesAtOnceMax, [this](const std::vector<const Making *> &group) { return makeAll(group); })
    , m_starting(salesAtOnceMax, [this](const std::vector<const Starting *> &group) { return startAll(group); })
    , m_settling(salesAtOnceMax, [this](const std::vector<const Settling *> &group) { return settleAll(group); })
{}

SaleGroups::Outcome<OrderView> SaleGroups::make(const Making &making)
{
    return isPlain(making.command) ? m_making.ask(making, making.command.hold.uuid()) : std::nullopt;
}

SaleGroups::Outcome<PaymentRow> SaleGroups::start(const Starting &starting)
{
    return m_starting.ask(starting, starting.order.uuid());
}

SaleGroups::Outcome<OrderView> SaleGroups::settle(const Settling &settling)
{
    return m_settling.ask(settling, settling.payment.order.uuid());
}

/// Orders that are made together, inside their transaction.
class SaleGroups::MakingGroup
{
public:
    using Facts = std::map<PerformanceId, Result<PerformanceFacts>>;

    MakingGroup(Transaction &transaction, const std::vector<const Making *> &group, const Facts &facts)
        : m_transaction(transaction)
        , m_group(group)
        , m_facts(facts)
        , m_outcomes(group.size())
    {}

    Outcomes<OrderView> run()
    {
        std::vector<const CommandKey *> keys;
        for (const Making *one : m_group)
            keys.push_back(&one->key);
        const std::vector<bool> isNew = commandlog::beginAll(m_transaction, keys);
        lock();
        std::vector<OrderRow> made;
        std::vector<size_t> makers;
        std::vector<const CommandKey *> alone;
        for (size_t i = 0; i < m_group.size(); ++i) {
            if (!isNew[i])
                continue;
            auto row = decide(*m_group[i]);
            if (!row) {
                alone.push_back(&m_group[i]->key);
            } else if (!*row) {
                m_outcomes[i] = refuse(row->error());
            } else {
                made.push_back(**std::move(row));
                makers.push_back(i);
            }
        }
        commandlog::withdraw(m_transaction, alone);
        write(made);
        for (size_t i = 0; i < made.size(); ++i)
            m_outcomes[makers[i]] = orders::viewOf(made[i], *m_facts.at(made[i].performance));
        std::vector<commandlog::FinishedText> finished;
        for (size_t i = 0; i < m_group.size(); ++i) {
            if (m_outcomes[i])
                finished.push_back({.key = &m_group[i]->key, .outcome = commandlog::outcomeToText(*m_outcomes[i])});
        }
        commandlog::finishAll(m_transaction, finished);
        return std::move(m_outcomes);
    }

private:
    void lock()
    {
        std::vector<HoldId> holds;
        std::vector<OrderId> orders;
        for (const Making *one : m_group) {
            holds.push_back(one->command.hold);
            orders.push_back(one->command.order);
        }
        for (HoldRow &hold : holds::lockFree(m_transaction, holds))
            m_holds.emplace(hold.id, std::move(hold));
        m_now = m_transaction.now(); // Under the locks, and good for all that follows.
        m_known = orders::known(m_transaction, orders);
        for (const auto &row : inventory::areaHoldsOf(m_transaction, holds))
            m_areas[row.hold].push_back({row.area, row.quantity});
    }

    /// Nothing for one that has to go alone.
    [[nodiscard]] Outcome<OrderRow> decide(const Making &one)
    {
        const auto found = m_holds.find(one.command.hold);
        if (found == m_holds.end() || found->second.owner != one.party.owner)
            return std::nullopt;
        const HoldRow &hold = found->second;
        const auto facts = m_facts.find(hold.performance);
        if (facts == m_facts.end() || !facts->second || hold.state != HoldState::Live || hold.heldUntil <= m_now ||
            std::ranges::find(m_known, one.command.order) != m_known.end() ||
            (hold.stillChoosing && facts->second->detail.orphanRule != OrphanRule::Off))
            return std::nullopt;
        m_known.push_back(one.command.order);
        return rowOf(one, hold, *facts->second);
    }

    [[nodiscard]] Result<OrderRow> rowOf(const Making &one, const HoldRow &hold, const PerformanceFacts &facts)
    {
        const HoldView held = parterre::server::viewOf({.row = hold, .areas = m_areas[hold.id], .now = m_now}, facts);
        PT_TRY(auto priced, orderpricing::price(m_transaction, {.party = one.party,
                                                                .facts = facts,
                                                                .held = held.places,
                                                                .lines = one.command.lines,
                                                                .promotion = one.command.promotion,
                                                                .customer = {}}));
        return orderpricing::orderOf(one.command, one.party, hold, std::move(priced), m_now);
    }

    void write(std::vector<OrderRow> &made)
    {
        if (made.empty())
            return;
        std::vector<OrderRow *> rows;
        std::vector<HoldId> holds;
        std::vector<OrderId> orders;
        for (OrderRow &row : made) {
            rows.push_back(&row);
            holds.push_back(row.hold);
            orders.push_back(row.id);
        }
        orders::insertAll(m_transaction, rows);
        orders::expireOthers(m_transaction, holds, orders);
    }

    Transaction &m_transaction;
    const std::vector<const Making *> &m_group;
    const Facts &m_facts;
    Outcomes<OrderView> m_outcomes;
    Instant m_now;
    std::map<HoldId, HoldRow> m_holds;
    std::map<HoldId, std::vector<inventory::AreaHold>> m_areas;
    std::vector<OrderId> m_known;
};

SaleGroups::Outcomes<OrderView> SaleGroups::makeAll(const std::vector<const Making *> &group)
{
    std::vector<HoldId> holds;
    for (const Making *one : group)
        holds.push_back(one->command.hold);
    const auto found = m_database.transact([&](Transaction &transaction) -> Result<std::vector<holds::HoldPlace>> {
        return holds::performancesOf(transaction, holds);
    });
    if (!found)
        return Outcomes<OrderView>(group.size());
    MakingGroup::Facts facts; // Read here, since a lookup may take a connection of its own.
    for (const auto &place : *found) {
        if (!facts.contains(place.performance))
            facts.emplace(place.performance, m_lookup(place.performance));
    }
    auto made = m_database.transact([&](Transaction &transaction) -> Result<Outcomes<OrderView>> {
        return MakingGroup(transaction, group, facts).run();
    });
    return made ? *std::move(made) : failedTogether<OrderView>(group.size(), made.error());
}

SaleGroups::Outcomes<PaymentRow> SaleGroups::startAll(const std::vector<const Starting *> &group)
{
    std::vector<const CommandKey *> keys;
    std::vector<OrderId> orders;
    std::vector<PaymentId> payments;
    for (const Starting *one : group) {
        keys.push_back(&one->key);
        orders.push_back(one->order);
        payments.push_back(one->payment);
    }
    auto started = m_database.transact([&](Transaction &transaction) -> Result<Outcomes<PaymentRow>> {
        Outcomes<PaymentRow> outcomes(group.size());
        const std::vector<bool> isNew = commandlog::beginAll(transaction, keys);
        auto sales = salesteps::lockFree(transaction, orders);
        auto known = payments::known(transaction, payments);
        const Instant now = transaction.now();
        std::vector<salesteps::LockedSale *> frozen;
        std::vector<size_t> starters;
        std::vector<const CommandKey *> alone;
        for (size_t i = 0; i < group.size(); ++i) {
            if (!isNew[i])
                continue;
            const auto sale =
                std::ranges::find(sales, group[i]->order, [](const auto &locked) { return locked.order.id; });
            if (sale == sales.end() || sale->order.owner != group[i]->party.owner || sale->order.promotion ||
                std::ranges::find(known, group[i]->payment) != known.end()) {
                alone.push_back(keys[i]);
                continue;
            }
            known.push_back(group[i]->payment);
            frozen.push_back(&*sale);
            starters.push_back(i);
        }
        commandlog::withdraw(transaction, alone);
        const Instant deadline = now + m_paymentDeadline;
        const auto freezing = salesteps::freezeAll(transaction, frozen, deadline);
        std::vector<const PaymentRow *> begun;
        std::vector<commandlog::Finished> refused;
        for (size_t n = 0; n < frozen.size(); ++n) {
            const size_t i = starters[n];
            if (!freezing[n]) {
                outcomes[i] = refuse(freezing[n].error());
                refused.push_back(
                    {.key = keys[i],
                     .outcome = commandlog::outcomeToJson(Result<OrderView>(refuse(freezing[n].error())))});
                continue;
            }
            PaymentRow row = salesteps::attemptToPay(frozen[n]->order, now, deadline);
            row.id = group[i]->payment;
            row.method = group[i]->method;
            row.cardToken = group[i]->instrument;
            row.provider = group[i]->provider;
            outcomes[i] = std::move(row);
            begun.push_back(&**outcomes[i]);
        }
        if (!begun.empty())
            payments::insertAll(transaction, begun, now);
        commandlog::finishAll(transaction, refused);
        return outcomes;
    });
    return started ? *std::move(started) : failedTogether<PaymentRow>(group.size(), started.error());
}

struct SaleGroups::Sold
{
    size_t place = 0; ///< In the group.
    OrderRow order;
    PaymentRow payment;
    Instant at{};
};

std::vector<SaleGroups::Sold> SaleGroups::confirmCaptured(Transaction &transaction,
                                                          const std::vector<const Settling *> &group) const
{
    std::vector<OrderId> orders;
    std::vector<PaymentId> payments;
    for (const Settling *one : group) {
        orders.push_back(one->payment.order);
        payments.push_back(one->payment.id);
    }
    auto sales = salesteps::lockFree(transaction, orders);
    auto rows = payments::lockFree(transaction, payments);
    std::vector<salesteps::PaidSale> paid;
    std::vector<const PaymentRow *> captured;
    std::vector<OrderRow *> sold;
    std::vector<size_t> places;
    for (size_t i = 0; i < group.size(); ++i) {
        const auto sale =
            std::ranges::find(sales, group[i]->payment.order, [](const auto &locked) { return locked.order.id; });
        const auto payment = std::ranges::find(rows, group[i]->payment.id, &PaymentRow::id);
        if (sale == sales.end() || payment == rows.end() || isSettled(payment->state) ||
            payment->amount != sale->order.total || !decidePayment(payment->state, PaymentState::Captured))
            continue; // Parts of a payment, or another was quicker.
        payment->state = PaymentState::Captured;
        if (!group[i]->answer.reference.isEmpty())
            payment->providerReference = group[i]->answer.reference;
        payment->failure = group[i]->answer.reason;
        paid.push_back({.sale = &*sale, .payment = &*payment});
        captured.push_back(&*payment);
        sold.push_back(&sale->order);
        places.push_back(i);
    }
    if (paid.empty())
        return {};
    payments::updateAll(transaction, captured, transaction.now());
    orders::readCharges(transaction, sold);
    const Instant at = salesteps::confirmAll(transaction, paid, m_sign);
    std::vector<Sold> confirmed;
    for (size_t n = 0; n < paid.size(); ++n)
        confirmed.push_back({.place = places[n], .order = paid[n].sale->order, .payment = *paid[n].payment, .at = at});
    return confirmed;
}

Result<OrderView> SaleGroups::viewOf(const Sold &sold)
{
    const auto facts = m_lookup(sold.order.performance);
    if (!facts || sold.order.promotion) {
        return m_database.transact([&](Transaction &transaction) -> Result<OrderView> {
            return orders::viewOfKnown(transaction, sold.order.id);
        });
    }
    OrderView view = orders::viewOf(sold.order, *facts);
    view.confirmedAt = sold.at;
    view.paymentMethod = sold.payment.method;
    view.paymentState = sold.payment.state;
    view.tickets = sold.order.tickets;
    return view;
}

SaleGroups::Outcomes<OrderView> SaleGroups::settleAll(const std::vector<const Settling *> &group)
{
    const auto sold = m_database.transact(
        [&](Transaction &transaction) -> Result<std::vector<Sold>> { return confirmCaptured(transaction, group); });
    if (!sold)
        return failedTogether<OrderView>(group.size(), sold.error());
    Outcomes<OrderView> outcomes(group.size());
    for (const Sold &one : *sold)
        outcomes[one.place] = viewOf(one);
    return outcomes;
}

} // namespace parterre::server
