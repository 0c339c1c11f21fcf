#include "edge/wire.h"

#include "base/clock.h"
#include "edge/problem.h"

#include <QDateTime>
#include <QLocale>
#include <QStringDecoder>
#include <QVarLengthArray>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace parterre::server::wire {

namespace {

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/// One formatting a second and thread, not one a response.
const QByteArray &dateNow()
{
    thread_local qint64 second = -1;
    thread_local QByteArray text;
    const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now()).time_since_epoch().count();
    if (now != second) {
        second = now;
        text = QLocale::c()
                   .toString(QDateTime::fromSecsSinceEpoch(now, Qt::UTC), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s)
                   .toLatin1();
    }
    return text;
}

bool isOurs(QByteArrayView name)
{
    static constexpr std::array<QByteArrayView, 6> ours{"content-length", "transfer-encoding", "connection", "date",
                                                        "server",         "x-request-id"};
    return std::any_of(ours.begin(), ours.end(),
                       [name](QByteArrayView one) { return name.size() == one.size() && name.compare(one, Qt::CaseInsensitive) == 0; });
}

bool breaksFraming(const QByteArray &text)
{
    return std::any_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

using Head = QVarLengthArray<char, 1024>;

/// One piece after the other, without a call into a library for each.
template <class... Pieces>
void append(Head &head, const Pieces &...pieces)
{
    const auto put = [&head](QByteArrayView piece) { head.append(piece.data(), piece.size()); };
    (put(pieces), ...);
}

bool readQuery(QByteArrayView text, HttpRequest &request)
{
    while (!text.isEmpty()) {
        const auto end = text.indexOf('&');
        const auto pair = end < 0 ? text : text.first(end);
        text = end < 0 ? QByteArrayView() : text.sliced(end + 1);
        if (pair.isEmpty())
            continue;
        const auto equals = pair.indexOf('=');
        const auto name = percentDecoded(equals < 0 ? pair : pair.first(equals), Plus::Space);
        const auto value = percentDecoded(equals < 0 ? QByteArrayView() : pair.sliced(equals + 1), Plus::Space);
        if (!name || !value)
            return false;
        request.query.insert(*name, *value);
    }
    return true;
}

} // namespace

std::optional<QString> percentDecoded(QByteArrayView text, Plus plus)
{
    const bool isPlain = std::all_of(text.begin(), text.end(), [plus](char c) {
        return static_cast<signed char>(c) > 0 && c != '%' && (c != '+' || plus == Plus::Literal);
    });
    if (isPlain) // As nearly all are.
        return QString::fromLatin1(text);
    QByteArray bytes;
    bytes.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= text.size())
                return std::nullopt;
            const int high = hexDigit(text[i + 1]);
            const int low = hexDigit(text[i + 2]);
            if (high < 0 || low < 0)
                return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus == Plus::Space) {
            c = ' ';
        }
        if (c == '\0')
            return std::nullopt;
        bytes.append(c);
    }
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    QString decoded = decoder(bytes);
    if (decoder.hasError())
        return std::nullopt;
    return decoded;
}

bool readTarget(QByteArrayView target, HttpRequest &request)
{
    for (const QByteArrayView scheme : {QByteArrayView("http://"), QByteArrayView("https://")}) {
        if (target.startsWith(scheme)) {
            const auto slash = target.indexOf('/', scheme.size());
            if (slash < 0)
                return false;
            target = target.sliced(slash);
            break;
        }
    }
    if (!target.startsWith('/') || target.contains('#'))
        return false;
    const auto question = target.indexOf('?');
    const auto rawPath = question < 0 ? target : target.first(question);
    const auto rawQuery = question < 0 ? QByteArrayView() : target.sliced(question + 1);
    if (rawPath.contains("%2f") || rawPath.contains("%2F"))
        return false;
    const auto path = percentDecoded(rawPath, Plus::Literal);
    if (!path)
        return false;
    request.path = *path;
    return readQuery(rawQuery, request);
}

HttpResponse problem(int status, const char *code, const QString &detail)
{
    return problemResponse({.status = status, .code = QString::fromLatin1(code), .title = {}, .detail = detail});
}

QByteArray responseHead(const HttpResponse &response, const HeadFacts &facts)
{
    Head head;
    append(head, "HTTP/1.1 ", QByteArray::number(response.status), " ", statusPhrase(response.status), "\r\n");
    append(head, "Date: ", dateNow(), "\r\nServer: Parterre\r\nX-Request-Id: ", facts.requestId, "\r\n");
    for (const auto &[name, value] : response.headers) {
        if (name.isEmpty() || isOurs(name) || breaksFraming(name) || breaksFraming(value))
            continue;
        append(head, name, ": ", value, "\r\n");
    }
    append(head, "X-Content-Type-Options: nosniff\r\n"
                 "Referrer-Policy: strict-origin-when-cross-origin\r\n"
                 "Cross-Origin-Opener-Policy: same-origin\r\n"
                 "Cross-Origin-Resource-Policy: same-origin\r\n");
    if (facts.bodyFollows && response.status != 204 && response.status != 304)
        append(head, "Content-Length: ", QByteArray::number(response.body.size()), "\r\n");
    if (!facts.keepAlive)
        append(head, response.status == 426 ? "Connection: close, Upgrade\r\n" : "Connection: close\r\n");
    else if (response.status == 426)
        append(head, "Connection: Upgrade\r\n");
    append(head, "\r\n");
    return QByteArray(head.constData(), head.size());
}

bool isRequestId(QByteArrayView text)
{
    return !text.isEmpty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
}

QString callerAddress(const QString &peer, const QByteArray &forwardedFor, const QStringList &trusted)
{
    if (forwardedFor.isEmpty() || !trusted.contains(peer))
        return peer;
    QString caller = peer;
    auto hops = forwardedFor.split(',');
    while (trusted.contains(caller) && !hops.isEmpty()) {
        const QString hop = QString::fromLatin1(hops.takeLast().trimmed());
        static const QString allowed = u"0123456789abcdefABCDEF.:"_s;
        const bool wellFormed = !hop.isEmpty() && hop.size() <= 45 &&
                                std::all_of(hop.begin(), hop.end(), [](QChar c) { return allowed.contains(c); });
        if (!wellFormed)
            break;
        caller = hop;
    }
    return caller;
}

} // namespace parterre::server::wire
