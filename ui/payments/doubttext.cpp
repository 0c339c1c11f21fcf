#include "payments/doubttext.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

struct DoubtText
{
    Q_DECLARE_TR_FUNCTIONS(DoubtText)
};

} // namespace

QString doubtStateText(const PaymentInDoubt &payment)
{
    switch (payment.waitsFor) {
    case DoubtWaitsFor::Decision:
        return DoubtText::tr("Needs a decision");
    case DoubtWaitsFor::Person:
        return DoubtText::tr("Has to be looked at");
    case DoubtWaitsFor::Provider:
        break;
    }
    return DoubtText::tr("Is being checked");
}

QString doubtWayText(const PaymentInDoubt &payment)
{
    return payment.terminal.isEmpty() ? DoubtText::tr("card") : DoubtText::tr("terminal %1").arg(payment.terminal);
}

QString doubtPlacesText(const PaymentInDoubt &payment)
{
    QStringList names;
    for (const QString &place : payment.places) {
        const auto count = std::ranges::count(payment.places, place);
        const QString name = count > 1 ? u"%1 × %2"_s.arg(place).arg(count) : place;
        if (!names.contains(name))
            names += name;
    }
    return names.join(u"; "_s);
}

QString decisionText(PaymentDecision decision)
{
    switch (decision) {
    case PaymentDecision::MoneyCame:
        return DoubtText::tr("the money came");
    case PaymentDecision::NoMoney:
        return DoubtText::tr("no money came");
    case PaymentDecision::Closed:
        break;
    }
    return DoubtText::tr("seen to");
}

} // namespace parterre::ui
