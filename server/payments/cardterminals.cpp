#include "payments/cardterminals.h"

#include "http/framedexchange.h"
#include "payments/terminalwire.h"

#include <QLoggingCategory>
#include <QRegularExpression>

namespace parterre::server {

using namespace Qt::StringLiterals;
namespace wire = terminalwire;
using Failure = HttpOutcome::Failure;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.terminals")

FramedOutcome send(const TerminalAddress &address, QByteArray message, std::chrono::milliseconds timeout)
{
    return exchangeFramed(
        {.host = address.host, .port = address.port, .message = std::move(message), .timeout = timeout});
}

/// Messages that only ask have ids of their own, which need not be known again.
QString questionId()
{
    return wire::serviceIdOf(newUuidV7().toString());
}

/// What a clerk tells the customer.
QString declinedWords(const wire::Answer &answer)
{
    if (answer.condition == u"Cancel")
        return u"The customer stopped at the terminal."_s;
    if (answer.condition == u"Aborted")
        return u"The payment was stopped."_s;
    return answer.words.isEmpty() ? u"The card was declined."_s : u"The terminal says: %1."_s.arg(answer.words);
}

ProviderAnswer answerFrom(const wire::Answer &answer, const Money &amount)
{
    if (answer.result == wire::Answer::Result::Success) {
        if (answer.amount && *answer.amount != amount) {
            // Somebody has to look: the books are not made to fit.
            qCCritical(log).noquote() << "A terminal took" << answer.amount->plainText() << "instead of"
                                      << amount.plainText() << "in its transaction" << answer.reference;
            return {.reference = answer.reference};
        }
        return {.state = ProviderState::Captured, .reference = answer.reference};
    }
    if (answer.condition == u"Busy")
        return {.state = ProviderState::NotAsked, .reason = u"The terminal is busy with another payment."_s};
    if (answer.condition == u"InProgress")
        return {};
    return {.state = ProviderState::Declined, .reason = declinedWords(answer)};
}

} // namespace

Result<std::pair<QString, TerminalAddress>> readTerminal(const QString &text)
{
    static const QRegularExpression form(uR"(^([\w-]{1,32})=(\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})$)"_s);
    const auto match = form.match(text.trimmed());
    const int port = match.captured(3).toInt();
    if (!match.hasMatch() || port < 1 || port > 65'535)
        return refuse(ErrorCode::InvalidInput, u"'%1' is not NAME=HOST:PORT, such as left=10.0.0.21:7788."_s.arg(text));
    const QString host = match.captured(2);
    return std::pair(match.captured(1),
                     TerminalAddress{.host = host.startsWith(u'[') ? host.mid(1, host.size() - 2) : host,
                                     .port = static_cast<quint16>(port)});
}

CardTerminals::CardTerminals(CardTerminalsConfig config)
    : m_config(std::move(config))
{}

QStringList CardTerminals::names() const
{
    QStringList names;
    for (const auto &[name, address] : m_config.terminals)
        names.append(name);
    return names;
}

const TerminalAddress *CardTerminals::find(const QString &name) const
{
    const auto found = m_config.terminals.find(name);
    return found == m_config.terminals.end() ? nullptr : &found->second;
}

ProviderAnswer CardTerminals::authorise(const ProviderPayment &payment, const QString &token)
{
    return charge(token, payment.id.text(), payment.amount, false);
}

ProviderAnswer CardTerminals::charge(const QString &terminal, const QString &id, const Money &amount, bool isRefund)
{
    const TerminalAddress *address = find(terminal);
    if (!address)
        return {.state = ProviderState::NotAsked, .reason = u"There is no card terminal '%1'."_s.arg(terminal)};
    const QString serviceId = wire::serviceIdOf(id);
    const SystemClock clock;
    const auto outcome =
        send(*address,
             wire::payment({.serviceId = serviceId, .terminal = terminal},
                           {.transaction = id, .amount = amount, .at = clock.now(), .isRefund = isRefund}),
             m_config.holderTimeout);
    if (outcome.failure == Failure::NotSent) {
        qCWarning(log).noquote() << "The terminal" << terminal << "cannot be reached:" << outcome.reason;
        return {.state = ProviderState::NotAsked,
                .reason = u"The card terminal '%1' cannot be reached. Is it on, and on the network?"_s.arg(terminal)};
    }
    if (outcome.failure == Failure::None) {
        const auto answer = wire::read(outcome.answer, u"Payment"_s, serviceId);
        // A second message with an id is not a second payment, and its refusal says nothing about the first.
        if (answer && answer->condition != u"NotAllowed")
            return answerFrom(*answer, amount);
        if (!answer)
            qCWarning(log).noquote() << "The terminal" << terminal << "is not understood:" << answer.error().message;
    }
    return statusOf(terminal, id, amount);
}

ProviderAnswer CardTerminals::statusOf(const QString &terminal, const QString &id, const Money &amount)
{
    const TerminalAddress *address = find(terminal);
    if (!address)
        return {}; // It may come back into the configuration.
    const QString question = questionId();
    const auto outcome =
        send(*address, wire::status({.serviceId = question, .terminal = terminal}, wire::serviceIdOf(id)),
             m_config.questionTimeout);
    if (outcome.failure != Failure::None)
        return {};
    const auto answer = wire::read(outcome.answer, u"TransactionStatus"_s, question);
    if (!answer)
        return {};
    if (answer->isRepeated)
        return answerFrom(*answer, amount);
    return answer->condition == u"NotFound" ? ProviderAnswer{.state = ProviderState::Unknown} : ProviderAnswer{};
}

ProviderAnswer CardTerminals::query(const ProviderPayment &payment)
{
    return statusOf(payment.instrument, payment.id.text(), payment.amount);
}

ProviderAnswer CardTerminals::cancel(const ProviderPayment &payment)
{
    const TerminalAddress *address = find(payment.instrument);
    if (!address)
        return {};
    // It answers with what became of the payment, and only sometimes to this; so it is asked.
    (void)send(
        *address,
        wire::abort({.serviceId = questionId(), .terminal = payment.instrument}, wire::serviceIdOf(payment.id.text())),
        std::chrono::seconds(2));
    ProviderAnswer answer = query(payment);
    if (answer.state == ProviderState::Unknown)
        answer.state = ProviderState::Cancelled; // It refuses the id from now on.
    return answer;
}

ProviderAnswer CardTerminals::refund(const ProviderPayment &payment, const QString &refund, const Money &amount)
{
    ProviderAnswer answer = statusOf(payment.instrument, refund, amount);
    if (answer.state == ProviderState::Unknown)
        answer = charge(payment.instrument, refund, amount, true);
    if (answer.state == ProviderState::Captured)
        answer.state = ProviderState::Refunded;
    return answer;
}

} // namespace parterre::server
