#include "model/search.h"

#include <QRegularExpression>

#include <vector>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

ApiError refusal(const QString &query)
{
    return badParameter(
        u"query"_s, {},
        u"We were unable to parse the search query near '%1'. It is one or more of "
        "metadata['name']:'value', status:'value', currency:'value' and amount:number, joined by AND."_s.arg(
            query.left(60)));
}

IntentFilter clause(const QString &field, const QString &name, const QString &value)
{
    if (field == u"metadata"_s)
        return [=](const PaymentIntent &intent) { return intent.metadata.value(name) == value; };
    if (field == u"status"_s)
        return [=](const PaymentIntent &intent) { return enumName(intent.status) == value; };
    if (field == u"currency"_s)
        return [=](const PaymentIntent &intent) { return intent.currency == value; };
    return [=](const PaymentIntent &intent) { return QString::number(intent.amount) == value; };
}

} // namespace

Reply<IntentFilter> parseSearch(const QString &query)
{
    static const QRegularExpression pattern(
        uR"re(^\s*(?:(metadata)\[(["'])([^"']{1,40})\2\]|(status|currency|amount)):(?:(["'])([^"']{0,500})\5|(\d{1,12}))\s*)re"_s);
    static const QRegularExpression conjunction(u"^AND\\s+"_s, QRegularExpression::CaseInsensitiveOption);
    std::vector<IntentFilter> clauses;
    QString rest = query;
    while (true) {
        const auto match = pattern.match(rest);
        if (!match.hasMatch())
            return std::unexpected(refusal(rest));
        const QString value = match.captured(7).isEmpty() ? match.captured(6) : match.captured(7);
        clauses.push_back(clause(match.captured(1) + match.captured(4), match.captured(3), value));
        rest = rest.mid(match.capturedLength());
        if (rest.isEmpty())
            break;
        const auto joined = conjunction.match(rest);
        if (!joined.hasMatch())
            return std::unexpected(refusal(rest));
        rest = rest.mid(joined.capturedLength());
    }
    return IntentFilter([clauses](const PaymentIntent &intent) {
        return std::ranges::all_of(clauses, [&](const IntentFilter &each) { return each(intent); });
    });
}

} // namespace parterre::psp
