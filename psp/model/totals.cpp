#include "model/processor.h"

#include <QJsonArray>

#include <map>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

struct Sums
{
    qint64 authorised = 0; ///< Reserved now and not captured.
    qint64 captured = 0;
    qint64 refunded = 0; ///< Without refunds that failed.
};

} // namespace

QJsonObject Processor::totals(const QString &group) const
{
    std::map<QString, Sums> sums;
    std::map<QString, int> counts;
    std::map<QString, QStringList> holders;
    for (const auto &intent : m_books.intents.inOrder()) {
        counts[enumName(intent->status)]++;
        sums[intent->currency].authorised += intent->amountCapturable;
        sums[intent->currency].captured += intent->amountReceived;
        const bool hasMoney = intent->amountCapturable + intent->amountReceived > 0;
        if (const QString value = intent->metadata.value(group); hasMoney && !value.isEmpty())
            holders[value] << intent->id;
    }
    int failedRefunds = 0;
    for (const auto &refund : m_books.refunds.inOrder()) {
        if (refund->status == Refund::Status::Failed)
            failedRefunds++;
        else
            sums[refund->currency].refunded += refund->amount;
    }
    QJsonObject currencies;
    for (const auto &[currency, sum] : sums)
        currencies.insert(currency, QJsonObject{{u"authorised"_s, sum.authorised},
                                                {u"captured"_s, sum.captured},
                                                {u"refunded"_s, sum.refunded},
                                                {u"net"_s, sum.captured - sum.refunded}});
    QJsonObject intents;
    for (const auto &[status, count] : counts)
        intents.insert(status, count);
    QJsonObject result{{u"currencies"_s, currencies},          {u"payment_intents"_s, intents},
                       {u"charges"_s, m_books.charges.size()}, {u"refunds"_s, m_books.refunds.size()},
                       {u"failed_refunds"_s, failedRefunds},   {u"events"_s, m_books.events.size()}};
    if (group.isEmpty())
        return result;
    QJsonObject several;
    for (const auto &[value, ids] : holders) {
        if (ids.size() > 1)
            several.insert(value, QJsonArray::fromStringList(ids));
    }
    result.insert(u"several_with_money"_s, several);
    return result;
}

} // namespace parterre::psp
