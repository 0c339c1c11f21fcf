#pragma once

/// Boost as the load generator uses it: the server's own, compiled once, with what only a client needs.
#include "edge/asio.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace parterre::bench {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

} // namespace parterre::bench
