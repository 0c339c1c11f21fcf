#pragma once

#include "aftersale/aftersaleservice.h"
#include "aftersale/cancellationservice.h"
#include "catalog/catalogservice.h"
#include "checkout/checkoutservice.h"
#include "db/database.h"
#include "giftcards/giftcardservice.h"
#include "holds/handoverservice.h"
#include "holds/holdservice.h"
#include "holds/houses.h"
#include "houseseats/houseseatservice.h"
#include "inventory/seatmirror.h"
#include "payments/testcardprovider.h"
#include "support/need.h"
#include "ticketing/fulfilmentservice.h"
#include "ticketing/ticketservice.h"

#include <QString>

#include <atomic>
#include <future>
#include <memory>
#include <vector>

namespace parterre::test {

struct SaleNodeOptions
{
    server::CardProvider *provider = nullptr; ///< Instead of the test card provider; must outlive the node.
    Seconds paymentDeadline{limits::paymentSecondsMax};
    int connectionsMax = 16;
    std::shared_ptr<server::Database> database{}; ///< Instead of a pool of its own.
};

/// The services of a sale as one server composes them, on a database that may have other nodes. What a node cannot
/// make ends the test with the reason.
class SaleNode
{
public:
    explicit SaleNode(const QString &dsn, const SaleNodeOptions &options = {});
    virtual ~SaleNode();
    SaleNode(const SaleNode &) = delete;
    SaleNode &operator=(const SaleNode &) = delete;

    [[nodiscard]] const QString &dsn() const { return m_dsn; }
    [[nodiscard]] server::Database &database() { return *m_database; }
    [[nodiscard]] server::SeatMirror &mirror() { return *m_mirror; }
    [[nodiscard]] server::CatalogService &catalog() { return *m_catalog; }
    [[nodiscard]] server::TicketService &tickets() { return *m_tickets; }
    [[nodiscard]] server::FulfilmentService &fulfilment() { return *m_fulfilment; }
    [[nodiscard]] server::HoldService &holds() { return *m_holds; }
    [[nodiscard]] server::HouseSeatService &houseSeats() { return *m_houseSeats; }
    [[nodiscard]] server::HandoverService &handovers() { return *m_handovers; }
    [[nodiscard]] server::CheckoutService &checkout() { return *m_checkout; }
    [[nodiscard]] server::AfterSaleService &afterSale() { return *m_afterSale; }
    [[nodiscard]] server::CancellationService &cancellations() { return *m_cancellations; }
    [[nodiscard]] server::GiftCardService &giftCards() { return *m_giftCards; }
    [[nodiscard]] server::CardProvider &provider() { return *m_provider; }
    /// The one with books of its own in the database, also where another takes the payments.
    [[nodiscard]] server::TestCardProvider &testProvider() { return *m_testProvider; }

    /// The one performance on sale.
    [[nodiscard]] const PerformanceId &performance() const { return m_performance; }
    [[nodiscard]] PerformanceDetail detail();
    /// Its map as the database has it, past every memory.
    [[nodiscard]] MapSnapshot storedMap();
    [[nodiscard]] const LayoutIndex &layout() const { return *m_layout; }
    [[nodiscard]] server::PerformanceLookup lookup();
    /// How often a service said that the map may have changed.
    [[nodiscard]] int changes() const { return m_changes; }
    /// Calls `hook` as well then, on the thread of the service. To be set before there is more than one.
    void whenChanged(server::HoldService::Changed hook) { m_whenChanged = std::move(hook); }
    [[nodiscard]] PriceTypeId priceType(const QString &name = QStringLiteral("Adult"));

    // One command each, under a new command id.
    [[nodiscard]] Result<HoldView> take(const server::SaleParty &party, const TakeHold &command);
    [[nodiscard]] Result<HoldView> takeSeats(const server::SaleParty &party, const std::vector<QString> &seats,
                                             const HoldId &hold = HoldId::create());
    [[nodiscard]] Result<HoldView> takeYard(const server::SaleParty &party, int quantity,
                                            const HoldId &hold = HoldId::create());
    [[nodiscard]] Result<HoldView> renew(const server::SaleParty &party, const HoldId &hold);
    [[nodiscard]] Result<HoldView> release(const server::SaleParty &party, const ReleaseHold &command);
    /// Every held place at one price type.
    [[nodiscard]] Result<OrderView> order(const server::SaleParty &party, const HoldView &hold,
                                          const QString &priceTypeName = QStringLiteral("Adult"));
    [[nodiscard]] Result<OrderView> payCash(const server::SaleParty &party, const OrderView &order,
                                            const Money &tendered);
    [[nodiscard]] Result<OrderView> payCard(const server::SaleParty &party, const OrderView &order,
                                            const QString &cardToken = QStringLiteral("pm_card_visa"));
    /// Takes, orders and pays: cash at the desk, a good card elsewhere.
    [[nodiscard]] Result<OrderView> sell(const server::SaleParty &party, const std::vector<QString> &seats,
                                         int standing = 0);

    [[nodiscard]] static server::CommandKey newKey(const server::SaleParty &party);

protected:
    /// Once there is something on sale.
    void findPerformance();

private:
    QString m_dsn;
    std::shared_ptr<server::Database> m_database;
    std::unique_ptr<server::SeatMirror> m_mirror;
    std::unique_ptr<server::CatalogService> m_catalog;
    std::unique_ptr<server::Houses> m_houses;
    std::unique_ptr<server::TicketService> m_tickets;
    std::unique_ptr<server::FulfilmentService> m_fulfilment;
    std::unique_ptr<server::TestCardProvider> m_testProvider;
    server::CardProvider *m_provider = nullptr;
    std::unique_ptr<server::HoldService> m_holds;
    std::unique_ptr<server::HouseSeatService> m_houseSeats;
    std::unique_ptr<server::HandoverService> m_handovers;
    std::unique_ptr<server::CheckoutService> m_checkout;
    std::unique_ptr<server::AfterSaleService> m_afterSale;
    std::unique_ptr<server::CancellationService> m_cancellations;
    std::unique_ptr<server::GiftCardService> m_giftCards;
    PerformanceId m_performance;
    std::shared_ptr<const LayoutIndex> m_layout;
    std::atomic<int> m_changes = 0;
    server::HoldService::Changed m_whenChanged;
};

/// What `ask(done)` is answered, which is on another thread and later.
template <class Ask>
[[nodiscard]] Result<HoldView> answerOf(const Ask &ask)
{
    // Shared, since the thread that answers may still be in set_value() when ours goes on.
    const auto answer = std::make_shared<std::promise<Result<HoldView>>>();
    ask([answer](Result<HoldView> outcome) { answer->set_value(std::move(outcome)); });
    return answer->get_future().get();
}

/// The code of a refusal as text for QCOMPARE, or `ok`.
template <class T>
[[nodiscard]] QString refusal(const Result<T> &result)
{
    return result ? QStringLiteral("ok") : errorCodeName(result.error().code);
}

} // namespace parterre::test
