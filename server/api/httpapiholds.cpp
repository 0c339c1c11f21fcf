#include "api/httpapirequest.h"
#include "holds/handoverservice.h"
#include "houseseats/houseseatservice.h"
#include "protocol/messages.h"

using namespace Qt::StringLiterals;

namespace parterre::server::api {

namespace {

/// The body of a release; the path names the hold.
struct ReleasePlaces
{
    std::vector<QString> seats;
    std::vector<AreaQuantity> areas;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields.optional(
            "seats", seats,
            {.charactersMax = limits::seatKeyCharactersMax, .charactersMin = 1, .countMax = limits::seatsPerHoldMax});
        fields.optional("areas", areas, {.countMax = limits::areasPerHoldMax});
    }
};

/// The service may answer later and on another thread.
HoldService::Done answerTo(const HttpRequest &request, const HttpReply &reply, int status)
{
    // Of the request what a log names it by; headers and body are not kept while it waits.
    HttpRequest named;
    named.method = request.method;
    named.path = request.path;
    named.requestId = request.requestId;
    return [named = std::move(named), reply, status](const Result<HoldView> &hold) {
        (void)faultPoint("reply_before_send");
        reply.send(hold ? privateJson(status, *hold) : refusal(hold.error(), named));
    };
}

/// Has a request carried out, or refuses it before anything was asked of the service. It waits for nobody, so that a
/// hold whose buyer is known goes from the network's thread straight into its queue.
using HoldWork = Status (*)(const HttpRequest &, const Services &, const Writer &, const HttpReply &);

Status takeHold(const HttpRequest &request, const Services &services, const Writer &writer, const HttpReply &reply)
{
    PT_TRY(const TakeHold command, readBody<TakeHold>(request));
    PT_CHECK(command.checkAsksForSomething());
    auto answer = answerTo(request, reply, 201);
    if (command.accessCode) {
        PT_CHECK(services.houseSeats.checkGuesses(request.peer));
        answer = [&guesses = services.houseSeats, peer = request.peer, told = std::move(answer)](auto hold) {
            if (!hold && hold.error().field == u"/access_code")
                guesses.guessedWrong(peer);
            told(std::move(hold));
        };
    }
    services.holds.take(writer.party, writer.commandKey(u"take_hold"_s, command), command, std::move(answer));
    return {};
}

Status renewHold(const HttpRequest &request, const Services &services, const Writer &writer, const HttpReply &reply)
{
    PT_TRY(const auto hold, pathId<HoldId>(request));
    PT_CHECK(readBody<protocol::Nothing>(request));
    services.holds.renew(writer.party, writer.commandKey(u"renew_hold"_s, protocol::OneHold{hold}), hold,
                         answerTo(request, reply, 200));
    return {};
}

Status release(const HttpRequest &request, const Services &services, const Writer &writer, const HttpReply &reply)
{
    PT_TRY(const auto hold, pathId<HoldId>(request));
    PT_TRY(ReleasePlaces places, readBody<ReleasePlaces>(request));
    const ReleaseHold command{.hold = hold, .seats = std::move(places.seats), .areas = std::move(places.areas)};
    services.holds.release(writer.party, writer.commandKey(u"release_hold"_s, command), command,
                           answerTo(request, reply, 200));
    return {};
}

Status dropHold(const HttpRequest &request, const Services &services, const Writer &writer, const HttpReply &reply)
{
    PT_TRY(const auto hold, pathId<HoldId>(request));
    PT_CHECK(readBody<protocol::Nothing>(request));
    const ReleaseHold command{.hold = hold, .seats = {}, .areas = {}};
    services.holds.release(writer.party, writer.commandKey(u"release_hold"_s, command), command,
                           answerTo(request, reply, 200));
    return {};
}

/// Asked for by its address, a hold that is not there is not found rather than over; one that was handed over is
/// neither.
Result<HttpResponse> getHold(const HttpRequest &request, const Services &services)
{
    PT_TRY(const SaleParty party, buyerOf(request, services));
    PT_TRY(const auto id, pathId<HoldId>(request));
    const auto hold = services.holds.find(party, id);
    if (!hold && hold.error().code == ErrorCode::HoldGone && !handedOverTo(hold.error()))
        return refuse(ErrorCode::NotFound, hold.error().message);
    if (!hold)
        return refuse(hold.error());
    return privateJson(200, *hold);
}

Result<HttpResponse> offerHandover(const HttpRequest &request, const Services &services)
{
    PT_TRY(const Writer writer, writerOf(request, services));
    PT_TRY(const auto hold, pathId<HoldId>(request));
    PT_CHECK(readBody<protocol::Nothing>(request));
    PT_TRY(const HandoverOffer offer, services.handovers.offer(writer.party, hold));
    return privateJson(201, offer);
}

Result<HttpResponse> takeOverHold(const HttpRequest &request, const Services &services)
{
    PT_TRY(const Writer writer, writerOf(request, services));
    PT_TRY(const TakeOverHold command, readBody<TakeOverHold>(request));
    PT_TRY(const HoldView hold,
           services.handovers.takeOver(writer.party, writer.commandKey(u"take_over_hold"_s, command), command,
                                       request.peer));
    return privateJson(200, hold);
}

} // namespace

void addHoldRoutes(Router &router, const Services &services)
{
    const auto add = [&](const QByteArray &method, const QString &pattern, HoldWork work) {
        const auto begin = [services, work](const HttpRequest &request, const Result<Writer> &writer,
                                            const HttpReply &reply) {
            const Status begun = writer ? work(request, services, *writer, reply) : refuse(writer.error());
            if (!begun)
                reply.send(refusal(begun.error(), request));
        };
        router.add(method, pattern,
                   [services, begin](const HttpRequest &request, const HttpReply &reply) {
                       begin(request, writerOf(request, services), reply);
                   },
                   {.prompt = [services, begin](const HttpRequest &request, const HttpReply &reply) {
                       if (request.body.size() > QuickDocument::bytesMax)
                           return false; // Reading it would keep others waiting.
                       auto party = knownBuyerOf(request, services);
                       if (!party)
                           return false;
                       auto key = idempotencyKey(request);
                       begin(request,
                             key ? Result<Writer>(Writer{*std::move(party), *std::move(key)}) : refuse(key.error()),
                             reply);
                       return true;
                   }});
    };
    add("POST", u"/v1/holds"_s, takeHold);
    add("POST", u"/v1/holds/{id}/renew"_s, renewHold);
    add("POST", u"/v1/holds/{id}/release"_s, release);
    add("DELETE", u"/v1/holds/{id}"_s, dropHold);
    router.add("GET", u"/v1/holds/{id}"_s,
               answering([services](const HttpRequest &request) { return getHold(request, services); }));
    router.add("POST", u"/v1/holds/{id}/handover"_s,
               answering([services](const HttpRequest &request) { return offerHandover(request, services); }));
    router.add("POST", u"/v1/handovers"_s,
               answering([services](const HttpRequest &request) { return takeOverHold(request, services); }));
}

} // namespace parterre::server::api
