#pragma once

#include <QByteArrayList>
#include <QStringList>

#include <functional>

namespace parterre {
class Clock;
}

namespace parterre::server {

class AfterSaleService;
class CancellationService;
class CatalogService;
class CheckoutService;
class Database;
class FulfilmentService;
class GiftCardService;
class HandoverService;
class HoldService;
class HouseSeatService;
class IdentityService;
class LiveMap;
class PassSigner;
class Router;
class TicketService;
class WorkerPool;

/// What the transports stand on. Desk and API reach the same services; no rule lives in a transport.
struct Services
{
    Database &database;
    CatalogService &catalog;
    IdentityService &identity;
    HoldService &holds;
    HouseSeatService &houseSeats;
    HandoverService &handovers;
    CheckoutService &checkout;
    AfterSaleService &afterSale;
    CancellationService &cancellations;
    GiftCardService &giftCards;
    TicketService &tickets;
    FulfilmentService &fulfilment;
    LiveMap &liveMap;
    std::function<bool()> isStopping{}; ///< Then `/readyz` says so, while running requests still end.
    WorkerPool *cardWorkers = nullptr;  ///< For what waits for the card provider; null: it waits on our own thread.
    QStringList cardTerminals{};        ///< Of the box office, by name.
    QByteArrayList stripeWebhookSecrets{};
    const Clock *clock = nullptr;         ///< Needed with secrets and passes alone.
    std::function<void()> newsHaveCome{}; ///< A payment should be asked for now.
    std::function<QString()> shopUrl{};   ///< As buyers reach us, without a slash at the end.
    const PassSigner *passes = nullptr;   ///< For Apple Wallet; null: there are none.
};

/// Registers `/v1/...`, `/healthz` and `/readyz`. The services must outlive the router.
void addHttpApi(Router &router, const Services &services);

class DeskHub;
/// Registers the WebSocket `/v1/desk`.
void addDeskApi(Router &router, const Services &services, DeskHub &hub);

} // namespace parterre::server
