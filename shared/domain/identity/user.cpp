#include "domain/identity/user.h"

#include <QStringList>

namespace parterre {

using namespace Qt::StringLiterals;

bool may(Role role, Permission permission)
{
    switch (permission) {
    case Permission::Sell:
        return true;
    case Permission::SeeAllOrders:
    case Permission::OverridePrices:
    case Permission::MoveHouseSeats:
    case Permission::RefundAnyOrder:
    case Permission::ManageGiftCards:
    case Permission::ResolvePayments:
        return role != Role::Clerk;
    case Permission::ChangePerformanceState:
        return role == Role::Manager || role == Role::Admin;
    case Permission::ManageUsers:
        return role == Role::Admin;
    }
    return false;
}

Status checkNewPassword(const QString &password, const QString &userName)
{
    // The commonest passwords of eight characters and more in public breach lists; shorter ones fail on length.
    static const QStringList common{u"password"_s,  u"12345678"_s,  u"123456789"_s,  u"1234567890"_s,  u"qwertyuiop"_s,
                                    u"qwerty123"_s, u"password1"_s, u"password12"_s, u"password123"_s, u"iloveyou"_s,
                                    u"sunshine"_s,  u"princess"_s,  u"football"_s,   u"baseball"_s,    u"superman"_s,
                                    u"trustno1"_s,  u"11111111"_s,  u"00000000"_s,   u"87654321"_s,    u"1q2w3e4r"_s,
                                    u"1qaz2wsx"_s,  u"asdfghjkl"_s, u"letmein123"_s, u"welcome1"_s,    u"passw0rd"_s,
                                    u"admin123"_s,  u"changeme"_s,  u"abcd1234"_s,   u"theatre1"_s,    u"boxoffice"_s};
    if (password.size() < limits::passwordCharactersMin) {
        return refuse(ErrorCode::InvalidInput, u"Use at least %1 characters."_s.arg(limits::passwordCharactersMin),
                      u"/new_password"_s);
    }
    if (password.size() > limits::passwordCharactersMax) {
        return refuse(ErrorCode::TooLarge, u"Use at most %1 characters."_s.arg(limits::passwordCharactersMax),
                      u"/new_password"_s);
    }
    const QString lower = password.toLower();
    if (common.contains(lower) || lower == userName.toLower())
        return refuse(ErrorCode::InvalidInput, u"That password is among the first ones tried. Choose another."_s,
                      u"/new_password"_s);
    return {};
}

} // namespace parterre
