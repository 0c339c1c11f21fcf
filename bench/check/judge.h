#pragma once

#include "check/finalstate.h"
#include "check/history.h"

#include <array>
#include <map>
#include <vector>

namespace parterre::check {

/// What a server must never do. bench/README.md says how each is found.
enum class Rule {
    TwoOwners,           ///< A place had two owners at one time.
    LostAcknowledgement, ///< The database does not have what was acknowledged.
    RefusedTookEffect,   ///< What was refused was done.
    FalseRefusal,        ///< A refused place was nobody's during the request.
    OverCapacity,        ///< A pool had more places held and sold than it has.
    OverLimit,           ///< A customer had more places than one may.
    WrongParty,          ///< A party was given other places than it asked for, or house seats went without their code.
    EndedEarly,          ///< A hold ended before its time.
    OutlivedBound,       ///< A hold was kept or extended past its bound.
    MapDiverged,         ///< A screen does not show what the database has.
    ExchangeHalved,      ///< An exchange is done at one of its two orders and not at the other.
    GiftCardWrong,       ///< A gift card is not what was issued, or has not paid what it was said to have paid.
    TicketWrong,         ///< A replaced ticket is good, or nobody has the one that it was replaced by.
    CancelledStands,     ///< A place of a cancelled performance is held or sold, long after everybody has gone.
    BooksWrong,          ///< The database contradicts itself, or the card provider's books.
    Unsettled,           ///< A payment has no end, long after everybody has gone.
};

struct Violation
{
    Rule rule = Rule::TwoOwners;
    QString sentence{};
};

struct JudgeOptions
{
    Seconds sweepBound{5};    ///< Within which a hold past its time is closed.
    Seconds mapBound{2};      ///< Within which a change is on every screen.
    bool isSettled = false;   ///< Everybody has gone: what takes time has had it.
    int sentencesMax = 1'000; ///< What is over is counted only.
};

struct Verdict
{
    qint64 violations = 0;
    std::map<Rule, qint64> byRule{};
    std::vector<Violation> sentences{};

    // How much was judged: a verdict on nothing says nothing.
    qint64 events = 0;
    qint64 acknowledged = 0; ///< Takes.
    qint64 refused = 0;      ///< Takes.
    qint64 unknown = 0;      ///< Takes.
    qint64 sold = 0;         ///< Payments.
    qint64 givenBack = 0;    ///< Refunds, of an order or of some of its places.
    qint64 exchanged = 0;    ///< Orders for other places.
    qint64 giftCards = 0;    ///< Issued.
    qint64 byGiftCard = 0;   ///< Payments and exchanges that one paid for, in whole or in part.
    qint64 replaced = 0;     ///< Tickets.
    qint64 cancelled = 0;    ///< Performances.
    qint64 atDesk = 0;       ///< Sales of staff.
    qint64 lawful = 0;       ///< Takes that were refused by a rule of the house: its purchase limit or its orphan rule.
    qint64 houseSeats = 0;   ///< Takes that were given with their code.
    qint64 screens = 0;
};

/// Pure: the same history and database give the same verdict. Refuses where the two do not belong together.
[[nodiscard]] Result<Verdict> judge(const History &history, const FinalState &final, const JudgeOptions &options = {});

} // namespace parterre::check

template <>
struct parterre::EnumNames<parterre::check::Rule>
{
    static constexpr auto names = std::to_array<std::pair<check::Rule, const char *>>({
        {check::Rule::TwoOwners, "two_owners"},
        {check::Rule::LostAcknowledgement, "lost_acknowledgement"},
        {check::Rule::RefusedTookEffect, "refused_took_effect"},
        {check::Rule::FalseRefusal, "false_refusal"},
        {check::Rule::OverCapacity, "over_capacity"},
        {check::Rule::OverLimit, "over_limit"},
        {check::Rule::WrongParty, "wrong_party"},
        {check::Rule::EndedEarly, "ended_early"},
        {check::Rule::OutlivedBound, "outlived_bound"},
        {check::Rule::MapDiverged, "map_diverged"},
        {check::Rule::ExchangeHalved, "exchange_halved"},
        {check::Rule::GiftCardWrong, "gift_card_wrong"},
        {check::Rule::TicketWrong, "ticket_wrong"},
        {check::Rule::CancelledStands, "cancelled_stands"},
        {check::Rule::BooksWrong, "books_wrong"},
        {check::Rule::Unsettled, "unsettled"},
    });
};
