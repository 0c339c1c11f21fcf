#include "payments/paymentscommand.h"

#include "checkout/paymentdecisions.h"
#include "db/database.h"
#include "ticketing/ticketservice.h"

#include <QTextStream>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int exitRefused = 1;
constexpr int exitUsage = 2;
constexpr int listedMax = 1'000;

QString minuteText(Instant instant)
{
    return instantToText(instant).left(16).replace(u'T', u' ');
}

QString orDash(const QString &text)
{
    return text.isEmpty() ? u"-"_s : text;
}

int list(Database &database, QTextStream &out, QTextStream &err)
{
    const auto payments = database.transact([](Transaction &transaction) -> Result<std::vector<PaymentInDoubt>> {
        return paymentdecisions::list(transaction, listedMax);
    });
    if (!payments) {
        err << "parterred payments: " << payments.error().message << '\n';
        return exitRefused;
    }
    for (const PaymentInDoubt &payment : *payments) {
        QStringList words;
        for (const PaymentDecision decision : payment.possible)
            words += enumName(decision);
        out << minuteText(payment.since) << "  " << payment.orderNumber << "  " << payment.amount.plainText() << "  "
            << enumName(payment.state) << "  " << payment.payment.text() << "  " << orDash(payment.reference)
            << "\n    " << payment.eventTitle << ", " << minuteText(payment.startsAt) << ": "
            << QStringList(payment.places.begin(), payment.places.end()).join(u"; "_s) << "\n    "
            << (payment.terminal.isEmpty() ? enumName(payment.method) : u"terminal "_s + payment.terminal) << ": "
            << payment.known << '\n';
        if (payment.decided) {
            out << "    " << minuteText(payment.decided->at) << "  " << payment.decided->by << ", "
                << enumName(payment.decided->decision) << ": " << payment.decided->note << '\n';
        }
        out << "    possible: " << words.join(u", "_s) << '\n';
    }
    if (payments->empty())
        out << "No payment is in doubt, and none waits for a person.\n";
    return 0;
}

int resolve(const ResolvePayment &command, Database &database, QTextStream &out, QTextStream &err)
{
    TicketService tickets(database); // What is sold now has tickets that are signed.
    const Status started = tickets.start();
    const Result<OrderView> resolved = started ? database.transact([&](Transaction &transaction) {
        return paymentdecisions::resolve(transaction, u"command line"_s, command,
                                         [&](const TicketPayload &payload) { return tickets.sign(payload); });
    })
                                               : Result<OrderView>(refuse(started.error()));
    if (!resolved) {
        err << "parterred payments: " << resolved.error().message << '\n';
        return exitRefused;
    }
    if (command.decision == PaymentDecision::Closed)
        out << "The review of " << command.payment.text() << " is closed.\n";
    else
        out << "Order " << resolved->number << " is " << enumName(resolved->state) << ".\n";
    return 0;
}

std::optional<PaymentDecision> decisionOf(const QString &word)
{
    if (word == u"came")
        return PaymentDecision::MoneyCame;
    return word == u"no-money" ? std::optional(PaymentDecision::NoMoney) : std::nullopt;
}

int understandAndResolve(const QStringList &arguments, Database &database, QTextStream &out, QTextStream &err)
{
    const bool isClose = arguments.first() == u"close";
    const auto payment = PaymentId::fromText(arguments.value(1));
    const auto decision = isClose ? std::optional(PaymentDecision::Closed) : decisionOf(arguments.value(2));
    const QString note = arguments.mid(isClose ? 2 : 3).join(u' ').trimmed();
    if (!payment || !decision || note.isEmpty() || note.size() > limits::noteCharactersMax) {
        err << (isClose ? "parterred payments close ID NOTE: the id of the payment, and what was done about it.\n"
                        : "parterred payments resolve ID came|no-money NOTE: the id of the payment, whether its money "
                          "came, and where that was seen.\n");
        return exitUsage;
    }
    return resolve({.payment = *payment, .decision = *decision, .note = note}, database, out, err);
}

} // namespace

int runPayments(const QStringList &arguments, Database &database, QTextStream &out, QTextStream &err)
{
    if (arguments.isEmpty())
        return list(database, out, err);
    if (arguments.first() == u"close" || arguments.first() == u"resolve")
        return understandAndResolve(arguments, database, out, err);
    err << "parterred payments: '" << arguments.first()
        << "' is not understood; it is nothing, resolve ID came|no-money NOTE, or close ID NOTE.\n";
    return exitUsage;
}

} // namespace parterre::server
