#include "http/smtpclient.h"

#include "http/curlhandles.h"

#include <QUrl>

#include <algorithm>
#include <cstring>
#include <memory>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr long greetingMillisecondsMax = 10'000;
constexpr long farewellSecondsMax = 1;
constexpr qsizetype wordsMax = 400; // What a clerk can read in a line or two.

/// What was said on the wire, as far as it decides what becomes of the mail.
struct Conversation
{
    QByteArray verb;  ///< Of our last command, in capitals. Never its argument: that of AUTH is a secret.
    QByteArray reply; ///< All lines of the server's last reply.
    bool replyIsWhole = true;
    bool hasLeft = false;
    const QByteArray *content = nullptr;
    qsizetype sent = 0;
};

size_t giveContent(char *room, size_t size, size_t count, void *user)
{
    auto &self = *static_cast<Conversation *>(user);
    const auto wanted = std::min<qsizetype>(static_cast<qsizetype>(size * count), self.content->size() - self.sent);
    std::memcpy(room, self.content->constData() + self.sent, static_cast<size_t>(wanted));
    self.sent += wanted;
    return static_cast<size_t>(wanted);
}

int listen(CURL *handle, curl_infotype type, char *bytes, size_t size, void *user)
{
    auto &self = *static_cast<Conversation *>(user);
    const QByteArray line = QByteArray(bytes, static_cast<qsizetype>(size)).trimmed();
    if (self.hasLeft || (type == CURLINFO_HEADER_OUT && line == "QUIT")) {
        if (!self.hasLeft) // Else libcurl waits for its answer for two minutes, beyond every other limit.
            curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, farewellSecondsMax);
        self.hasLeft = true; // What is said to a farewell decides nothing.
        return 0;
    }
    if (type == CURLINFO_HEADER_OUT) {
        self.verb = line.left(line.indexOf(' ') < 0 ? 8 : std::min<qsizetype>(line.indexOf(' '), 8)).toUpper();
    } else if (type == CURLINFO_HEADER_IN && line.size() >= 3) {
        if (self.replyIsWhole)
            self.reply.clear();
        if (self.reply.size() < wordsMax)
            self.reply += (self.reply.isEmpty() ? "" : " ") + (self.reply.isEmpty() ? line : line.mid(4));
        self.replyIsWhole = line.size() == 3 || line.at(3) != '-';
    }
    return 0;
}

int askWhetherToGoOn(void *user, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return (*static_cast<const std::function<bool()> *>(user))() ? 0 : 1;
}

bool isThisMachine(const QString &host)
{
    return host == u"localhost" || host == u"::1" || host.startsWith(u"127."_s);
}

void setUp(CURL *handle, const SmtpAccount &account, const OutgoingMail &mail, curl_slist *recipients,
           Conversation &talk)
{
    const QUrl url(account.url);
    curl_easy_setopt(handle, CURLOPT_URL, account.url.toUtf8().constData());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L); // Signals are the whole process's; we are one thread of many.
    curl_easy_setopt(handle, CURLOPT_USE_SSL, isThisMachine(url.host()) ? CURLUSESSL_TRY : CURLUSESSL_ALL);
    if (!account.caFile.isEmpty())
        curl_easy_setopt(handle, CURLOPT_CAINFO, account.caFile.toUtf8().constData());
    if (!account.user.isEmpty()) {
        curl_easy_setopt(handle, CURLOPT_USERNAME, account.user.toUtf8().constData());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, account.password.toUtf8().constData());
    }
    const auto timeout = static_cast<long>(account.timeout.count());
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, std::min(greetingMillisecondsMax, timeout));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L); // Else the farewell is said by a handle that is not ours.
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, (u'<' + mail.from + u'>').toUtf8().constData());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.bytes.size()));
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, giveContent);
    curl_easy_setopt(handle, CURLOPT_READDATA, &talk);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L); // Only to listen: nothing is written anywhere.
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, listen);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &talk);
}

/// 5xx is for ever (RFC 5321 section 4.2.1), and is the mail's own fault only where the server had agreed to talk to us
/// and to our sender.
MailOutcome::Fate fateOf(CURLcode code, const Conversation &talk)
{
    if (code == CURLE_OK)
        return MailOutcome::Fate::Sent;
    const bool isAboutTheMail = talk.verb == "RCPT" || talk.verb == "DATA";
    const bool isForEver = talk.replyIsWhole && talk.reply.startsWith('5') && code != CURLE_OPERATION_TIMEDOUT;
    return isAboutTheMail && isForEver ? MailOutcome::Fate::Refused : MailOutcome::Fate::TryAgain;
}

} // namespace

MailOutcome sendMail(const SmtpAccount &account, const OutgoingMail &mail, const std::function<bool()> &mayGoOn)
{
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    const EasyHandle handle(ready == CURLE_OK ? curl_easy_init() : nullptr);
    const CurlList recipients(curl_slist_append(nullptr, (u'<' + mail.to + u'>').toUtf8().constData()));
    if (!handle || !recipients)
        return {.fate = MailOutcome::Fate::TryAgain, .words = u"libcurl has no memory."_s};
    Conversation talk{.verb = {}, .reply = {}, .content = &mail.bytes};
    setUp(handle.get(), account, mail, recipients.get(), talk);
    curl_easy_setopt(handle.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle.get(), CURLOPT_XFERINFOFUNCTION, askWhetherToGoOn);
    curl_easy_setopt(handle.get(), CURLOPT_XFERINFODATA, &mayGoOn);
    const CURLcode code = curl_easy_perform(handle.get());
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return {.fate = MailOutcome::Fate::TryAgain, .words = u"We stopped before the mail server had answered."_s};
    const bool wasAnswered = code != CURLE_OPERATION_TIMEDOUT && !talk.reply.isEmpty() &&
                             (talk.reply.startsWith('4') || talk.reply.startsWith('5') || code == CURLE_OK);
    const QString words = wasAnswered ? QString::fromUtf8(talk.reply) : QString::fromUtf8(curl_easy_strerror(code));
    return {.fate = fateOf(code, talk), .words = words.simplified().left(wordsMax)};
}

} // namespace parterre::server
