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

/// Of one refund. One that a terminal says no to is tried again only when a person asks for it, one for which it was
/// out of order by itself, every ten minutes in the end.
constexpr int triesOfRefund = 100;

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
        if (answer.isAmountUnclear || (answer.amount && *answer.amount != amount)) {
            // Somebody has to look: the books are not made to fit.
            const QString moved = answer.amount ? answer.amount->plainText() : u"an amount that nobody can read"_s;
            qCCritical(log).noquote() << "A terminal moved" << moved << "instead of" << amount.plainText()
                                      << "in its transaction" << answer.reference;
            return {.reference = answer.reference,
                    .reason = u"The terminal moved %1 instead of %2."_s.arg(moved, amount.plainText())};
        }
        return {.state = ProviderState::Captured, .reference = answer.reference};
    }
    if (answer.condition == u"Busy")
        return {.state = ProviderState::NotAsked, .reason = u"The terminal is busy with another payment."_s};
    if (answer.condition == u"InProgress")
        return {};
    return {.state = ProviderState::Declined, .reason = declinedWords(answer)};
}

/// It could not do it now; nothing is wrong with what it was asked for.
bool isOutOfOrder(const QString &condition)
{
    return condition == u"UnreachableHost" || condition == u"LoggedOut" || condition == u"DeviceOut" ||
           condition == u"UnavailableDevice";
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

/// One that is not there may come back into the configuration.
const TerminalAddress *CardTerminals::find(const QString &name) const
{
    const auto found = m_config.terminals.find(name);
    return found == m_config.terminals.end() ? nullptr : &found->second;
}

struct CardTerminals::Deed
{
    QString terminal;
    QString id; ///< Ours; the message's ServiceID is made of it.
    Money amount;
    wire::Category category = wire::Category::Payment;
    QByteArray message{};
    std::chrono::milliseconds timeout{};
};

struct CardTerminals::Heard
{
    bool wasSent = true;
    bool isUnseen = false;                ///< The terminal says that the message never came.
    std::optional<wire::Answer> answer{}; ///< Nothing where nobody knows.

    [[nodiscard]] ProviderAnswer asState(const Money &amount) const
    {
        if (isUnseen)
            return {.state = ProviderState::Unknown};
        return answer ? answerFrom(*answer, amount) : ProviderAnswer();
    }
};

ProviderAnswer CardTerminals::authorise(const ProviderPayment &payment, const QString &token)
{
    if (!find(token))
        return {.state = ProviderState::NotAsked, .reason = u"There is no card terminal '%1'."_s.arg(token)};
    const QString id = payment.id.text();
    const Heard heard =
        carryOut({.terminal = token,
                  .id = id,
                  .amount = payment.amount,
                  .message = wire::payment({.serviceId = wire::serviceIdOf(id), .terminal = token},
                                           {.transaction = id, .amount = payment.amount, .at = SystemClock().now()}),
                  .timeout = m_config.holderTimeout});
    if (heard.wasSent)
        return heard.asState(payment.amount);
    return {.state = ProviderState::NotAsked,
            .reason = u"The card terminal '%1' cannot be reached. Is it on, and on the network?"_s.arg(token)};
}

CardTerminals::Heard CardTerminals::carryOut(const Deed &deed)
{
    const auto outcome = send(*find(deed.terminal), deed.message, deed.timeout);
    if (outcome.failure == Failure::NotSent) {
        qCWarning(log).noquote() << "The terminal" << deed.terminal << "cannot be reached:" << outcome.reason;
        return {.wasSent = false};
    }
    if (outcome.failure == Failure::None) {
        const QString kind = deed.category == wire::Category::Payment ? u"Payment"_s : u"Reversal"_s;
        auto answer = wire::read(outcome.answer, kind, wire::serviceIdOf(deed.id), deed.amount.currency());
        // A second message with an id is not a second payment, and its refusal says nothing about the first.
        if (answer && answer->condition != u"NotAllowed")
            return {.answer = *std::move(answer)};
        if (!answer)
            qCWarning(log).noquote() << "The terminal" << deed.terminal
                                     << "is not understood:" << answer.error().message;
    }
    return statusOf(deed);
}

CardTerminals::Heard CardTerminals::statusOf(const Deed &deed)
{
    const TerminalAddress *address = find(deed.terminal);
    if (!address) {
        qCWarning(log).noquote() << "The terminal" << deed.terminal << "cannot be asked for" << deed.id
                                 << ": --card-terminals does not name it.";
        return {};
    }
    const QString question = questionId();
    const auto outcome = send(
        *address,
        wire::status({.serviceId = question, .terminal = deed.terminal}, deed.category, wire::serviceIdOf(deed.id)),
        m_config.questionTimeout);
    if (outcome.failure != Failure::None)
        return {};
    auto answer = wire::read(outcome.answer, u"TransactionStatus"_s, question, deed.amount.currency());
    if (answer && answer->isRepeated)
        return {.answer = *std::move(answer)};
    return {.isUnseen = answer && answer->condition == u"NotFound"};
}

ProviderAnswer CardTerminals::query(const ProviderPayment &payment)
{
    return statusOf({.terminal = payment.instrument, .id = payment.id.text(), .amount = payment.amount})
        .asState(payment.amount);
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
    const ProviderAnswer known = payment.reference.isEmpty() ? query(payment) : ProviderAnswer();
    const QString original = payment.reference.isEmpty() ? known.reference : payment.reference;
    if (original.isEmpty() && known.state == ProviderState::NoAnswer)
        return {};
    if (original.isEmpty()) {
        return {.state = ProviderState::Declined,
                .reason =
                    u"The terminal '%1' has no name for this payment, so it cannot give it back to its card."_s.arg(
                        payment.instrument)};
    }
    ProviderAnswer answer;
    for (int number = 1; number <= triesOfRefund; ++number) {
        const Deed deed{.terminal = payment.instrument,
                        .id = number == 1 ? refund : u"%1-%2"_s.arg(refund).arg(number),
                        .amount = amount,
                        .category = wire::Category::Reversal};
        answer = statusOf(deed).asState(amount);
        if (answer.state == ProviderState::Unknown)
            answer = reverse(deed, original);
        else if (answer.state == ProviderState::Declined)
            continue; // A try of before.
        break;
    }
    if (answer.state == ProviderState::Captured)
        answer.state = ProviderState::Refunded;
    if (answer.state == ProviderState::NoAnswer && !answer.reference.isEmpty()) {
        answer.state = ProviderState::Declined;
        answer.reason =
            u"The terminal '%1' gave back another amount, in its transaction %2. Look at its receipt."_s.arg(
                payment.instrument, answer.reference);
    }
    return answer;
}

ProviderAnswer CardTerminals::reverse(const Deed &asked, const QString &original)
{
    Deed deed = asked;
    deed.timeout = m_config.bankTimeout;
    deed.message = wire::reversal(
        {.serviceId = wire::serviceIdOf(deed.id), .terminal = deed.terminal},
        {.transaction = deed.id, .original = original, .amount = deed.amount, .at = SystemClock().now()});
    const Heard heard = carryOut(deed);
    if (!heard.wasSent || (heard.answer && isOutOfOrder(heard.answer->condition)))
        return {}; // Later again.
    return heard.asState(deed.amount);
}

} // namespace parterre::server
