#include "check/report.h"

#include <QJsonArray>
#include <QLocale>

namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

QString counted(qint64 count)
{
    static const QLocale english(QLocale::English);
    return english.toString(count);
}

} // namespace

QJsonObject verdictToJson(const Verdict &verdict)
{
    QJsonObject byRule;
    for (const auto &[rule, count] : verdict.byRule)
        byRule.insert(enumName(rule), count);
    QJsonArray sentences;
    for (const Violation &violation : verdict.sentences)
        sentences.append(violation.sentence);
    return {{u"violations"_s, verdict.violations},
            {u"by_rule"_s, byRule},
            {u"sentences"_s, sentences},
            {u"events"_s, verdict.events},
            {u"acknowledged"_s, verdict.acknowledged},
            {u"refused"_s, verdict.refused},
            {u"unknown"_s, verdict.unknown},
            {u"sold"_s, verdict.sold},
            {u"given_back"_s, verdict.givenBack},
            {u"exchanged"_s, verdict.exchanged},
            {u"gift_cards"_s, verdict.giftCards},
            {u"paid_by_gift_card"_s, verdict.byGiftCard},
            {u"tickets_replaced"_s, verdict.replaced},
            {u"cancelled"_s, verdict.cancelled},
            {u"sold_at_desk"_s, verdict.atDesk},
            {u"refused_by_rule"_s, verdict.lawful},
            {u"house_seats"_s, verdict.houseSeats},
            {u"screens"_s, verdict.screens}};
}

QString verdictText(const Verdict &verdict)
{
    QString text;
    for (const Violation &violation : verdict.sentences)
        text += enumName(violation.rule) + u": "_s + violation.sentence + u'\n';
    const qint64 untold = verdict.violations - static_cast<qint64>(verdict.sentences.size());
    if (untold > 0)
        text += u"and %1 more.\n"_s.arg(counted(untold));
    text += u"%1 violations in %2 events: %3 holds acknowledged, %4 refused, %5 without an answer, %6 sold, %7 given "
            "back, %8 screens"_s.arg(counted(verdict.violations), counted(verdict.events),
                                     counted(verdict.acknowledged), counted(verdict.refused), counted(verdict.unknown),
                                     counted(verdict.sold), counted(verdict.givenBack), counted(verdict.screens));
    const qint64 after =
        verdict.exchanged + verdict.giftCards + verdict.byGiftCard + verdict.replaced + verdict.cancelled;
    if (after > 0) {
        text += u"; %1 exchanged, %2 gift cards issued, %3 payments by one, %4 tickets replaced, %5 performances "
                "cancelled"_s.arg(counted(verdict.exchanged), counted(verdict.giftCards), counted(verdict.byGiftCard),
                                  counted(verdict.replaced), counted(verdict.cancelled));
    }
    if (verdict.atDesk + verdict.lawful + verdict.houseSeats > 0) {
        text += u"; %1 sold at a desk, %2 refused by a rule of the house, %3 holds of house seats"_s.arg(
            counted(verdict.atDesk), counted(verdict.lawful), counted(verdict.houseSeats));
    }
    text += u".\n"_s;
    return text;
}

} // namespace parterre::check
