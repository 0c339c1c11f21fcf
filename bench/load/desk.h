#pragma once

#include "load/loop.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <functional>
#include <memory>
#include <optional>

namespace parterre::bench {

inline constexpr qint64 deskReplyTimeMax = 10 * second; ///< Longer than any server of a drill stands still.

/// What a desk asks for; PROTOCOL.md has the types and their bodies.
struct DeskRequest
{
    QString type{};
    QString id{}; ///< The command's; a repeat has the same. One is made where it is empty.
    QJsonObject body{};
};

struct DeskReply
{
    QString type{}; ///< `refused` where it was not done; its body has `code` and `message` then.
    QJsonObject body{};
    qint64 start = 0;
    qint64 end = 0;
};

/// Asks a server one thing over a WebSocket of its own, as a desk does that comes back after its line was lost: hello,
/// its session where it has one, then the request. `done` is called once, on the loop, never from within ask(); with
/// nothing where the line was lost before the reply, or nothing was heard for `timeMax`.
void askAtDesk(Loop &loop, quint16 port, const QString &token, DeskRequest request,
               std::function<void(std::optional<DeskReply>)> done, qint64 timeMax = deskReplyTimeMax);

/// A user's own session: the one-time password is changed for another. Blocks.
[[nodiscard]] Result<QString> signInAtDesk(Loop &loop, quint16 port, const QString &user,
                                           const QString &oneTimePassword);

} // namespace parterre::bench
