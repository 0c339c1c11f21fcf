#pragma once

#include <functional>

namespace parterre::server {

class CatalogService;
class CheckoutService;
class Database;
class HandoverService;
class HoldService;
class HouseSeatService;
class IdentityService;
class LiveMap;
class Router;
class TicketService;

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
    TicketService &tickets;
    LiveMap &liveMap;
    std::function<bool()> isStopping{}; ///< Then `/readyz` says so, while running requests still end.
};

/// Registers `/v1/...`, `/healthz` and `/readyz`. The services must outlive the router.
void addHttpApi(Router &router, const Services &services);

class DeskHub;
/// Registers the WebSocket `/v1/desk`.
void addDeskApi(Router &router, const Services &services, DeskHub &hub);

} // namespace parterre::server
