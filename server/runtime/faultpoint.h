#pragma once

#include <array>
#include <string_view>

namespace parterre::server {

/// Every fault point, once. A point is a place where tests end the process or cut the connection, to see that nothing
/// is lost or doubled there. Points are compiled into every build and cost one atomic load while none is armed.
inline constexpr std::array faultPointNames{
    std::string_view(
        "db_before_commit"), ///< The work is done, COMMIT was not sent. Skipping it tells of what is not there.
    std::string_view("db_before_disk"),       ///< PostgreSQL has committed in its memory, and the disk is waited for.
    std::string_view("db_after_commit"),      ///< PostgreSQL has committed, nobody was told.
    std::string_view("inventory_seat_lock"),  ///< Skipping it reads seats without their lock: the guard against races.
    std::string_view("inventory_seats_read"), ///< The seats were read, nothing was decided.
    std::string_view("inventory_area_room"),  ///< Skipping it counts one place too many in each area.
    std::string_view("realtime_push"),        ///< Skipping it sends nobody a change of the map.
    std::string_view("payment_started"),      ///< The attempt is committed, the card provider has not heard of it.
    std::string_view("payment_authorised"),   ///< The provider keeps the money for us, it was not captured.
    std::string_view("payment_captured"),     ///< The provider has charged the card, our database does not know.
    std::string_view("gift_card_lock"),       ///< Skipping it reads a gift card without its lock.
    std::string_view("gift_card_read"),       ///< The card was read, nothing was decided.
    std::string_view("outbox_told"),          ///< A consumer has taken a fact, the outbox does not know.
    std::string_view("outbox_published"),     ///< Kafka has confirmed facts, the outbox does not know.
    std::string_view("consumer_taken"),       ///< A consumer has taken a fact from Kafka, nobody has noted that.
    std::string_view("refund_order_lock"),    ///< Skipping it reads an order without its lock before a refund.
    std::string_view("refund_order_read"),    ///< The order was read, nothing of its refund is decided.
    std::string_view("refund_created"),       ///< The refund is committed, the card provider has not heard of it.
    std::string_view("refund_repaid"),        ///< The provider has given the money back, our database does not know.
    std::string_view("cancellation_step"),    ///< An order of a cancelled performance was refunded, others were not.
    std::string_view("reply_before_send"),    ///< What was asked for is done and committed, its caller was not told.
};

enum class Fault {
    None,
    AbortConnection, ///< The caller cuts the connection that it stands on.
    Skip,            ///< The caller leaves out what the point guards, to show that a test would see it missing.
};

/// Passes the point `name`. Armed by `PARTERRE_FAULT=name:kill|abort-connection|skip|sleep=MS[,name2:...]`: `kill` and
/// `sleep` are carried out here. With `=N`, as in `kill=3`, an action is for every Nth that passes.
[[nodiscard]] Fault faultPoint(std::string_view name);

/// For a warning in the log: a server with armed points is not for selling.
[[nodiscard]] bool areFaultPointsArmed();

/// Arms as the environment would; an empty text disarms. False for what cannot be read or names no point.
bool armFaultPoints(std::string_view specification);

} // namespace parterre::server
