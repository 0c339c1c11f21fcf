#include "aftersale/exchangesteps.h"

#include "aftersale/refundsteps.h"
#include "base/assert.h"
#include "checkout/orderplaces.h"
#include "checkout/promotions.h"
#include "checkout/salesledger.h"
#include "db/transaction.h"
#include "giftcards/giftcardrepository.h"
#include "inventory/inventoryrepository.h"
#include "receipts/receiptrepository.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace parterre::server::exchangesteps {

namespace {

/// The places of one or two performances under lock, and what becomes of them.
class Maps
{
public:
    Maps(Transaction &transaction, const PerformanceId &first, const OrderPlaces &given, const PerformanceId &second,
         const OrderPlaces &taken)
        : m_transaction(transaction)
    {
        add(first, given);
        add(second, taken);
        for (auto &[performance, stage] : m_stages) { // By id, as 0014_exchanges.sql says.
            const auto locked = inventory::lockPlaces(transaction, performance, stage.seatNumbers, stage.areaNumbers);
            for (const SeatRecord &seat : locked.seats)
                stage.seats.emplace(seat.number, seat);
            for (const AreaRecord &area : locked.areas)
                stage.areas.emplace(area.number, area);
            m_now = locked.now;
        }
    }
    void giveBack(const PerformanceId &performance, const OrderPlaces &places, const OrderId &order)
    {
        Stage &stage = m_stages.at(performance);
        stage.set(decideGiveBack(stage.of(places.seats), order));
        for (const auto &[area, quantity] : places.areas)
            stage.areas.at(area) = decideAreaGivenBack(stage.areas.at(area), quantity);
    }
    void sell(const PerformanceId &performance, const OrderPlaces &places, const HoldId &hold, const OrderId &order)
    {
        Stage &stage = m_stages.at(performance);
        stage.set(decideConfirm(stage.of(places.seats), hold, order));
        for (const auto &[area, quantity] : places.areas)
            stage.areas.at(area) = decideAreaSold(stage.areas.at(area), quantity);
    }
    void write()
    {
        for (auto &[performance, stage] : m_stages) {
            inventory::writeSeats(m_transaction, performance, stage.allSeats());
            inventory::writeAreas(m_transaction, performance, stage.allAreas(), m_now);
        }
    }
    void record()
    {
        for (auto &[performance, stage] : m_stages)
            inventory::recordChange(m_transaction, performance, stage.allSeats(), stage.allAreas());
    }
    [[nodiscard]] Instant now() const { return m_now; }

private:
    struct Stage
    {
        std::vector<int> seatNumbers;
        std::vector<int> areaNumbers;
        std::map<int, SeatRecord> seats;
        std::map<int, AreaRecord> areas;

        [[nodiscard]] std::vector<SeatRecord> of(const std::vector<int> &numbers) const
        {
            std::vector<SeatRecord> records;
            for (const int number : numbers)
                records.push_back(seats.at(number));
            return records;
        }
        void set(const Result<std::vector<SeatRecord>> &records)
        {
            PT_ASSERT(records.has_value(), "what is sold is its order's, and a frozen hold keeps its seats");
            for (const SeatRecord &record : *records)
                seats.at(record.number) = record;
        }
        [[nodiscard]] std::vector<SeatRecord> allSeats() const { return of(seatNumbers); }
        [[nodiscard]] std::vector<AreaRecord> allAreas() const
        {
            std::vector<AreaRecord> records;
            for (const auto &[ignored, record] : areas)
                records.push_back(record);
            return records;
        }
    };

    void add(const PerformanceId &performance, const OrderPlaces &places)
    {
        Stage &stage = m_stages[performance];
        stage.seatNumbers.insert(stage.seatNumbers.end(), places.seats.begin(), places.seats.end());
        std::ranges::sort(stage.seatNumbers);
        for (const auto &[area, ignored] : places.areas) {
            if (std::ranges::find(stage.areaNumbers, area) == stage.areaNumbers.end())
                stage.areaNumbers.push_back(area);
        }
        std::ranges::sort(stage.areaNumbers);
    }

    Transaction &m_transaction;
    std::map<PerformanceId, Stage> m_stages;
    Instant m_now;
};

/// The one that leads, and its parts.
std::vector<PaymentRow> paymentsOf(Transaction &transaction, const PaymentRow *lead)
{
    if (!lead)
        return {};
    std::vector<PaymentRow> payments = payments::partsOf(transaction, lead->id);
    payments.push_back(*lead);
    return payments;
}

} // namespace

void lockPlaces(Transaction &transaction, const salesteps::LockedSale &sale, const std::vector<int> &lines)
{
    (void)Maps(transaction, sale.exchanged->performance, placesOf(*sale.exchanged, lines), sale.order.performance,
               placesOf(sale.order));
}

void lockMoney(Transaction &transaction, const salesteps::LockedSale &sale)
{
    (void)refunds::lockPaidParts(transaction, sale.exchanged->id, sale.exchanged->total.currency(),
                                 giftcards::thoseThatPay(transaction, sale.order.id));
}

void confirm(Transaction &transaction, salesteps::LockedSale &sale, const PaymentRow *payment,
             const salesteps::SignTicket &sign)
{
    PT_ASSERT(sale.exchanged.has_value(), "the order whose places are given back is locked too");
    OrderRow &from = *sale.exchanged;
    const ExchangeRow exchange = exchanges::pending(transaction, sale.order.id);
    const OrderPlaces given = placesOf(from, exchange.lines);
    const OrderPlaces taken = placesOf(sale.order);
    SoldOrder sold = refundsteps::soldOrder(transaction, from);
    sold.inExchange.clear(); // They are ours.
    promotions::lockOf(transaction, sale.order, from);
    Maps maps(transaction, from.performance, given, sale.order.performance, taken);
    const auto plan = decideExchange(
        sold,
        {.order = sale.order.id,
         .from = from.id,
         .lines = exchange.lines,
         .refund = exchange.refund,
         .reason = exchange.reason,
         .payment = {}},
        sale.order.total, {.principal = exchange.principal, .right = RefundRight::Any, .isAtDesk = exchange.isAtDesk},
        maps.now());
    PT_ASSERT(plan.has_value(), "lines that wait for their exchange are nobody else's");
    const std::vector<PaymentRow> paid = paymentsOf(transaction, payment);
    const Money sum = std::accumulate(paid.begin(), paid.end(), Money(0, sale.order.total.currency()),
                                      [](const Money &all, const PaymentRow &each) { return all + each.amount; });
    PT_ASSERT(plan->due == sum, "an exchange is confirmed by payments of all that the new places cost more");

    exchanges::finish(transaction, sale.order.id, maps.now());
    for (const ExchangeCredit &credit : plan->credits)
        exchanges::insertCredit(transaction, exchange, credit);
    refundsteps::writeRefund(transaction, from,
                             {.id = exchange.refund,
                              .order = from.id,
                              .cause = RefundCause::Exchange,
                              .reason = exchange.reason,
                              .principal = exchange.principal,
                              .amount = plan->given.amount,
                              .lines = plan->given.lines},
                             plan->given);
    refunds::removeSoldPlaces(transaction, from.id, exchange.lines);
    maps.giveBack(from.performance, given, from.id);
    maps.sell(sale.order.performance, taken, sale.hold.id, sale.order.id);
    maps.write();
    salesteps::closeSale(transaction, sale, sign, maps.now());
    ledger::enterExchange(transaction, sale.order, paid);
    maps.record();
    receipts::issue(transaction, sale.order.id, maps.now());
}

} // namespace parterre::server::exchangesteps
