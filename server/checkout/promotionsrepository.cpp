#include "checkout/promotions.h"

#include "db/transaction.h"

namespace parterre::server::promotions {

using namespace Qt::StringLiterals;

namespace {

std::unexpected<Error> usedUp(const QString &code)
{
    return refuse(ErrorCode::WrongState, u"The code %1 is used up. Order without it; nothing was charged."_s.arg(code),
                  u"/promotion"_s);
}

std::unexpected<Error> usedByCustomer(const QString &code)
{
    return refuse(
        ErrorCode::WrongState,
        u"You have used the code %1 as often as one customer may. Order without it; nothing was charged."_s.arg(code),
        u"/promotion"_s);
}

/// But for that of the order whose use is taken over.
qint64 usesOf(Transaction &transaction, const PromotionId &promotion, const QString &customer,
              const OrderId &exceptOrder)
{
    return number(transaction.query("select count(*) as uses from promotion_use where promotion_id = $1 and "
                                    "customer = $2 and order_id <> $3",
                                    promotion, customer, exceptOrder)[0]["uses"]);
}

int usesOfOrder(Transaction &transaction, const PromotionId &promotion, const OrderId &order)
{
    return order.isNull() ? 0
                          : static_cast<int>(transaction
                                                 .query("select from promotion_use where promotion_id = $1 and "
                                                        "order_id = $2",
                                                        promotion, order)
                                                 .size());
}

std::vector<QString> words(const pqxx::field &field)
{
    std::vector<QString> list;
    for (const QString &word : text(field).split(u'\n', Qt::SkipEmptyParts))
        list.push_back(word);
    return list;
}

} // namespace

QString customerOf(const Buyer &buyer, const QString &owner)
{
    const QString email = buyer.email.trimmed().toLower();
    return email.isEmpty() ? owner : email;
}

Result<PromotionRow> find(Transaction &transaction, const PerformanceId &performance, const QString &typed, Instant now)
{
    const QString code = promotionCode(typed);
    const auto rows = transaction.query(
        "select m.id, m.code, m.name, m.per, m.amount, m.rate, m.uses_max, m.customer_uses_max, m.good_from, "
        "m.good_until, array_to_string(m.price_types, e'\\n') as price_types, m.used, v.currency, "
        "m.events = '{}' or e.key = any (m.events) as is_for_event "
        "from performance p join event e on e.id = p.event_id join venue v on v.id = e.venue_id "
        "join promotion m on m.venue_id = v.id where p.id = $1 and m.code = $2",
        performance, code);
    if (rows.empty())
        return refuse(ErrorCode::InvalidInput, u"There is no code %1. Check it, or go on without."_s.arg(code),
                      u"/promotion"_s);
    const auto &row = rows[0];
    const Currency currency = currencyOf(row["currency"]);
    PromotionRow found{.id = id<PromotionId>(row["id"]),
                       .promotion = {.code = text(row["code"]),
                                     .name = text(row["name"]),
                                     .per = enumOf<DiscountPer>(row["per"]),
                                     .amount = Money(number(row["amount"]), currency),
                                     .rateBasisPoints = smallNumber(row["rate"]),
                                     .usesMax = smallNumber(row["uses_max"]),
                                     .customerUsesMax = smallNumber(row["customer_uses_max"]),
                                     .from = optionalInstant(row["good_from"]),
                                     .until = optionalInstant(row["good_until"]),
                                     .priceTypes = words(row["price_types"]),
                                     .performances = {}},
                       .used = smallNumber(row["used"])};
    if (!flag(row["is_for_event"]))
        found.promotion.performances.push_back(PerformanceId()); // Some other one.
    PT_CHECK(checkPromotion(found.promotion, performance, now));
    return found;
}

Status checkUses(Transaction &transaction, const PromotionRow &row, const QString &customer, const QString &owner)
{
    const Promotion &promotion = row.promotion;
    if (promotion.usesMax == 0 && promotion.customerUsesMax == 0)
        return {};
    const auto rows = transaction.query("select count(*) as of_customer, count(*) filter (where o.owner = $3) as own "
                                        "from promotion_use u join sale_order o on o.id = u.order_id "
                                        "where u.promotion_id = $1 and u.customer = $2",
                                        row.id, customer, owner);
    const qint64 own = number(rows[0]["own"]);
    if (promotion.usesMax > 0 && row.used - own >= promotion.usesMax)
        return usedUp(promotion.code);
    if (promotion.customerUsesMax > 0 && number(rows[0]["of_customer"]) - own >= promotion.customerUsesMax)
        return usedByCustomer(promotion.code);
    return {};
}

Status lockUses(Transaction &transaction, const OrderRow &order, const OrderRow *exchanged)
{
    if (!order.promotion)
        return {};
    const auto rows = transaction.query(
        "select code, uses_max, customer_uses_max, used from promotion where id = $1 for update", *order.promotion);
    const auto &row = rows[0];
    const OrderId takenFrom = exchanged ? exchanged->id : OrderId();
    const int used = smallNumber(row["used"]) - usesOfOrder(transaction, *order.promotion, takenFrom);
    if (smallNumber(row["uses_max"]) > 0 && used >= smallNumber(row["uses_max"]))
        return usedUp(text(row["code"]));
    if (smallNumber(row["customer_uses_max"]) > 0 &&
        usesOf(transaction, *order.promotion, customerOf(order.buyer, order.owner), takenFrom) >=
            smallNumber(row["customer_uses_max"]))
        return usedByCustomer(text(row["code"]));
    return {};
}

void redeem(Transaction &transaction, const OrderRow &order, Instant now, const OrderRow *exchanged)
{
    if (!order.promotion)
        return;
    const bool isTakenOver =
        exchanged &&
        transaction.execute("update promotion_use set order_id = $1, customer = $2 where order_id = $3 "
                            "and promotion_id = $4",
                            order.id, customerOf(order.buyer, order.owner), exchanged->id, *order.promotion) == 1;
    if (isTakenOver)
        return;
    transaction.execute("update promotion set used = used + 1 where id = $1", *order.promotion);
    transaction.execute("insert into promotion_use (order_id, promotion_id, customer, used_at) values ($1, $2, $3, $4)",
                        order.id, *order.promotion, customerOf(order.buyer, order.owner), now);
}

void giveBack(Transaction &transaction, const OrderId &order)
{
    transaction.execute("with given as (delete from promotion_use where order_id = $1 returning promotion_id) "
                        "update promotion set used = used - 1 where id in (select promotion_id from given)",
                        order);
}

void giveBackAfterExchange(Transaction &transaction, const OrderId &order, const OrderRow &exchanged)
{
    // Nothing of an order in exchange was given back as a whole: it has a use of its promotion, or has passed it on.
    const bool wasTakenOver =
        exchanged.promotion &&
        transaction.execute("update promotion_use set order_id = $1, customer = $2 where order_id = $3 and "
                            "promotion_id = $4 and not exists (select from promotion_use where order_id = $1)",
                            exchanged.id, customerOf(exchanged.buyer, exchanged.owner), order,
                            *exchanged.promotion) == 1;
    if (!wasTakenOver)
        giveBack(transaction, order);
}

void lockOf(Transaction &transaction, const OrderRow &order, const OrderRow &exchanged)
{
    if (order.promotion || exchanged.promotion)
        transaction.execute("select from promotion where id in ($1, $2) order by id for update", order.promotion,
                            exchanged.promotion);
}

} // namespace parterre::server::promotions
