#include "payments/paymentscommand.h"

#include "db/database.h"
#include "payments/paymentnewsrepository.h"

#include <QTextStream>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int exitRefused = 1;
constexpr int exitUsage = 2;

int list(Database &database, QTextStream &out, QTextStream &err)
{
    const auto concerns = database.transact([](Transaction &transaction) -> Result<std::vector<paymentnews::Concern>> {
        return paymentnews::concerns(transaction);
    });
    if (!concerns) {
        err << "parterred payments: " << concerns.error().message << '\n';
        return exitRefused;
    }
    for (const auto &concern : *concerns) {
        out << concern.since << "  " << concern.orderNumber << "  " << concern.amount << "  " << concern.state << "  "
            << concern.payment.text() << "  " << (concern.reference.isEmpty() ? u"-"_s : concern.reference) << "\n    "
            << concern.reason << '\n';
    }
    if (concerns->empty())
        out << "No payment is in doubt, and none waits for a person.\n";
    return 0;
}

int close(const QStringList &arguments, Database &database, QTextStream &out, QTextStream &err)
{
    const auto payment = PaymentId::fromText(arguments.value(1));
    const QString note = arguments.mid(2).join(u' ').trimmed();
    if (!payment || note.isEmpty()) {
        err << "parterred payments close ID NOTE: the id of the payment, and what was done about it.\n";
        return exitUsage;
    }
    const auto closed = database.transact([&](Transaction &transaction) -> Result<bool> {
        return paymentnews::closeReview(transaction, *payment, note, paymentnews::ReviewedBy::Person);
    });
    if (!closed || !*closed) {
        err << "parterred payments: "
            << (closed ? u"There is no open review of this payment."_s : closed.error().message) << '\n';
        return exitRefused;
    }
    out << "The review of " << payment->text() << " is closed.\n";
    return 0;
}

} // namespace

int runPayments(const QStringList &arguments, Database &database, QTextStream &out, QTextStream &err)
{
    if (arguments.isEmpty())
        return list(database, out, err);
    if (arguments.first() == u"close")
        return close(arguments, database, out, err);
    err << "parterred payments: '" << arguments.first() << "' is not understood; it is nothing, or close ID NOTE.\n";
    return exitUsage;
}

} // namespace parterre::server
