#include "checkout/overrides.h"

#include "checkout/checkoutservice.h"
#include "db/database.h"
#include "db/transaction.h"
#include "identity/tokens.h"

#include <algorithm>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace overrides {

Approval approve(Transaction &transaction, const UserView &supervisor, const QString &askedBy)
{
    const Approval approval{
        .token = tokens::create(), .approvedBy = supervisor.displayName, .secondsLeft = approvalSeconds};
    transaction.execute("delete from price_approval where expires_at < clock_timestamp()");
    transaction.execute("insert into price_approval (token_sha256, approved_by, asked_by, expires_at) "
                        "values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))",
                        tokens::sha256(approval.token), supervisor.id, askedBy, approvalSeconds);
    return approval;
}

std::optional<UserId> approvedBy(Transaction &transaction, const QString &askedBy, const QString &token)
{
    const auto rows = transaction.query("select approved_by from price_approval where token_sha256 = $1 and "
                                        "asked_by = $2 and expires_at > clock_timestamp()",
                                        tokens::sha256(token), askedBy);
    return rows.empty() ? std::nullopt : std::optional(id<UserId>(rows[0]["approved_by"]));
}

bool hasAny(const std::vector<OrderLineRequest> &lines)
{
    return std::ranges::any_of(lines, [](const OrderLineRequest &line) { return line.priceOverride.has_value(); });
}

void keep(Transaction &transaction, const OrderRow &order, const UserId &approvedBy)
{
    for (const OrderLine &line : order.lines) {
        if (!line.priceOverride)
            continue;
        transaction.execute("insert into price_override (order_id, line_no, kind, listed, price, reason, given_by, "
                            "approved_by, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                            order.id, line.number, enumName(line.priceOverride->kind), line.listed.minorUnits(),
                            (line.amount - line.discount).minorUnits(), line.priceOverride->reason, order.owner,
                            approvedBy, order.createdAt);
    }
}

std::vector<OverrideRecord> report(Transaction &transaction, const std::optional<PerformanceId> &performance,
                                   int countMax)
{
    std::vector<OverrideRecord> records;
    for (const auto &row : transaction.query(
             "select v.at, o.number, o.currency, e.title, p.starts_at, n.time_zone, l.place_name, v.kind, v.listed, "
             "v.price, v.reason, coalesce(g.display_name, v.given_by) as given_by, a.display_name as approved_by "
             "from price_override v join sale_order o on o.id = v.order_id "
             "join order_line l on l.order_id = v.order_id and l.line_no = v.line_no "
             "join performance p on p.id = o.performance_id join event e on e.id = p.event_id "
             "join venue n on n.id = e.venue_id "
             "join app_user a on a.id = v.approved_by left join app_user g on 'user:' || g.id = v.given_by "
             "where o.confirmed_at is not null and ($1::uuid is null or o.performance_id = $1) "
             "order by v.at desc, o.number desc, v.line_no limit $2",
             performance, countMax)) {
        const Currency currency = currencyOf(row["currency"]);
        records.push_back({.at = instant(row["at"]),
                           .orderNumber = text(row["number"]),
                           .event = text(row["title"]),
                           .startsAt = instant(row["starts_at"]),
                           .placeName = text(row["place_name"]),
                           .kind = enumOf<OverrideKind>(row["kind"]),
                           .listed = Money(number(row["listed"]), currency),
                           .price = Money(number(row["price"]), currency),
                           .reason = text(row["reason"]),
                           .givenBy = text(row["given_by"]),
                           .approvedBy = text(row["approved_by"]),
                           .timeZone = text(row["time_zone"])});
    }
    return records;
}

} // namespace overrides

Result<std::optional<UserId>> CheckoutService::approvalOf(Transaction &transaction, const OrderCase &order)
{
    if (!overrides::hasAny(order.command.lines))
        return std::nullopt;
    if (order.party.channel != SalesChannel::Desk) // Told by the line, see priceLines().
        return std::nullopt;
    auto approvedBy = order.supervisor;
    if (!approvedBy && order.command.approval)
        approvedBy = overrides::approvedBy(transaction, order.party.owner, *order.command.approval);
    if (!approvedBy) {
        return refuse(ErrorCode::Forbidden,
                      u"Another price than the list's needs a supervisor. Ask one to sign in for it."_s,
                      u"/approval"_s);
    }
    return approvedBy;
}

Result<Approval> CheckoutService::approve(const UserView &supervisor, const QString &askedBy)
{
    return m_database.transact([&](Transaction &transaction) -> Result<Approval> {
        return overrides::approve(transaction, supervisor, askedBy);
    });
}

Result<std::vector<OverrideRecord>> CheckoutService::overrides(const std::optional<PerformanceId> &performance,
                                                               int countMax)
{
    return m_database.transact([&](Transaction &transaction) -> Result<std::vector<OverrideRecord>> {
        return overrides::report(transaction, performance, countMax);
    });
}

} // namespace parterre::server
