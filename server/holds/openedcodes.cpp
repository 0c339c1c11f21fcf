#include "holds/openedcodes.h"

#include <QJsonArray>

#include <algorithm>

namespace parterre::server {

using namespace Qt::StringLiterals;

bool namesCode(const TakeHold &take)
{
    return take.houseCode || take.accessCode;
}

Error wrongAccessCode()
{
    return {.code = ErrorCode::Forbidden,
            .message = u"This access code opens no seats of this performance. Check it, or buy without one."_s,
            .field = u"/access_code"_s};
}

Result<int> openedBy(const TakeHold &take, SalesChannel channel, std::span<const housecodes::CodeRow> codes)
{
    if (!namesCode(take))
        return 0;
    if (take.houseCode && take.accessCode)
        return refuse(ErrorCode::InvalidInput, u"Give a house code or an access code, not both."_s, u"/access_code"_s);
    if (take.accessCode) {
        const auto *opened = housecodes::findOpened(codes, take.performance, *take.accessCode);
        return opened ? Result<int>(opened->number) : refuse(wrongAccessCode());
    }
    if (channel != SalesChannel::Desk)
        return refuse(ErrorCode::Forbidden, u"House seats are sold at the box office."_s, u"/house_code"_s);
    const auto *named = housecodes::find(codes, *take.houseCode);
    if (named)
        return named->number;
    return refuse(ErrorCode::InvalidInput,
                  u"This performance has no house code %1."_s.arg(houseCodeKey(*take.houseCode)), u"/house_code"_s);
}

Error explained(Error error, std::span<const int> refused, std::span<const SeatRecord> seats, const TakeHold &take,
                SalesChannel channel)
{
    if (channel != SalesChannel::Desk && !take.accessCode)
        return error; // To the public they look sold.
    const auto ofState = [&](SeatState state) {
        return std::ranges::any_of(seats, [&](const SeatRecord &seat) {
            return seat.state == state && std::ranges::find(refused, seat.number) != refused.end();
        });
    };
    QStringList names;
    for (const auto &seat : error.details.value(u"seats"_s).toArray())
        names.append(seat.toObject().value(u"name"_s).toString());
    if (channel != SalesChannel::Desk && ofState(SeatState::House))
        error.message = u"Your access code does not open: %1. Choose others."_s.arg(names.join(u"; "_s));
    else if (channel == SalesChannel::Desk && ofState(SeatState::House))
        error.message = u"Set aside under a house code: %1. Choose that code to sell them."_s.arg(names.join(u"; "_s));
    else if (channel == SalesChannel::Desk && ofState(SeatState::Killed))
        error.message = u"Off sale: %1. Choose others."_s.arg(names.join(u"; "_s));
    return error;
}

} // namespace parterre::server
