#include "domain/giftcards/giftcardcode.h"
#include "support/randomness.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;

namespace {

constexpr QStringView alphabet = u"abcdefghjkmnpqrstuvwxyz23456789";

} // namespace

/// The codes of gift cards: what was mistyped is known as such before anybody is asked.
class TestGiftCardCode : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aCodeIsReadAsItIsShown()
    {
        for (int i = 0; i < 1'000; ++i) {
            const QString code = randomCode();
            QCOMPARE(code.size(), limits::giftCardCodeCharacters);
            const QString shown = giftCardCodeText(code);
            QCOMPARE(shown.size(), 19);
            QCOMPARE(shown, shown.toUpper());
            QCOMPARE(readGiftCardCode(shown).value_or(QString()), code);
            QCOMPARE(
                readGiftCardCode(u"  "_s + QString(shown).replace(u'-', u' ').toLower() + u'\t').value_or(QString()),
                code);
            QCOMPARE(lastCharactersOf(code), shown.right(4));
        }
    }

    void everyWrongCharacterIsSeen()
    {
        for (int i = 0; i < 50; ++i) {
            const QString code = randomCode();
            for (int place = 0; place < code.size(); ++place) {
                for (const QChar other : alphabet) {
                    QString wrong = code;
                    wrong[place] = other;
                    QCOMPARE(readGiftCardCode(wrong).has_value(), other == code.at(place));
                }
            }
        }
    }

    void everyTwoThatWereSwappedAreSeen()
    {
        for (int i = 0; i < 200; ++i) {
            const QString code = randomCode();
            for (int first = 0; first < code.size(); ++first) {
                for (int second = first + 1; second < code.size(); ++second) {
                    QString wrong = code;
                    wrong[first] = code.at(second);
                    wrong[second] = code.at(first);
                    QCOMPARE(readGiftCardCode(wrong).has_value(), code.at(first) == code.at(second));
                }
            }
        }
    }

    void whatIsNoCodeIsRefusedByField_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::newRow("nothing") << QString();
        QTest::newRow("too short") << u"K7PM-3XQT"_s;
        QTest::newRow("too long") << u"aaaaaaaaaaaaaaaaa"_s;
        QTest::newRow("characters that are mistaken") << u"0000111100001111"_s;
        QTest::newRow("other scripts") << u"ääääßßßßääääßßßß"_s;
        QTest::newRow("no text at all") << QString(16, QChar(0));
    }
    void whatIsNoCodeIsRefusedByField()
    {
        QFETCH(QString, typed);
        const auto read = readGiftCardCode(typed, u"/gift_cards/0/code"_s);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::InvalidInput);
        QCOMPARE(read.error().field, u"/gift_cards/0/code"_s);
    }

    void anyTextIsReadOrRefused()
    {
        for (int i = 0; i < 5'000; ++i) {
            QString text;
            const int characters = m_random.bounded(41);
            while (text.size() < characters)
                text += QChar(static_cast<char16_t>(m_random.bounded(0x10000)));
            const auto read = readGiftCardCode(text);
            QVERIFY(!read || read->size() == limits::giftCardCodeCharacters);
        }
    }

private:
    QString randomCode()
    {
        QString random;
        while (random.size() < limits::giftCardCodeCharacters - 1)
            random += alphabet.at(m_random.bounded(static_cast<int>(alphabet.size())));
        return giftCardCode(random);
    }

    QRandomGenerator m_random{tests::testSeed()};
};

QTEST_APPLESS_MAIN(TestGiftCardCode)
#include "tst_giftcardcode.moc"
