#include "http/httpclient.h"

#include "http/curlhandles.h"

#include <algorithm>
#include <array>
#include <mutex>

#include <netdb.h>
#include <sys/socket.h>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t idleHandlesMax = 64; // Each may hold a connection; more than that at once is a burst.
constexpr long connectMillisecondsMax = 5'000;
constexpr size_t headersMax = 200;

struct Receiver
{
    HttpOutcome outcome;
    qsizetype bytesMax = 0;
    QString refusedAddress{};
};

/// Asked for each address that a name has, with the address that is about to be connected.
struct Guard
{
    const AddressRule *rule = nullptr;
    Receiver *receiver = nullptr;
};

curl_socket_t openSocket(void *guard, curlsocktype, curl_sockaddr *address)
{
    const Guard &self = *static_cast<const Guard *>(guard);
    if (self.rule->permits(&address->addr))
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    std::array<char, NI_MAXHOST> text{};
    (void)getnameinfo(&address->addr, address->addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    self.receiver->refusedAddress = QString::fromLatin1(text.data());
    return CURL_SOCKET_BAD;
}

size_t takeBody(char *bytes, size_t size, size_t count, void *receiver)
{
    auto &self = *static_cast<Receiver *>(receiver);
    const auto length = static_cast<qsizetype>(size * count);
    if (self.outcome.body.size() + length > self.bytesMax)
        return 0; // Fewer than were offered: libcurl ends the call.
    self.outcome.body.append(bytes, length);
    return size * count;
}

size_t takeHeader(char *bytes, size_t size, size_t count, void *receiver)
{
    auto &self = *static_cast<Receiver *>(receiver);
    const QByteArrayView line = QByteArrayView(bytes, static_cast<qsizetype>(size * count)).trimmed();
    if (line.startsWith("HTTP/"))
        self.outcome.headers.clear(); // What stood before belongs to an interim answer.
    const qsizetype colon = line.indexOf(':');
    if (colon > 0 && self.outcome.headers.size() < headersMax)
        self.outcome.headers.emplace_back(line.first(colon).toByteArray().toLower(),
                                          line.sliced(colon + 1).trimmed().toByteArray());
    return size * count;
}

HttpOutcome::Failure failureOf(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return HttpOutcome::Failure::None;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
        return HttpOutcome::Failure::NotSent;
    default:
        return HttpOutcome::Failure::Lost;
    }
}

CurlList headerList(const HttpCall &call)
{
    // `Expect` costs a round trip before each body, and an empty value takes libcurl's own header away.
    CurlList list(curl_slist_append(nullptr, "Expect:"));
    for (const auto &[name, value] : call.headers) {
        if (curl_slist *longer = curl_slist_append(list.get(), (name + ": " + value).constData())) {
            (void)list.release();
            list.reset(longer);
        }
    }
    return list;
}

/// What all calls have in common. Said once a handle, since saying it took as long as sending what is asked.
void setUp(CURL *handle)
{
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L); // Signals are the whole process's; we are one thread of many.
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "parterre");
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, takeBody);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, takeHeader);
}

/// Everything that differs from call to call, also where this one has none of it.
void setUp(CURL *handle, const HttpCall &call, curl_slist *headers, Receiver &receiver)
{
    curl_easy_setopt(handle, CURLOPT_URL, call.url.toUtf8().constData());
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                     std::min(connectMillisecondsMax, static_cast<long>(call.timeout.count())));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.count()));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &receiver);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &receiver);
    if (call.method == "GET") {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, nullptr);
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, nullptr);
        curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L); // Last, since naming a body makes a call a POST.
        return;
    }
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, call.body.constData());
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call.method.constData());
}

} // namespace

QByteArray HttpOutcome::header(QByteArrayView name) const
{
    for (const auto &[key, value] : headers) {
        if (key == name)
            return value;
    }
    return {};
}

class HttpClient::Private
{
public:
    explicit Private(std::optional<AddressRule> given)
        : rule(std::move(given))
    {
        static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
        Q_UNUSED(ready)
    }

    EasyHandle take()
    {
        const std::scoped_lock lock(m_mutex);
        if (m_idle.empty()) {
            EasyHandle made(curl_easy_init());
            if (made)
                setUp(made.get());
            return made;
        }
        EasyHandle handle = std::move(m_idle.back());
        m_idle.pop_back();
        return handle;
    }
    void giveBack(EasyHandle handle)
    {
        curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, nullptr); // Which end with the call.
        curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, nullptr);
        const std::scoped_lock lock(m_mutex);
        if (m_idle.size() < idleHandlesMax)
            m_idle.push_back(std::move(handle));
    }

    const std::optional<AddressRule> rule;

private:
    std::mutex m_mutex;
    std::vector<EasyHandle> m_idle;
};

HttpClient::HttpClient()
    : m_private(std::make_unique<Private>(std::nullopt))
{}

HttpClient::HttpClient(AddressRule rule)
    : m_private(std::make_unique<Private>(std::move(rule)))
{}

HttpClient::~HttpClient() = default;

HttpOutcome HttpClient::send(const HttpCall &call)
{
    EasyHandle handle = m_private->take();
    if (!handle)
        return {.failure = HttpOutcome::Failure::NotSent, .reason = u"libcurl has no memory."_s};
    Receiver receiver;
    receiver.bytesMax = call.answerBytesMax;
    const CurlList headers = headerList(call);
    setUp(handle.get(), call, headers.get(), receiver);
    Guard guard{.rule = m_private->rule ? &*m_private->rule : nullptr, .receiver = &receiver};
    if (guard.rule) {
        curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
        curl_easy_setopt(handle.get(), CURLOPT_OPENSOCKETFUNCTION, openSocket);
        curl_easy_setopt(handle.get(), CURLOPT_OPENSOCKETDATA, &guard);
    }
    const CURLcode code = curl_easy_perform(handle.get());
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    receiver.outcome.failure = failureOf(code);
    receiver.outcome.status = static_cast<int>(status);
    if (code == CURLE_OPERATION_TIMEDOUT) {
        // Without a connection nothing can have been asked.
        curl_off_t connected = 0;
        curl_easy_getinfo(handle.get(), CURLINFO_CONNECT_TIME_T, &connected);
        receiver.outcome.failure = connected == 0 ? HttpOutcome::Failure::NotSent : HttpOutcome::Failure::TimedOut;
    }
    if (code != CURLE_OK)
        receiver.outcome.reason = QString::fromUtf8(curl_easy_strerror(code));
    if (code != CURLE_OK && receiver.outcome.failure == HttpOutcome::Failure::NotSent &&
        !receiver.refusedAddress.isEmpty())
        receiver.outcome.reason =
            u"%1 is in a network that may not be called; nothing was sent."_s.arg(receiver.refusedAddress);
    m_private->giveBack(std::move(handle));
    return std::move(receiver.outcome);
}

} // namespace parterre::server
