#include "api/httpapirequest.h"
#include "giftcards/giftcardservice.h"

using namespace Qt::StringLiterals;

namespace parterre::server::api {

namespace {

/// In the body, since an address ends in logs.
struct AskBalance
{
    QString code;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("code", code, {.charactersMax = limits::giftCardCodeTypedMax, .charactersMin = 1});
    }
};

Result<HttpResponse> balance(const HttpRequest &request, const Services &services)
{
    PT_TRY(const SaleParty party, buyerOf(request, services));
    PT_TRY(const AskBalance question, readBody<AskBalance>(request));
    PT_TRY(const GiftCardBalance balance, services.giftCards.balance(party, question.code, request.peer));
    return privateJson(200, balance);
}

} // namespace

void addGiftCardRoutes(Router &router, const Services &services)
{
    router.add("POST", u"/v1/gift-cards/balance"_s,
               answering([services](const HttpRequest &request) { return balance(request, services); }));
}

} // namespace parterre::server::api
