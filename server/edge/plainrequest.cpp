#include "edge/plainrequest.h"

#include "edge/wire.h"

#include <vector>

namespace parterre::server {

namespace {

QByteArray bytesOf(beast::string_view text)
{
    return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace

QByteArray lowerName(http::field field, beast::string_view name)
{
    static const std::vector<QByteArray> known = [] {
        std::vector<QByteArray> names;
        for (int i = 0; i <= static_cast<int>(http::field::xref); ++i)
            names.push_back(bytesOf(http::to_string(static_cast<http::field>(i))).toLower());
        return names;
    }();
    const auto number = static_cast<size_t>(field);
    return field == http::field::unknown || number >= known.size() ? bytesOf(name).toLower() : known[number];
}

PlainRequestParser::PlainRequestParser(HttpRequest &request, int headerBytesMax)
    : m_request(request)
{
    header_limit(static_cast<std::uint32_t>(headerBytesMax));
    body_limit(boost::none); // The route says it, once the target is known.
    eager(false);
}

void PlainRequestParser::on_request_impl(http::verb method, Text name, Text target, int version, Code &)
{
    m_isPlain = version == 11 && method != http::verb::unknown && method != http::verb::connect &&
                method != http::verb::trace && static_cast<qsizetype>(target.size()) <= wire::targetBytesMax &&
                wire::readTarget(QByteArrayView(target.data(), static_cast<qsizetype>(target.size())), m_request);
    m_request.method = bytesOf(name);
    m_request.headers.reserve(16); // What browsers send.
}

void PlainRequestParser::on_field_impl(http::field field, Text name, Text value, Code &)
{
    m_request.headers.emplace_back(lowerName(field, name), bytesOf(value));
    m_hosts += field == http::field::host ? 1 : 0;
    m_lengths += field == http::field::content_length ? 1 : 0;
    if (field == http::field::transfer_encoding || field == http::field::expect || field == http::field::upgrade)
        m_isPlain = false;
}

void PlainRequestParser::on_body_init_impl(const boost::optional<std::uint64_t> &length, Code &)
{
    m_request.body.reserve(static_cast<qsizetype>(length.value_or(0))); // All of it is here already.
}

size_t PlainRequestParser::on_body_impl(Text body, Code &)
{
    m_request.body.append(body.data(), static_cast<qsizetype>(body.size()));
    return body.size();
}

} // namespace parterre::server
