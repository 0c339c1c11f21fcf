#include "api/httpapirequest.h"

namespace parterre::server {

void addHttpApi(Router &router, const Services &services)
{
    api::addServiceRoutes(router, services);
    api::addCatalogRoutes(router, services);
    api::addLiveRoutes(router, services);
    api::addHoldRoutes(router, services);
    api::addOrderRoutes(router, services);
    api::addTicketRoutes(router, services);
    api::addPaymentRoutes(router, services);
    api::addAfterSaleRoutes(router, services);
    api::addGiftCardRoutes(router, services);
}

} // namespace parterre::server
