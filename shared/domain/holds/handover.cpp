#include "domain/holds/handover.h"

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

QString sentenceOf(SalesChannel to)
{
    switch (to) {
    case SalesChannel::Desk:
        return u"The box office has these places now and goes on with the sale."_s;
    case SalesChannel::Web:
        return u"The customer has these places now and goes on in the shop."_s;
    case SalesChannel::Api:
        break;
    }
    return u"Another seller has these places now and goes on with the sale."_s;
}

} // namespace

QString handoverCodeText(const QString &code)
{
    const auto half = code.size() / 2;
    return code.left(half).toUpper() + u'-' + code.mid(half).toUpper();
}

Result<QString> readHandoverCode(const QString &typed)
{
    QString code;
    for (const QChar c : typed) {
        if (!c.isSpace() && c != u'-')
            code += c.toLower();
    }
    const bool isReadable =
        std::ranges::all_of(code, [](QChar c) { return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9'); });
    if (code.size() == limits::handoverCodeCharacters && isReadable)
        return code;
    return refuse(ErrorCode::InvalidInput,
                  u"A code has %1 letters and digits, such as K7PM-3XQT. Check it and type it again."_s.arg(
                      limits::handoverCodeCharacters),
                  u"/code"_s);
}

Status decideHandover(const HandoverFacts &facts, Instant now)
{
    if (facts.state == HoldState::Frozen) {
        return refuse(ErrorCode::WrongState,
                      u"These places are being paid for right now. Wait for the payment to end, then try again."_s);
    }
    if (facts.state != HoldState::Live || facts.heldUntil <= now) {
        return refuse(ErrorCode::HoldGone,
                      u"The time for these places has run out, and they are free again. Choose them anew."_s);
    }
    if (facts.placesMax > 0 && facts.places + facts.placesOfTaker > facts.placesMax) {
        return refuse(Error{.code = ErrorCode::PurchaseLimit,
                            .message = u"At most %1 places are sold to one customer, and with these it would be %2."_s
                                           .arg(facts.placesMax)
                                           .arg(facts.places + facts.placesOfTaker),
                            .details = {{u"limit"_s, facts.placesMax}}});
    }
    return {};
}

Error handedOver(SalesChannel to)
{
    return {.code = ErrorCode::HoldGone, .message = sentenceOf(to), .details = {{u"handed_to"_s, enumName(to)}}};
}

std::optional<SalesChannel> handedOverTo(const Error &error)
{
    if (error.code != ErrorCode::HoldGone)
        return std::nullopt;
    return enumFromName<SalesChannel>(error.details.value(u"handed_to"_s).toString());
}

} // namespace parterre
