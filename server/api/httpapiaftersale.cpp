#include "aftersale/aftersaleservice.h"
#include "api/httpapirequest.h"
#include "api/payinparts.h"
#include "checkout/checkoutservice.h"
#include "receipts/receiptservice.h"

#include <algorithm>

using namespace Qt::StringLiterals;

/// What buyers do themselves after the sale, while their performance says that they may (docs/refunds.md).
namespace parterre::server::api {

namespace {

/// The body of a refund; the path names the order.
struct OrderRefund
{
    RefundId refund;
    std::vector<int> lines{};        ///< None for all that are not given back yet.
    std::optional<QString> reason{}; ///< For the box office.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("refund", refund);
        fields.optional("lines", lines, {.min = 1, .max = limits::orderLinesMax, .countMax = limits::orderLinesMax});
        fields("reason", reason, {.charactersMax = limits::noteCharactersMax, .charactersMin = 1});
    }
};

/// The body of an exchange; the path names the order whose places are given back.
struct OrderExchange
{
    OrderId order; ///< The new one, which is open.
    RefundId refund;
    std::vector<int> lines{};
    std::optional<QString> reason{};
    PaymentId payment; ///< Of what the new places cost more.
    std::optional<QString> cardToken{};
    std::vector<GiftCardTender> giftCards{};

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("order", order);
        fields("refund", refund);
        fields.optional("lines", lines, {.min = 1, .max = limits::orderLinesMax, .countMax = limits::orderLinesMax});
        fields("reason", reason, {.charactersMax = limits::noteCharactersMax, .charactersMin = 1});
        fields("payment", payment);
        fields("card_token", cardToken, {.charactersMax = limits::tokenCharactersMax, .charactersMin = 1});
        fields.optional("gift_cards", giftCards, {.countMax = limits::giftCardsPerPaymentMax});
    }
};

RefundActor buyerAsActor(const SaleParty &party)
{
    return {.principal = party.owner, .right = RefundRight::OwnWhileRefundable, .isAtDesk = false};
}

QString reasonOf(const std::optional<QString> &typed)
{
    return typed && !typed->trimmed().isEmpty() ? *typed : u"Asked for by its buyer"_s;
}

Result<HttpResponse> refundOrder(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const Writer writer, writerOf(request, services, id));
    PT_TRY(const OrderRefund body, readBody<OrderRefund>(request));
    const RefundLines command{.refund = body.refund, .order = id, .lines = body.lines, .reason = reasonOf(body.reason)};
    const auto order =
        services.afterSale.refund(buyerAsActor(writer.party), writer.commandKey(u"refund_order"_s, command), command);
    if (!order)
        return refuse(order.error().field == u"/order"_s ? ofPath(order.error()) : order.error());
    return orderJson(201, *order);
}

Result<HttpResponse> exchangeOrder(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const Writer writer, writerOf(request, services));
    PT_TRY(const SaleParty giver, readerOf(request, services, id)); // Who came with the mail's link bought elsewhere.
    PT_TRY(const OrderExchange body, readBody<OrderExchange>(request));
    const ExchangeOrder command{.order = body.order,
                                .from = id,
                                .lines = body.lines,
                                .refund = body.refund,
                                .reason = reasonOf(body.reason),
                                .payment = body.payment,
                                .cardToken = body.cardToken,
                                .giftCards = body.giftCards};
    PT_TRY(const OrderView order,
           exchangePlaces(services, buyerAsActor(giver), writer.party, writer.commandKey(u"exchange_order"_s, command),
                          command, request.peer));
    return orderJson(order.state == OrderState::PaymentPending ? 202 : 201, order);
}

Result<HttpResponse> getCreditNote(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const SaleParty party, readerOf(request, services, id));
    PT_TRY(const OrderView order, services.checkout.find(party, id));
    PT_TRY(const auto refund, pathId<RefundId>(request, u"refund"_s));
    if (std::ranges::find(order.refunds, refund, &RefundView::id) == order.refunds.end())
        return refuse(ErrorCode::NotFound, u"There is nothing at this address. Check the id in it."_s);
    const auto document = creditNoteOf(services.database, refund, party.owner);
    if (!document)
        return refuse(ofPath(document.error()));
    return attachment("application/pdf", document->fileName, document->pdf);
}

} // namespace

void addAfterSaleRoutes(Router &router, const Services &services)
{
    router.add("POST", u"/v1/orders/{id}/refunds"_s,
               answering([services](const HttpRequest &request) { return refundOrder(request, services); }));
    router.add("GET", u"/v1/orders/{id}/refunds/{refund}/credit-note.pdf"_s,
               answering([services](const HttpRequest &request) { return getCreditNote(request, services); }));
    router.add("POST", u"/v1/orders/{id}/exchanges"_s, onCardWorkers(services, [services](const HttpRequest &request) {
                   return exchangeOrder(request, services);
               }));
}

} // namespace parterre::server::api
