#include "api/httpapirequest.h"
#include "api/payinparts.h"
#include "api/quickbody.h"
#include "checkout/checkoutservice.h"
#include "payments/newsqueue.h"
#include "payments/stripecardprovider.h"
#include "payments/stripewebhook.h"
#include "runtime/workerpool.h"

#include <QLoggingCategory>

using namespace Qt::StringLiterals;

namespace parterre::server::api {

namespace {

Q_LOGGING_CATEGORY(logWebhooks, "parterre.webhooks")

constexpr qsizetype promptEventBytesMax = 16 * 1024; ///< Larger ones are hashed where nobody waits for it.

/// The body of a payment; the path names the order.
struct OrderPayment
{
    PaymentId payment;
    std::optional<QString> cardToken{};      ///< For all of it, or for what the gift cards leave.
    std::vector<GiftCardTender> giftCards{}; ///< Also vouchers.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
        fields("card_token", cardToken, {.charactersMax = limits::tokenCharactersMax, .charactersMin = 1});
        fields.optional("gift_cards", giftCards, {.countMax = limits::giftCardsPerPaymentMax});
    }
};

Result<OrderView> pay(const HttpRequest &request, const Services &services, const Writer &writer, const OrderId &order,
                      const OrderPayment &body)
{
    if (!body.giftCards.empty()) {
        const PayInParts command{
            .payment = body.payment, .order = order, .giftCards = body.giftCards, .cardToken = body.cardToken};
        return payInParts(services, writer.party, writer.commandKey(u"pay_in_parts"_s, command), command, request.peer);
    }
    if (!body.cardToken)
        return refuse(ErrorCode::InvalidInput, u"is missing, and so are gift cards"_s, u"/card_token"_s);
    const PayCard command{.payment = body.payment, .order = order, .cardToken = *body.cardToken};
    return services.checkout.payCard(writer.party, writer.commandKey(u"pay_card"_s, command), command);
}

/// An order whose payment has no outcome yet is accepted, not refused: it settles by itself, and the caller asks for
/// the order until it has. Where the holder of the card has to confirm, the order says where.
Result<HttpResponse> payOrder(const HttpRequest &request, const Services &services)
{
    PT_TRY(const Writer writer, writerOf(request, services));
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const OrderPayment body, readBody<OrderPayment>(request));
    auto order = pay(request, services, writer, id, body);
    if (!order && order.error().code == ErrorCode::PaymentInDoubt) {
        if (auto known = services.checkout.find(writer.party, id); known)
            order = std::move(known);
    }
    if (!order)
        return refuse(order.error().field == u"/order"_s ? ofPath(order.error()) : order.error());
    switch (order->state) {
    case OrderState::Confirmed:
    case OrderState::PartlyRefunded: // A repeat, after places were given back.
    case OrderState::Refunded:
    case OrderState::Exchanged:
        return orderJson(201, *order);
    case OrderState::PaymentPending:
        return orderJson(202, *order);
    case OrderState::Open:
    case OrderState::Expired:
        break;
    }
    return refuse(ErrorCode::PaymentDeclined,
                  u"The payment did not go through, and nothing was charged. Try another card."_s);
}

/// Whoever knows one of the secrets has sent it.
Status checkSender(const HttpRequest &request, const Services &services)
{
    if (services.stripeWebhookSecrets.isEmpty())
        return refuse(ErrorCode::NotFound, u"No webhooks are expected here: stripe-webhook-secret-file is not set."_s);
    return checkStripeSignature(request.header("stripe-signature"), request.body, services.stripeWebhookSecrets,
                                services.clock->now());
}

QuickValue objectIn(QuickValue outer, const char *name)
{
    const QuickValue value = outer ? quick::member(outer, name) : nullptr;
    return value && quick::isObject(value) ? value : nullptr;
}

