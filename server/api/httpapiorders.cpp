#include "api/httpapirequest.h"
#include "checkout/checkoutservice.h"
#include "receipts/receiptservice.h"

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

/// A question that needs a body; nothing is written, so it needs no key either.
Result<HttpResponse> askQuote(const HttpRequest &request, const Services &services)
{
    PT_TRY(const SaleParty party, buyerOf(request, services));
    PT_TRY(const AskQuote question, readBody<AskQuote>(request));
    PT_TRY(const OrderQuote quote, services.checkout.quote(party, question));
    return privateJson(200, quote);
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

Result<HttpResponse> getReceipt(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const SaleParty party, readerOf(request, services, id));
    const auto document = receiptOf(services.database, id, party.owner);
    if (!document)
        return refuse(ofPath(document.error()));
    return attachment("application/pdf", document->fileName, document->pdf);
}

} // namespace

void addOrderRoutes(Router &router, const Services &services)
{
    const auto add = [&](const QByteArray &method, const QString &pattern, auto work) {
        router.add(method, pattern,
                   answering([services, work](const HttpRequest &request) { return work(request, services); }));
    };
    add("POST", u"/v1/orders"_s, createOrder);
    add("POST", u"/v1/quotes"_s, askQuote);
    add("GET", u"/v1/orders/{id}"_s, getOrder);
    add("GET", u"/v1/orders/{id}/receipt.pdf"_s, getReceipt);
}

} // namespace parterre::server::api
