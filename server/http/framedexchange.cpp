#include "http/framedexchange.h"

#include <QtEndian>

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <optional>

#include <poll.h>

namespace parterre::server {

using namespace Qt::StringLiterals;
using Failure = HttpOutcome::Failure;
using SteadyTime = std::chrono::steady_clock::time_point;

namespace {

constexpr qsizetype lengthBytes = 4;
constexpr std::chrono::milliseconds connectTimeout{5'000};

/// A connection that libcurl made and that carries no protocol of its.
class RawConnection
{
public:
    RawConnection(CURL *easy, SteadyTime deadline)
        : m_easy(easy)
        , m_deadline(deadline)
    {
        curl_easy_getinfo(m_easy, CURLINFO_ACTIVESOCKET, &m_socket);
    }

    [[nodiscard]] CURLcode write(QByteArrayView bytes)
    {
        return transfer(POLLOUT, bytes.size(), [&](qsizetype at, size_t *moved) {
            return curl_easy_send(m_easy, bytes.data() + at, static_cast<size_t>(bytes.size() - at), moved);
        });
    }
    [[nodiscard]] CURLcode read(QByteArray &bytes)
    {
        return transfer(POLLIN, bytes.size(), [&](qsizetype at, size_t *moved) {
            const CURLcode code =
                curl_easy_recv(m_easy, bytes.data() + at, static_cast<size_t>(bytes.size() - at), moved);
            return code == CURLE_OK && *moved == 0 ? CURLE_GOT_NOTHING : code; // It was closed.
        });
    }

private:
    template <class Move>
    CURLcode transfer(short event, qsizetype size, const Move &move)
    {
        for (qsizetype done = 0; done < size;) {
            size_t moved = 0;
            const CURLcode code = move(done, &moved);
            done += static_cast<qsizetype>(moved);
            if (code == CURLE_AGAIN && !waitFor(event))
                return CURLE_OPERATION_TIMEDOUT;
            if (code != CURLE_OK && code != CURLE_AGAIN)
                return code;
        }
        return CURLE_OK;
    }
    [[nodiscard]] bool waitFor(short event) const
    {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(m_deadline - std::chrono::steady_clock::now());
        pollfd wanted{.fd = m_socket, .events = event, .revents = 0};
        return left.count() > 0 && ::poll(&wanted, 1, static_cast<int>(left.count())) > 0;
    }

    CURL *m_easy;
    SteadyTime m_deadline;
    curl_socket_t m_socket = CURL_SOCKET_BAD;
};

FramedOutcome failed(Failure failure, CURLcode code)
{
    return {.failure = code == CURLE_OPERATION_TIMEDOUT && failure == Failure::Lost ? Failure::TimedOut : failure,
            .reason = QString::fromUtf8(curl_easy_strerror(code))};
}

} // namespace

FramedOutcome exchangeFramed(const FramedCall &call)
{
    const SteadyTime deadline = std::chrono::steady_clock::now() + call.timeout;
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(), &curl_easy_cleanup);
    if (!easy)
        return failed(Failure::NotSent, CURLE_OUT_OF_MEMORY);
    const QString host = call.host.contains(u':') ? u'[' + call.host + u']' : call.host;
    const QByteArray url = u"http://%1:%2"_s.arg(host).arg(call.port).toUtf8();
    curl_easy_setopt(easy.get(), CURLOPT_URL, url.constData());
    curl_easy_setopt(easy.get(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(std::min(connectTimeout, call.timeout).count()));
    if (const CURLcode code = curl_easy_perform(easy.get()); code != CURLE_OK)
        return failed(Failure::NotSent, code);

    RawConnection connection(easy.get(), deadline);
    QByteArray length(lengthBytes, '\0');
    qToBigEndian(static_cast<quint32>(call.message.size()), length.data());
    if (const CURLcode code = connection.write(length + call.message); code != CURLE_OK)
        return failed(Failure::Lost, code);
    if (const CURLcode code = connection.read(length); code != CURLE_OK)
        return failed(Failure::Lost, code);
    const auto size = qFromBigEndian<quint32>(length.constData());
    if (size > static_cast<quint32>(call.answerBytesMax)) {
        return {.failure = Failure::Lost,
                .reason = u"it announced %1 bytes, of %2 that are allowed"_s.arg(size).arg(call.answerBytesMax)};
    }
    FramedOutcome outcome{.answer = QByteArray(static_cast<qsizetype>(size), '\0')};
    if (const CURLcode code = connection.read(outcome.answer); code != CURLE_OK)
        return failed(Failure::Lost, code);
    return outcome;
}

} // namespace parterre::server
