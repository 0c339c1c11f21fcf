#pragma once

#include "connection/deskconnection.h"
#include "ports/reply.h"

namespace parterre::app {

/// Sends a command and reads its reply as `View`; the body of a reply of another type is refused as our server's fault.
template <class View, Described Body>
void ask(DeskConnection &connection, protocol::MessageType type, const Body &body, protocol::MessageType expected,
         ui::Reply<View> reply, Replay replay = Replay::SameId)
{
    connection.send(type, body, replay, [expected, reply = std::move(reply)](Result<protocol::Envelope> answer) {
        if (!answer)
            return reply(refuse(answer.error()));
        if (answer->type != expected) {
            return reply(refuse(ErrorCode::Internal, QObject::tr("The server answered '%1' where '%2' was expected.")
                                                         .arg(enumName(answer->type), enumName(expected))));
        }
        reply(fromJson<View>(answer->body));
    });
}

/// As ask(), for a command that is answered by `done` alone.
template <Described Body>
void askDone(DeskConnection &connection, protocol::MessageType type, const Body &body, ui::Reply<void> reply)
{
    ask<protocol::Nothing>(connection, type, body, protocol::MessageType::Done,
                           [reply = std::move(reply)](const Result<protocol::Nothing> &done) {
                               reply(done ? Result<void>() : Result<void>(refuse(done.error())));
                           });
}

} // namespace parterre::app
