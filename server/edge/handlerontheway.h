#pragma once

#include "edge/http.h"
#include "runtime/workerpool.h"

namespace parterre::server {

/// A handler on its way from the worker that made it to its session. When the connection ended meanwhile the handler
/// still hears of the end, since making it may have told others of the desk.
struct HandlerOnTheWay
{
    explicit HandlerOnTheWay(WorkerPool &pool)
        : workers(pool)
    {}
    HandlerOnTheWay(const HandlerOnTheWay &) = delete;
    HandlerOnTheWay &operator=(const HandlerOnTheWay &) = delete;
    ~HandlerOnTheWay()
    {
        if (handler)
            workers.run([left = std::shared_ptr<WebSocketHandler>(std::move(handler))] { left->onClosed(); });
    }
    WorkerPool &workers;
    std::unique_ptr<WebSocketHandler> handler;
};

} // namespace parterre::server
