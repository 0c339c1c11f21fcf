#include "base/result.h"

#include <QSet>
#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

/// Refusals as they are stored and sent.
class TestError : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCodeHasItsOwnNameAndIsReadBack();
    void aNameThatIsNotKnownIsOurFault();
    void anErrorIsReadBackAsItWasWritten_data();
    void anErrorIsReadBackAsItWasWritten();
    void whatSaysNothingIsNotWritten();
    void aRefusalIsHandedOn();
};

void TestError::everyCodeHasItsOwnNameAndIsReadBack()
{
    QSet<QString> names;
    for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        const QString name = errorCodeName(code);
        QCOMPARE(errorCodeFromName(name), code);
        names.insert(name);
    }
    QCOMPARE(names.size(), static_cast<int>(ErrorCode::Internal) + 1);
}

void TestError::aNameThatIsNotKnownIsOurFault()
{
    QCOMPARE(errorCodeFromName(u"from_a_newer_peer"_s), ErrorCode::Internal);
}

void TestError::anErrorIsReadBackAsItWasWritten_data()
{
    QTest::addColumn<Error>("error");
    QTest::newRow("bare") << Error{.code = ErrorCode::HoldGone, .message = u"The hold has ended."_s};
    QTest::newRow("field") << Error{
        .code = ErrorCode::InvalidInput, .message = u"No such seat."_s, .field = u"/seats/2"_s};
    QTest::newRow("details") << Error{
        .code = ErrorCode::PurchaseLimit, .message = u"At most 8."_s, .details = {{u"limit"_s, 8}}};
    QTest::newRow("wait") << Error{.code = ErrorCode::RateLimited, .message = u"Wait."_s, .retryAfterSeconds = 30};
}

void TestError::anErrorIsReadBackAsItWasWritten()
{
    QFETCH(Error, error);
    QCOMPARE(errorFromJson(errorToJson(error)), error);
}

void TestError::whatSaysNothingIsNotWritten()
{
    const QJsonObject json = errorToJson({.code = ErrorCode::NotFound, .message = u"No such order."_s});
    QCOMPARE(json.keys(), QStringList({u"code"_s, u"message"_s}));
}

void TestError::aRefusalIsHandedOn()
{
    const auto refused = [](bool really) -> Result<int> {
        if (really)
            return refuse(ErrorCode::SoldOut, u"No places are left."_s, u"/areas/0"_s);
        return 4;
    };
    const auto doubled = [&](bool really) -> Result<int> {
        PT_TRY(const int value, refused(really));
        return 2 * value;
    };
    const auto checked = [&](bool really) -> Status {
        PT_CHECK(refused(really));
        return {};
    };
    QCOMPARE(doubled(false).value(), 8);
    QCOMPARE(doubled(true).error().field, u"/areas/0"_s);
    QVERIFY(checked(false).has_value());
    QCOMPARE(checked(true).error().code, ErrorCode::SoldOut);
}

QTEST_APPLESS_MAIN(TestError)
#include "tst_error.moc"
