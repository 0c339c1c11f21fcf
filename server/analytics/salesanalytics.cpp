#include "analytics/salesanalytics.h"

#include "analytics/salesrepository.h"
#include "base/jsonfields.h"
#include "db/database.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

Status SalesAnalytics::take(const OutboxFact &fact)
{
    if (fact.topic != u"order.confirmed")
        return {};
    Instant at;
    JsonReader reader(fact.payload);
    reader("at", at);
    PT_CHECK(reader.finish());
    return m_database.transact([&](Transaction &transaction) -> Status {
        if (analytics::isCounted(transaction, fact.id))
            return {};
        if (analytics::countSale(transaction, fact.id, OrderId(fact.key), at) == 0)
            return refuse(ErrorCode::NotFound, u"The order of this fact is not in the database."_s);
        return {};
    });
}

} // namespace parterre::server
