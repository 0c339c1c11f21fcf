#include "aftersale/cancellationscommand.h"

#include "aftersale/cancellationrepository.h"
#include "db/database.h"

#include <QTextStream>

namespace parterre::server {

namespace {

constexpr int exitRefused = 1;
constexpr int listedMax = 50;

struct Entry
{
    cancellations::Listed performance;
    CancellationView view;
};

} // namespace

int runCancellations(Database &database, QTextStream &out, QTextStream &err)
{
    const auto entries = database.transact([](Transaction &transaction) -> Result<std::vector<Entry>> {
        std::vector<Entry> found;
        for (const auto &each : cancellations::newest(transaction, listedMax))
            found.push_back({.performance = each, .view = *cancellations::view(transaction, each.performance, false)});
        return found;
    });
    if (!entries) {
        err << "parterred cancellations: " << entries.error().message << '\n';
        return exitRefused;
    }
    for (const Entry &entry : *entries) {
        const CancellationView &view = entry.view;
        out << entry.performance.startsAt << "  " << entry.performance.title << "  " << enumName(view.state) << "  "
            << view.refunded << " of " << view.orders << " orders, " << view.amount.plainText() << "\n    "
            << view.repaymentsWaiting << " repayments on their way, " << view.repaymentsInDoubt << " in doubt, "
            << view.repaymentsOwed << " owed in cash. " << view.by << ": " << view.reason << '\n';
    }
    if (entries->empty())
        out << "No performance was cancelled.\n";
    return 0;
}

} // namespace parterre::server
