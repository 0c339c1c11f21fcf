#include "analytics/salesanalytics.h"

#include "analytics/salesrepository.h"
#include "base/jsonfields.h"
#include "db/database.h"

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

} // namespace parterre::server
