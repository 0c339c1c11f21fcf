#pragma once

/// Boost as this folder uses it. Its non-template parts are compiled once, in asiosource.cpp, since they dominate the
/// build time; so Boost is included through this header only.
#define BOOST_ASIO_SEPARATE_COMPILATION
#define BOOST_BEAST_SEPARATE_COMPILATION

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

namespace parterre::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

/// Errors come back as values: a lost connection is nothing exceptional here.
inline constexpr auto awaitTuple = asio::as_tuple(asio::use_awaitable);

} // namespace parterre::server
