#pragma once

#include "base/result.h"
#include "protocol/codec.h"
#include "runtime/faultpoint.h"

namespace parterre::server {

/// To a clerk who asks for what is a supervisor's.
inline std::unexpected<Error> askASupervisor()
{
    return refuse(ErrorCode::Forbidden, QStringLiteral("A supervisor or a manager must do this. Ask one to sign in."));
}

/// The reply of this type, or the refusal, to a desk's request.
template <Described Body>
Result<protocol::Envelope> answerWith(protocol::MessageType type, const protocol::Envelope &request,
                                      const Result<Body> &outcome)
{
    (void)faultPoint("reply_before_send");
    if (!outcome)
        return refuse(outcome.error());
    return protocol::reply(type, *request.id, *outcome);
}

} // namespace parterre::server
