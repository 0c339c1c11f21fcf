#include "model/lists.h"

#include "model/rendering.h"
#include "model/search.h"

#include <QJsonArray>

#include <algorithm>
#include <limits>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

struct Page
{
    int limit = limits::pageSizeDefault;
    QString after;
    QString before;
    qint64 createdFrom = 0;
    qint64 createdTo = std::numeric_limits<qint64>::max();
};

Page readPage(Params &params)
{
    Page page;
    page.limit = static_cast<int>(params.integer(u"limit"_s, 1, limits::pageSizeMax).value_or(limits::pageSizeDefault));
    page.after = params.text(u"starting_after"_s);
    page.before = params.text(u"ending_before"_s);
    Params created(params.group(u"created"_s), u"created"_s);
    constexpr qint64 most = 1'000'000'000'000;
    const auto bound = [&](const QString &name) { return created.integer(name, 0, most); };
    if (const auto from = bound(u"gte"_s))
        page.createdFrom = *from;
    if (const auto above = bound(u"gt"_s))
        page.createdFrom = *above + 1;
    if (const auto to = bound(u"lte"_s))
        page.createdTo = *to;
    if (const auto below = bound(u"lt"_s))
        page.createdTo = *below - 1;
    if (auto read = created.finish(); !read)
        params.fail(std::move(read).error());
    return page;
}

/// The newest first. `ending_before` gives the page that ends just before the named object, as Stripe's does.
template <class T, class Wanted, class Show>
Reply<QJsonObject> list(const Shelf<T> &shelf, const Page &page, const QString &url, Wanted wanted, Show show)
{
    for (const QString &id : {page.after, page.before}) {
        if (!id.isEmpty() && !shelf.find(id))
            return std::unexpected(noSuchObject(u"object"_s, id, u"starting_after"_s));
    }
    std::vector<const T *> found;
    bool isReached = page.after.isEmpty();
    const size_t enough = static_cast<size_t>(page.limit) + 1;
    for (auto it = shelf.inOrder().rbegin(); it != shelf.inOrder().rend(); ++it) {
        const T &thing = **it;
        if (!page.before.isEmpty() && thing.id == page.before)
            break;
        const qint64 created = unixSeconds(thing.created);
        if (isReached && created >= page.createdFrom && created <= page.createdTo && wanted(thing))
            found.push_back(&thing);
        isReached = isReached || thing.id == page.after;
        if (page.before.isEmpty() && found.size() == enough)
            break;
    }
    const bool hasMore = found.size() >= enough;
    if (hasMore && page.before.isEmpty())
        found.pop_back();
    else if (hasMore)
        found.erase(found.begin(), found.end() - page.limit);
    QJsonArray data;
    for (const T *thing : found)
        data.append(show(*thing));
    return renderedList(url, data, hasMore);
}

bool fits(const QString &wanted, const QString &value)
{
    return wanted.isEmpty() || wanted == value;
}

} // namespace

Reply<QJsonObject> Lists::intents(Params &params) const
{
    const Page page = readPage(params);
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    return list(
        m_books.intents, page, u"/v1/payment_intents"_s, [](const PaymentIntent &) { return true; },
        [this](const PaymentIntent &intent) { return m_books.shown(intent); });
}

Reply<QJsonObject> Lists::searchIntents(Params &params) const
{
    const QString query = params.requiredText(u"query"_s);
    Page page;
    page.limit = static_cast<int>(params.integer(u"limit"_s, 1, limits::pageSizeMax).value_or(limits::pageSizeDefault));
    page.after = params.text(u"page"_s);
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    auto filter = parseSearch(query);
    if (!filter)
        return std::unexpected(std::move(filter).error());
    auto found = list(m_books.intents, page, u"/v1/payment_intents/search"_s, *filter,
                      [this](const PaymentIntent &intent) { return m_books.shown(intent); });
    if (!found)
        return found;
    QJsonObject result = *std::move(found);
    const QJsonArray data = result.value(u"data"_s).toArray();
    result.insert(u"object"_s, u"search_result"_s);
    result.insert(u"next_page"_s,
                  result.value(u"has_more"_s).toBool() ? data.last().toObject().value(u"id"_s) : QJsonValue());
    return result;
}

Reply<QJsonObject> Lists::refunds(Params &params) const
{
    const Page page = readPage(params);
    const QString intent = params.text(u"payment_intent"_s);
    const QString charge = params.text(u"charge"_s);
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    return list(
        m_books.refunds, page, u"/v1/refunds"_s,
        [&](const Refund &refund) { return fits(intent, refund.paymentIntent) && fits(charge, refund.charge); },
        [](const Refund &refund) { return rendered(refund); });
}

Reply<QJsonObject> Lists::charges(Params &params) const
{
    const Page page = readPage(params);
    const QString intent = params.text(u"payment_intent"_s);
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    return list(
        m_books.charges, page, u"/v1/charges"_s,
        [&](const Charge &charge) { return fits(intent, charge.paymentIntent); },
        [this](const Charge &charge) { return m_books.shown(charge); });
}

Reply<QJsonObject> Lists::events(Params &params) const
{
    const Page page = readPage(params);
    QStringList types = params.list(u"types"_s);
    if (const QString type = params.text(u"type"_s); !type.isEmpty())
        types << type;
    const QString delivered = params.oneOf(u"delivery_success"_s, {u"true"_s, u"false"_s}, {});
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    return list(
        m_books.events, page, u"/v1/events"_s,
        [&](const Event &event) {
            const bool isDelivered = event.pending.isEmpty();
            return (types.isEmpty() || types.contains(event.type)) &&
                   (delivered.isEmpty() || isDelivered == (delivered == u"true"_s));
        },
        [](const Event &event) { return rendered(event); });
}

Reply<QJsonObject> Lists::endpoints(Params &params) const
{
    const Page page = readPage(params);
    if (auto read = params.finish(); !read)
        return std::unexpected(std::move(read).error());
    return list(
        m_books.endpoints, page, u"/v1/webhook_endpoints"_s, [](const WebhookEndpoint &) { return true; },
        [](const WebhookEndpoint &endpoint) { return rendered(endpoint, Secret::Hidden); });
}

} // namespace parterre::psp
