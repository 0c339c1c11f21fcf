#pragma once

#include "base/result.h"
#include "protocol/codec.h"
#include "runtime/faultpoint.h"

namespace parterre::server {

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
