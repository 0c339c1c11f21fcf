#include "holds/handoverservice.h"

#include "base/assert.h"
#include "db/database.h"
#include "holds/handoverrepository.h"
#include "holds/holdsteps.h"
#include "identity/failurethrottle.h"
#include "identity/tokens.h"

#include <algorithm>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

using Steady = std::chrono::steady_clock;

/// One in a billion codes is there already; three in a row are not.
constexpr int codesTriedMax = 3;

std::unexpected<Error> unknownCode()
{
    return refuse(ErrorCode::NotFound,
                  u"No places wait under this code. Check it; if it is right, its time is over: ask for a new one."_s,
                  u"/code"_s);
}

int placesIn(const HoldSnapshot &hold)
{
    int places = static_cast<int>(hold.row.seats.size());
    for (const inventory::AreaHold &area : hold.areas)
        places += area.quantity;
    return places;
}

/// Gives the hold behind a code to the party; inside a transaction, in the order of 0001_first_sale.sql.
Result<HoldSnapshot> takeOver(Transaction &transaction, const SaleParty &party, const QByteArray &code,
                              const PerformanceFacts &facts)
{
    const auto seen = handovers::find(transaction, code);
    if (!seen)
        return unknownCode();
    const int placesMax = facts.placesMaxFor(party);
    const PerformanceId &performance = facts.detail.summary.id;
    if (placesMax > 0)
        holds::lockOwners(transaction, {party.owner}, performance);
    const auto row = holds::lock(transaction, seen->hold);
    PT_ASSERT(row.has_value(), "a hold is never deleted");
    // Again, since whoever was quicker had the lock.
    const auto offer = handovers::find(transaction, code);
    if (!offer)
        return unknownCode();
    HoldSnapshot hold = holdsteps::snapshot(transaction, *row);
    if (row->owner == party.owner)
        return hold; // The same code from a second window, or one's own.
    if (offer->takenBy || row->owner != offer->fromOwner) {
        return refuse(ErrorCode::WrongState, u"This code was used already. Ask for a new one."_s, u"/code"_s);
    }
    HandoverFacts decided{.state = row->state,
                          .heldUntil = row->heldUntil,
                          .places = placesIn(hold),
                          .placesOfTaker = 0,
                          .placesMax = placesMax};
    if (placesMax > 0) {
        for (const auto &owned : holds::placesOfOwners(transaction, {party.owner}, performance))
            decided.placesOfTaker += !owned.heldUntil || *owned.heldUntil > hold.now ? owned.places : 0;
    }
    PT_CHECK(decideHandover(decided, hold.now));
    handovers::take(transaction, code, *row, party.owner, party.channel, hold.now);
    hold.row.owner = party.owner;
    hold.row.channel = party.channel;
    return hold;
}

} // namespace

class HandoverService::Private
{
public:
    Private(Database &db, PerformanceLookup facts)
        : database(db)
        , lookup(std::move(facts))
    {}

    [[nodiscard]] Status checkPace(const SaleParty &party, const QString &peer)
    {
        const auto now = Steady::now();
        const int seconds = std::max(parties.waitSeconds(party.owner, now), peers.waitSeconds(peer, now));
        if (seconds == 0)
            return {};
        return refuse(
            Error{.code = ErrorCode::RateLimited,
                  .message = u"Too many codes that were not right. Wait %1 seconds, then try again."_s.arg(seconds),
                  .retryAfterSeconds = seconds});
    }

    void failed(const SaleParty &party, const QString &peer)
    {
        const auto now = Steady::now();
        parties.failed(party.owner, now);
        peers.failed(peer, now);
    }

    Database &database;
    const PerformanceLookup lookup;
    FailureThrottle parties{HandoverService::failuresOfPartyMax};
    FailureThrottle peers{FailureThrottle::failuresOfAddressMax};
};

HandoverService::HandoverService(Database &database, PerformanceLookup lookup)
    : m_private(std::make_unique<Private>(database, std::move(lookup)))
{}

HandoverService::~HandoverService() = default;

Result<HandoverOffer> HandoverService::offer(const SaleParty &party, const HoldId &hold)
{
    return m_private->database.transact([&](Transaction &transaction) -> Result<HandoverOffer> {
        PT_TRY(const HoldRow row, holdsteps::lockOwn(transaction, party, hold));
        const Instant now = holdsteps::snapshot(transaction, row).now;
        PT_CHECK(decideHandover({.state = row.state, .heldUntil = row.heldUntil}, now));
        QString code;
        bool isEntered = false;
        for (int tried = 0; tried < codesTriedMax && !isEntered; ++tried) {
            code = tokens::readableCode(limits::handoverCodeCharacters);
            isEntered = handovers::insert(transaction, tokens::sha256(code), row, now, limits::handoverCodesOpenMax);
        }
        PT_ASSERT(isEntered, "random codes do not repeat");
        return HandoverOffer{.hold = hold,
                             .code = handoverCodeText(code),
                             .secondsLeft =
                                 static_cast<int>(std::chrono::duration_cast<Seconds>(row.heldUntil - now).count())};
    });
}

Result<HoldView> HandoverService::takeOver(const SaleParty &party, const CommandKey &key, const TakeOverHold &command,
                                           const QString &peer)
{
    PT_TRY(const QString code, readHandoverCode(command.code));
    PT_CHECK(m_private->checkPace(party, peer));
    const QByteArray sha256 = tokens::sha256(code);
    PT_TRY(const auto offer, m_private->database.transact([&](Transaction &transaction) {
        return Result<std::optional<handovers::Offer>>(handovers::find(transaction, sha256));
    }));
    if (!offer) {
        m_private->failed(party, peer);
        return unknownCode();
    }
    PT_TRY(const holdsteps::KnownHold known, holdsteps::known(m_private->database, m_private->lookup, offer->hold));
    const PerformanceFacts &facts = known.performance;
    return flattened(m_private->database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<HoldView>(transaction, key, [&](Transaction &inner) -> Result<HoldView> {
            PT_TRY(const HoldSnapshot hold, server::takeOver(inner, party, sha256, facts));
            return viewOf(hold, facts);
        });
    }));
}

} // namespace parterre::server
