#include "api/httpapirequest.h"
#include "checkout/checkoutservice.h"

using namespace Qt::StringLiterals;

namespace parterre::server::api {

namespace {

Result<HttpResponse> createOrder(const HttpRequest &request, const Services &services)
{
    PT_TRY(const Writer writer, writerOf(request, services));
    PT_TRY(const CreateOrder command, readBody<CreateOrder>(request));
    PT_TRY(const OrderView order,
           services.checkout.createOrder(writer.party, writer.commandKey(u"create_order"_s, command), command));
    return orderJson(201, order).with("Location", "/v1/orders/" + order.id.text().toLatin1());
}

Result<HttpResponse> getOrder(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const SaleParty party, readerOf(request, services, id));
    const auto order = services.checkout.find(party, id);
    if (!order)
        return refuse(ofPath(order.error()));
    return orderJson(200, *order);
}

} // namespace

void addOrderRoutes(Router &router, const Services &services)
{
    const auto add = [&](const QByteArray &method, const QString &pattern, auto work) {
        router.add(method, pattern,
                   answering([services, work](const HttpRequest &request) { return work(request, services); }));
    };
    add("POST", u"/v1/orders"_s, createOrder);
    add("GET", u"/v1/orders/{id}"_s, getOrder);
}

} // namespace parterre::server::api
