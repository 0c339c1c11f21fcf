#include "analytics/salesanalytics.h"

#include "analytics/salesrepository.h"
#include "base/jsonfields.h"
#include "db/database.h"

#include <algorithm>

namespace parterre::server {

using namespace Qt::StringLiterals;

Status SalesAnalytics::take(const OutboxFact &fact)
{
    const bool isSale = fact.topic == u"order.confirmed";
    if (!isSale && fact.topic != u"order.refunded")
        return {};
    Instant at;
    RefundId refund;
    JsonReader reader(fact.payload);
    reader("at", at);
    if (!isSale)
        reader("refund", refund);
    PT_CHECK(reader.finish());
    return m_database.transact([&](Transaction &transaction) -> Status {
        if (analytics::isCounted(transaction, fact.id))
            return {};
        const qint64 counted = isSale ? analytics::countSale(transaction, fact.id, OrderId(fact.key), at)
                                      : analytics::countRefund(transaction, fact.id, refund, at);
        if (counted == 0)
            return refuse(ErrorCode::NotFound, u"What this fact tells of is not in the database."_s);
        return {};
    });
}

std::vector<Status> SalesAnalytics::takeAll(std::span<const OutboxFact> facts)
{
    std::vector<analytics::ToldSale> sales;
    for (const OutboxFact &fact : facts) {
        const auto at = instantFromText(fact.payload.value(u"at"_s).toString());
        if (fact.topic == u"order.confirmed" && at)
            sales.push_back({.fact = fact.id, .order = OrderId(fact.key), .at = *at});
    }
    if (sales.size() < 2)
        return takeEach(facts);
    std::ranges::sort(sales, {}, &analytics::ToldSale::fact); // Two who count take their locks in one order.
    const auto counted = m_database.transact([&](Transaction &transaction) -> Result<std::vector<qint64>> {
        return analytics::countSales(transaction, sales);
    });
    std::vector<Status> answers;
    for (const OutboxFact &fact : facts) // What was not counted is looked at by itself, and has an answer of its own.
        answers.push_back(counted && std::ranges::find(*counted, fact.id) != counted->end() ? Status() : take(fact));
    return answers;
}

} // namespace parterre::server
