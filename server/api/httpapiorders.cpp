#include "api/httpapirequest.h"
#include "checkout/checkoutservice.h"
#include "ticketing/ticketservice.h"

using namespace Qt::StringLiterals;

namespace parterre::server::api {

namespace {

/// The body of a payment; the path names the order.
struct CardPayment
{
    PaymentId payment;
    QString cardToken;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
        fields("card_token", cardToken, {.charactersMax = limits::tokenCharactersMax, .charactersMin = 1});
    }
};

Result<HttpResponse> createOrder(const HttpRequest &request, const Services &services)
{
    PT_TRY(const Writer writer, writerOf(request, services));
    PT_TRY(const CreateOrder command, readBody<CreateOrder>(request));
    PT_TRY(const OrderView order,
           services.checkout.createOrder(writer.party, writer.commandKey(u"create_order"_s, command), command));
    return privateJson(201, order).with("Location", "/v1/orders/" + order.id.text().toLatin1());
}

Result<HttpResponse> getOrder(const HttpRequest &request, const Services &services)
{
    PT_TRY(const SaleParty party, buyerOf(request, services));
    PT_TRY(const auto id, pathId<OrderId>(request));
    const auto order = services.checkout.find(party, id);
    if (!order)
        return refuse(ofPath(order.error()));
    return privateJson(200, *order);
}

/// An order whose payment has no outcome yet is accepted, not refused: it settles by itself, and the caller asks for
/// the order until it has.
Result<HttpResponse> payOrder(const HttpRequest &request, const Services &services)
{
    PT_TRY(const Writer writer, writerOf(request, services));
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(CardPayment body, readBody<CardPayment>(request));
    const PayCard command{.payment = body.payment, .order = id, .cardToken = std::move(body.cardToken)};
    auto order = services.checkout.payCard(writer.party, writer.commandKey(u"pay_card"_s, command), command);
    if (!order && order.error().code == ErrorCode::PaymentInDoubt) {
        if (auto known = services.checkout.find(writer.party, id); known)
            order = std::move(known);
    }
    if (!order)
        return refuse(order.error().field == u"/order"_s ? ofPath(order.error()) : order.error());
    switch (order->state) {
    case OrderState::Confirmed:
        return privateJson(201, *order);
    case OrderState::PaymentPending:
        return privateJson(202, *order);
    case OrderState::Open:
    case OrderState::Expired:
        break;
    }
    return refuse(ErrorCode::PaymentDeclined,
                  u"The payment did not go through, and nothing was charged. Try another card."_s);
}

Result<HttpResponse> getTickets(const HttpRequest &request, const Services &services)
{
    PT_TRY(const SaleParty party, buyerOf(request, services));
    PT_TRY(const auto id, pathId<OrderId>(request));
    const auto document = services.tickets.ticketsOf(id, party.owner);
    if (!document)
        return refuse(ofPath(document.error()));
    return HttpResponse::bytes(200, "application/pdf", document->pdf)
        .with("Content-Disposition", "attachment; filename=\"" + document->fileName.toLatin1() + '"')
        .with("Cache-Control", "no-store");
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
    add("POST", u"/v1/orders/{id}/payments"_s, payOrder);
    add("GET", u"/v1/orders/{id}/tickets.pdf"_s, getTickets);
}

} // namespace parterre::server::api
