#include "domain/pricing/charges.h"

#include <QRandomGenerator>
#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;

namespace {

Money pence(qint64 amount)
{
    return Money(amount, *Currency::fromCode(u"GBP"_s));
}

const Tax vatIn{.name = u"VAT"_s, .rateBasisPoints = 2'000, .isIncluded = true};
const Tax vatOn{.name = u"VAT"_s, .rateBasisPoints = 2'000, .isIncluded = false};

} // namespace

class TestCharges : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aShareIsRoundedHalfUp_data()
    {
        QTest::addColumn<int>("amount");
        QTest::addColumn<int>("basisPoints");
        QTest::addColumn<int>("share");
        QTest::newRow("nothing") << 0 << 250 << 0;
        QTest::newRow("exact") << 5'000 << 250 << 125;
        QTest::newRow("just below a half") << 4'999 << 1 << 0;
        QTest::newRow("a half") << 5'000 << 1 << 1;
        QTest::newRow("above a half") << 199 << 250 << 5;
        QTest::newRow("below a half") << 179 << 250 << 4;
        QTest::newRow("all") << 1'234 << 10'000 << 1'234;
    }
    void aShareIsRoundedHalfUp()
    {
        QFETCH(int, amount);
        QFETCH(int, basisPoints);
        QTEST(static_cast<int>(shareOf(pence(amount), basisPoints).minorUnits()), "share");
    }

    void anIncludedTaxIsAPartOfThePriceAndAnAddedOneComesOnTop()
    {
        QCOMPARE(taxOf(pence(6'000), vatIn), pence(1'000));
        QCOMPARE(taxOf(pence(6'000), vatOn), pence(1'200));
        const auto in = chargesOfTicket(1, pence(6'000), vatIn, {}, SalesChannel::Web).front();
        QCOMPARE(in.total(), pence(6'000));
        QCOMPARE(in.net(), pence(5'000));
        const auto on = chargesOfTicket(1, pence(6'000), vatOn, {}, SalesChannel::Web).front();
        QCOMPARE(on.total(), pence(7'200));
        QCOMPARE(on.net(), pence(6'000));
    }

    void aFeeIsAskedForOnItsChannelsAlone()
    {
        const std::vector<Fee> fees{{.name = u"Booking fee"_s,
                                     .per = FeePer::Ticket,
                                     .channels = {SalesChannel::Web},
                                     .amount = pence(150),
                                     .rateBasisPoints = 250,
                                     .tax = vatIn},
                                    {.name = u"Handling"_s, .per = FeePer::Order, .amount = pence(200), .tax = vatOn}};
        const auto web = chargesOfTicket(1, pence(5'000), vatIn, fees, SalesChannel::Web);
        QCOMPARE(totalOf(web, pence(0).currency()), pence(5'000 + 150 + 125));
        QCOMPARE(chargesOfTicket(1, pence(5'000), vatIn, fees, SalesChannel::Desk).size(), size_t(1));
        const auto order = chargesOfOrder(web, fees, SalesChannel::Desk, pence(0).currency());
        QCOMPARE(totalOf(order, pence(0).currency()), pence(240));
    }

    void whatCostsNothingBearsNoFee()
    {
        const std::vector<Fee> fees{{.name = u"Booking fee"_s, .per = FeePer::Ticket, .amount = pence(150)},
                                    {.name = u"Handling"_s, .per = FeePer::Order, .amount = pence(200)}};
        const auto free = chargesOfTicket(1, pence(0), vatIn, fees, SalesChannel::Web);
        QCOMPARE(free.size(), size_t(1));
        QVERIFY(chargesOfOrder(free, fees, SalesChannel::Web, pence(0).currency()).empty());
    }

    void theTableOfTaxesHasOneRowARate()
    {
        std::vector<Charge> charges = chargesOfTicket(1, pence(1'001), vatIn, {}, SalesChannel::Web);
        for (const Charge &charge : chargesOfTicket(2, pence(1'001), vatIn, {}, SalesChannel::Web))
            charges.push_back(charge);
        for (const Charge &charge : chargesOfTicket(3, pence(1'001), vatOn, {}, SalesChannel::Web))
            charges.push_back(charge);
        const std::vector<TaxSum> taxes = taxSums(charges);
        QCOMPARE(taxes.size(), size_t(2));
        QCOMPARE(taxes[0].amount, pence(2 * 167)); // 166.83 each, rounded by the line.
        QCOMPARE(taxes[0].net, pence(2 * 834));
        QCOMPARE(taxes[1].amount, pence(200));
    }

    void cashIsRoundedToTheNearestCoin_data()
    {
        QTest::addColumn<int>("total");
        QTest::addColumn<int>("step");
        QTest::addColumn<int>("rounding");
        QTest::newRow("every penny") << 1'003 << 1 << 0;
        QTest::newRow("five: exact") << 1'005 << 5 << 0;
        QTest::newRow("five: down") << 1'002 << 5 << -2;
        QTest::newRow("five: up") << 1'003 << 5 << 2;
        QTest::newRow("fifty: half goes up") << 1'025 << 50 << 25;
        QTest::newRow("a crown: down") << 149 << 100 << -49;
        QTest::newRow("nothing") << 0 << 100 << 0;
    }
    void cashIsRoundedToTheNearestCoin()
    {
        QFETCH(int, total);
        QFETCH(int, step);
        QTEST(static_cast<int>(cashRounding(pence(total), step).minorUnits()), "rounding");
    }

    void whateverIsChargedAddsUp()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        for (int round = 0; round < 5'000; ++round) {
            const auto anyTax = [&]() -> std::optional<Tax> {
                if (random.bounded(4) == 0)
                    return std::nullopt;
                return Tax{.name = QString::number(random.bounded(2)),
                           .rateBasisPoints = static_cast<int>(random.bounded(10'001)),
                           .isIncluded = random.bounded(2) == 0};
            };
            std::vector<Fee> fees;
            for (quint32 i = random.bounded(4U); i > 0; --i) {
                fees.push_back({.name = QString::number(i),
                                .per = random.bounded(2) == 0 ? FeePer::Ticket : FeePer::Order,
                                .amount = pence(random.bounded(500)),
                                .rateBasisPoints = static_cast<int>(random.bounded(10'001)),
                                .tax = anyTax()});
            }
            std::vector<Charge> all;
            Money lines = pence(0);
            for (int line = 1; line <= 1 + static_cast<int>(random.bounded(5)); ++line) {
                const auto charges =
                    chargesOfTicket(line, pence(random.bounded(20'000)), anyTax(), fees, SalesChannel::Web);
                lines += totalOf(charges, pence(0).currency());
                all.insert(all.end(), charges.begin(), charges.end());
            }
            const auto ofOrder = chargesOfOrder(all, fees, SalesChannel::Web, pence(0).currency());
            const Money total = lines + totalOf(ofOrder, pence(0).currency());
            all.insert(all.end(), ofOrder.begin(), ofOrder.end());
            Money net = pence(0);
            Money tax = pence(0);
            for (const Charge &charge : all) {
                QVERIFY(!charge.net().isNegative() && !charge.taxAmount.isNegative());
                net += charge.net();
                tax += charge.taxAmount;
            }
            QCOMPARE(net + tax, total);
            Money taxed = pence(0);
            for (const TaxSum &sum : taxSums(all))
                taxed += sum.amount;
            QCOMPARE(taxed, tax);
        }
    }
};

QTEST_APPLESS_MAIN(TestCharges)
#include "tst_charges.moc"
