#pragma once

#include "edge/asio.h"
#include "edge/http.h"

#include <boost/beast/http/basic_parser.hpp>

namespace parterre::server {

namespace http = beast::http;

/// The name of a header in lower case. Those that HTTP knows share one copy of theirs.
[[nodiscard]] QByteArray lowerName(http::field field, beast::string_view name);

/// Reads a request straight into what its handler gets, without a list of fields in between, as long as it is what
/// nearly all are. Of whatever isPlain() does not say so nothing may be used: it is to be read again by the parser that
/// knows all of HTTP and can say what is wrong.
class PlainRequestParser final : public http::basic_parser<true>
{
public:
    PlainRequestParser(HttpRequest &request, int headerBytesMax);

    /// HTTP/1.1 with one Host and at most one Content-Length, with no transfer coding, nothing expected and no other
    /// protocol asked for. To be asked once the head is read.
    [[nodiscard]] bool isPlain() const { return m_isPlain && m_hosts == 1 && m_lengths <= 1; }

private:
    using Code = boost::system::error_code;
    using Text = beast::string_view;

    void on_request_impl(http::verb method, Text name, Text target, int version, Code &error) override;
    void on_field_impl(http::field field, Text name, Text value, Code &error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t> &length, Code &error) override;
    size_t on_body_impl(Text body, Code &error) override;
    void on_response_impl(int, Text, int, Code &) override {}
    void on_header_impl(Code &) override {}
    void on_chunk_header_impl(std::uint64_t, Text, Code &) override {}
    size_t on_chunk_body_impl(std::uint64_t, Text body, Code &) override { return body.size(); }
    void on_finish_impl(Code &) override {}

    HttpRequest &m_request;
    bool m_isPlain = false;
    int m_hosts = 0;
    int m_lengths = 0;
};

} // namespace parterre::server
