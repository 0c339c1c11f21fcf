#include "service/service.h"

#include "base/money.h"
#include "model/form.h"

#include <QCryptographicHash>
#include <QUrl>
#include <QUrlQuery>

/// The page of the buyer's bank, where 3-D Secure asks the holder of the card.
namespace parterre::psp {

using namespace Qt::StringLiterals;
using server::HttpReply;
using server::HttpRequest;
using server::HttpResponse;

namespace {

constexpr char style[] = R"css(
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #eef1f6; color: #1b2330; }
main { width: min(26rem, calc(100vw - 2rem)); background: #fff; border-radius: 12px; padding: 2rem;
       box-sizing: border-box; box-shadow: 0 8px 32px rgb(20 30 60 / 14%); }
h1 { font-size: 1.25rem; margin: 0 0 .25rem; }
p { margin: .5rem 0; color: #4a5568; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 1.25rem 0; }
dt { color: #4a5568; }
dd { margin: 0; text-align: right; font-weight: 600; }
form { display: grid; gap: .75rem; }
button { font: inherit; font-weight: 600; padding: .7rem; border-radius: 8px; border: 1px solid #2f4fd0; cursor: pointer; }
button[value=succeed] { background: #2f4fd0; color: #fff; }
button[value=fail] { background: transparent; color: #2f4fd0; }
button:focus-visible { outline: 3px solid #f0a020; outline-offset: 2px; }
small { display: block; margin-top: 1.25rem; color: #5c677a; }
@media (prefers-color-scheme: dark) {
  body { background: #12161f; color: #e8ecf4; } main { background: #1c2230; } p, dt, small { color: #a9b4c6; }
  button { border-color: #8ea6ff; } button[value=succeed] { background: #8ea6ff; color: #10152a; }
  button[value=fail] { color: #8ea6ff; }
}
)css";

HttpResponse page(int status, const QString &title, const QString &content)
{
    const QString html = u"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%1</title>\n"
                         "<style>%2</style>\n</head>\n<body>\n<main>\n<h1>%1</h1>\n%3</main>\n</body>\n</html>\n"_s.arg(
                             title.toHtmlEscaped(), QString::fromLatin1(style), content);
    HttpResponse response = HttpResponse::bytes(status, "text/html; charset=utf-8", html.toUtf8());
    const QByteArray hash = QCryptographicHash::hash(style, QCryptographicHash::Sha256).toBase64();
    // No form-action: browsers hold it against the redirect that follows the form, which leads to the shop.
    response.with("Content-Security-Policy",
                  "default-src 'none'; style-src 'sha256-" + hash + "'; base-uri 'none'; frame-ancestors 'none'");
    response.with("Cache-Control", "no-store").with("X-Content-Type-Options", "nosniff");
    return response;
}

HttpResponse outdated()
{
    return page(404, u"Nothing to confirm"_s,
                u"<p>This confirmation was answered already, or is no longer asked for. Return to the shop.</p>\n"_s);
}

QString amountText(const PaymentIntent &intent)
{
    const auto currency = Currency::fromCode(intent.currency.toUpper());
    return currency ? Money(intent.amount, *currency).plainText() : QString::number(intent.amount);
}

} // namespace

void Service::showAction(const HttpRequest &request, const HttpReply &reply)
{
    const std::scoped_lock lock(m_mutex);
    const PaymentIntent *intent = m_processor ? m_processor->findAction(request.pathValues.value(u"intent"_s),
                                                                        request.pathValues.value(u"secret"_s))
                                              : nullptr;
    if (!intent)
        return reply.send(outdated());
    const PaymentMethod *method = m_processor->books().methods.find(intent->paymentMethod);
    const QString content =
        u"<p>Your bank asks whether this payment is yours.</p>\n<dl><dt>Amount</dt><dd>%1</dd><dt>Card</dt>"
        "<dd>&bull;&bull;&bull;&bull; %2</dd></dl>\n<form method=\"post\">\n"
        "<button name=\"outcome\" value=\"succeed\">Confirm the payment</button>\n"
        "<button name=\"outcome\" value=\"fail\">This is not mine</button>\n</form>\n"
        "<small>Simulated bank of parterre-psp. No money moves.</small>\n"_s.arg(
            amountText(*intent).toHtmlEscaped(), QString::fromLatin1(method->card->number).right(4));
    reply.send(page(200, u"Confirm your payment"_s, content));
}

void Service::takeAction(const HttpRequest &request, const HttpReply &reply)
{
    const auto form = parseForm(request.body);
    const QString outcome = form ? form->value(u"outcome"_s).toString() : QString();
    if (outcome != u"succeed"_s && outcome != u"fail"_s)
        return reply.send(page(400, u"Choose one"_s, u"<p>Go back and confirm the payment, or refuse it.</p>\n"_s));
    const QString id = request.pathValues.value(u"intent"_s);
    const QString secret = request.pathValues.value(u"secret"_s);
    const auto holder = outcome == u"succeed"_s ? Intents::Holder::Confirms : Intents::Holder::Refuses;
    const std::scoped_lock lock(m_mutex);
    const Instant now = m_clock.now();
    if (!m_processor || !m_processor->answerAction(id, secret, holder, now))
        return reply.send(outdated());
    write(Journal::lineOfAction(id, secret, holder, now));
    sendNewEvents();
    const PaymentIntent &intent = *m_processor->books().intents.find(id);
    if (intent.returnUrl.isEmpty())
        return reply.send(page(200, u"Thank you"_s, u"<p>Return to the shop.</p>\n"_s));
    QUrl back(intent.returnUrl);
    QUrlQuery query(back);
    query.addQueryItem(u"payment_intent"_s, intent.id);
    query.addQueryItem(u"payment_intent_client_secret"_s, intent.clientSecret);
    query.addQueryItem(u"redirect_status"_s, holder == Intents::Holder::Confirms ? u"succeeded"_s : u"failed"_s);
    back.setQuery(query);
    reply.send(HttpResponse::empty(303).with("Location", back.toEncoded()).with("Cache-Control", "no-store"));
}

} // namespace parterre::psp