bool hasText(QuickValue object, const char *name, QString &text)
{
    const QuickValue value = object ? quick::member(object, name) : nullptr;
    return value && quick::read(value, text, {.charactersMax = stripeIdCharactersMax, .charactersMin = 1});
}

/// True where our own calls hear what these news say, so that there is nothing to write down. Five of each payment are
/// such, of which nothing else is wanted; what is not as it is looked for here is read as a whole.
bool isAtHand(const QByteArray &event, const Services &services)
{
    const QuickDocument document(event);
    QString id;
    QString type;
    if (!hasText(document.object(), "id", id) || !hasText(document.object(), "type", type))
        return false;
    const ProviderNews::Kind kind = stripeEventKind(type);
    if (kind != ProviderNews::Kind::Progress && kind != ProviderNews::Kind::MoneyCame)
        return false;
    const QuickValue metadata = objectIn(objectIn(objectIn(document.object(), "data"), "object"), "metadata");
    const QuickValue named = metadata ? quick::member(metadata, "payment") : nullptr;
    QUuid payment;
    const auto *stripe = dynamic_cast<const StripeCardProvider *>(&services.checkout.providerOf(PaymentMethod::Card));
    return named && quick::read(named, payment) && stripe && stripe->isAtHand(PaymentId(payment));
}

/// Answered when it is heard, which takes no thread while it waits. What is not about a payment of ours is taken as
/// well: Stripe repeats what is refused for three days, and others may use the same account.
void takeStripeEvent(const HttpRequest &request, const HttpReply &reply, const Services &services, NewsQueue &queue)
{
    if (const Status sender = checkSender(request, services); !sender)
        return reply.send(problemResponse(sender.error()));
    if (isAtHand(request.body, services))
        return reply.send(HttpResponse::empty(200));
    auto news = readStripeEvent(request.body);
    if (!news)
        return reply.send(problemResponse(news.error()));
    const QString name = news->id + u' ' + news->type + u' ' + news->reference;
    queue.add(*std::move(news), [reply, name, newsHaveCome = services.newsHaveCome](const Result<NewsOutcome> &heard) {
        if (!heard)
            return reply.send(problemResponse(heard.error()));
        if (*heard == NewsOutcome::NotOurs)
            qCInfo(logWebhooks).noquote() << name << "is about no payment of ours";
        else if (newsHaveCome && *heard == NewsOutcome::Taken)
            newsHaveCome();
        reply.send(HttpResponse::empty(200));
    });
}

} // namespace

HttpHandler onCardWorkers(const Services &services, std::function<Result<HttpResponse>(const HttpRequest &)> work)
{
    return [services, answer = answering(std::move(work))](const HttpRequest &request, const HttpReply &reply) {
        if (!services.cardWorkers)
            return answer(request, reply);
        if (!services.cardWorkers->tryRun([answer, request, reply] { answer(request, reply); }))
            reply.send(problemResponse({.code = ErrorCode::Overloaded,
                                        .message = u"Many payments are under way. Nothing was charged; try again in "
                                                   "a few seconds."_s,
                                        .retryAfterSeconds = 3}));
    };
}

void addPaymentRoutes(Router &router, const Services &services)
{
    router.add("POST", u"/v1/orders/{id}/payments"_s,
               onCardWorkers(services, [services](const HttpRequest &request) { return payOrder(request, services); }));
    const auto hear = [services, queue = std::make_shared<NewsQueue>(services.database)](const HttpRequest &request,
                                                                                         const HttpReply &reply) {
        takeStripeEvent(request, reply, services, *queue);
    };
    // Five events come of each payment, and to look at one takes less time than to wake a worker for it.
    router.add("POST", u"/v1/webhooks/stripe"_s, hear,
               {.prompt = [hear](const HttpRequest &request, const HttpReply &reply) {
                   if (request.body.size() > promptEventBytesMax)
                       return false;
                   hear(request, reply);
                   return true;
               }});
}

} // namespace parterre::server::api
