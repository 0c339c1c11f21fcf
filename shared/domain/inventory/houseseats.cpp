#include "domain/inventory/houseseats.h"

#include <QRegularExpression>

namespace parterre {

using namespace Qt::StringLiterals;

QString houseCodeKey(const QString &typed)
{
    return typed.simplified().toUpper();
}

QString accessCodeKey(const QString &typed)
{
    QString key;
    for (const QChar c : typed.toUpper()) {
        if (!c.isSpace() && c != u'-')
            key += c;
    }
    return key;
}

Result<PutHouseCode> checkedHouseCode(PutHouseCode command)
{
    static const QRegularExpression codePattern(u"^[A-Z0-9][A-Z0-9 ._-]*$"_s);
    static const QRegularExpression colorPattern(u"^#[0-9a-f]{6}$"_s);
    command.code = houseCodeKey(command.code);
    command.name = command.name.simplified();
    command.color = command.color.toLower();
    if (!codePattern.match(command.code).hasMatch()) {
        return refuse(ErrorCode::InvalidInput,
                      u"A code begins with a letter or digit and has letters, digits, spaces, dots and hyphens."_s,
                      u"/code"_s);
    }
    if (command.name.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Say in a few words who the seats are for."_s, u"/name"_s);
    if (!colorPattern.match(command.color).hasMatch())
        return refuse(ErrorCode::InvalidInput, u"The colour must be like #7b5ea7."_s, u"/color"_s);
    if (!command.accessCode)
        return command;
    if (command.kind != HouseCodeKind::Allocation) {
        return refuse(ErrorCode::InvalidInput, u"Only an allocation has an access code."_s, u"/access_code"_s);
    }
    command.accessCode = accessCodeKey(*command.accessCode);
    if (command.accessCode->size() < HouseCode::accessCharactersMin) {
        return refuse(ErrorCode::InvalidInput,
                      u"An access code has at least %1 letters and digits; spaces and hyphens do not count."_s.arg(
                          HouseCode::accessCharactersMin),
                      u"/access_code"_s);
    }
    return command;
}

Result<MoveSeats> checkedMove(MoveSeats command)
{
    command.code = houseCodeKey(command.code);
    command.reason = command.reason.simplified();
    if (command.move == SeatMove::SetAside && command.code.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Say under which house code."_s, u"/code"_s);
    if (command.move != SeatMove::SetAside && !command.code.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Only setting aside takes a house code."_s, u"/code"_s);
    if (command.move == SeatMove::Kill && command.reason.isEmpty()) {
        return refuse(ErrorCode::InvalidInput, u"Say why the seats go off sale, such as a broken seat or a camera."_s,
                      u"/reason"_s);
    }
    return command;
}

int MovedSeats::count() const
{
    int seats = 0;
    for (const Group &group : before)
        seats += static_cast<int>(group.seats.size());
    return seats;
}

std::vector<MoveSeats> reverseOf(const MovedSeats &moved, const QString &reason)
{
    std::vector<MoveSeats> reverse;
    for (const MovedSeats::Group &group : moved.before) {
        MoveSeats command{.performance = moved.performance, .seats = group.seats, .reason = reason};
        switch (moved.move) {
        case SeatMove::SetAside:
        case SeatMove::Release:
            command.move = group.code.isEmpty() ? SeatMove::Release : SeatMove::SetAside;
            command.code = group.code;
            break;
        case SeatMove::Kill: // A killed seat knows its code.
            command.move = SeatMove::Restore;
            break;
        case SeatMove::Restore:
            command.move = SeatMove::Kill;
            break;
        }
        reverse.push_back(std::move(command));
    }
    return reverse;
}

} // namespace parterre
