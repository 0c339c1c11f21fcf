#pragma once

#include "edge/asio.h"

#include <QByteArray>

#include <algorithm>
#include <array>

namespace parterre::server {

/// An answer on its way.
struct Outgoing
{
    QByteArray head;
    QByteArray body;
    size_t sent = 0;

    [[nodiscard]] size_t size() const { return static_cast<size_t>(head.size() + body.size()); }
    /// What is left of both.
    [[nodiscard]] std::array<asio::const_buffer, 2> buffers() const
    {
        std::array<asio::const_buffer, 2> all{{{head.constData(), static_cast<size_t>(head.size())},
                                               {body.constData(), static_cast<size_t>(body.size())}}};
        size_t gone = sent;
        for (asio::const_buffer &buffer : all) {
            const size_t here = std::min(gone, buffer.size());
            buffer += here;
            gone -= here;
        }
        return all;
    }
};

} // namespace parterre::server
