#pragma once

#include "base/ids.h"
#include "base/jsonfields.h"

#include <array>

/// Who works here and what they may do.
namespace parterre {

enum class Role { Clerk, Supervisor, Manager, Admin };

template <>
struct EnumNames<Role>
{
    static constexpr auto names = std::to_array<std::pair<Role, const char *>>({
        {Role::Clerk, "clerk"},
        {Role::Supervisor, "supervisor"},
        {Role::Manager, "manager"},
        {Role::Admin, "admin"},
    });
};

/// What a role may do; deny by default. The table is in user.cpp and nowhere else.
enum class Permission {
    Sell,
    SeeAllOrders,
    ChangePerformanceState,
    OverridePrices,  ///< Comps, and other prices than the list's.
    MoveHouseSeats,  ///< Set seats aside under a code, release them, take them off sale.
    RefundAnyOrder,  ///< Others may refund what they have sold themselves today.
    ManageGiftCards, ///< Give vouchers, block cards, renew the code of any card.
    ResolvePayments, ///< Say what became of a payment that its provider does not know.
    ManageUsers,
};

[[nodiscard]] bool may(Role role, Permission permission);

struct UserView
{
    UserId id;
    QString name; ///< What is typed to sign in; lower case.
    QString displayName;
    Role role = Role::Clerk;
    bool mustChangePassword = false;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("name", name);
        fields("display_name", displayName);
        fields("role", role);
        fields("must_change_password", mustChangePassword);
    }
};

/// The rules for a new password (ASVS 5.0 6.2): length, not the user's name, not one of the commonest. No composition
/// rules.
[[nodiscard]] Status checkNewPassword(const QString &password, const QString &userName);

} // namespace parterre
