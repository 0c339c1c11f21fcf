#include "payments/terminalwire.h"

#include "base/jsontext.h"
#include "base/moneyjson.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>

namespace parterre::server::terminalwire {

using namespace Qt::StringLiterals;

namespace {

constexpr int serviceIdCharacters = 10;
constexpr int referenceCharactersMax = 128;
constexpr int timeCharactersMax = 40;
constexpr auto saleId = "Parterre"_L1;

QByteArray quoted(const QString &text)
{
    return JsonText::of(text);
}

QString wordOf(Category category)
{
    return category == Category::Payment ? u"Payment"_s : u"Reversal"_s;
}

QByteArray request(const Header &header, const QString &kind, const QByteArray &body)
{
    const QByteArray messageHeader = jsonObject({{"ProtocolVersion", "\"3.0\""},
                                                 {"MessageClass", "\"Service\""},
                                                 {"MessageCategory", quoted(kind)},
                                                 {"MessageType", "\"Request\""},
                                                 {"ServiceID", quoted(header.serviceId)},
                                                 {"SaleID", quoted(saleId)},
                                                 {"POIID", quoted(header.terminal)}});
    const QByteArray name = kind.toLatin1() + "Request";
    return jsonObject({{"SaleToPOIRequest", jsonObject({{"MessageHeader", messageHeader}, {name.constData(), body}})}});
}

QByteArray saleData(const QString &transaction, Instant at)
{
    return jsonObject({{"SaleTransactionID", jsonObject({{"TransactionID", quoted(transaction)},
                                                         {"TimeStamp", quoted(instantToText(at))}})}});
}

QByteArray reference(Category category, const QString &about)
{
    return jsonObject(
        {{"MessageCategory", quoted(wordOf(category))}, {"ServiceID", quoted(about)}, {"SaleID", quoted(saleId)}});
}

std::unexpected<Error> notAnAnswer(const QString &what)
{
    return refuse(ErrorCode::InvalidInput, u"The terminal's answer %1."_s.arg(what));
}

QString referenceIn(const QJsonObject &body)
{
    const QJsonObject transaction = body.value(u"POIData"_s)[u"POITransactionID"].toObject();
    const QString id = transaction.value(u"TransactionID"_s).toString().left(referenceCharactersMax);
    const QString time = transaction.value(u"TimeStamp"_s).toString().left(timeCharactersMax);
    return id.isEmpty() || time.isEmpty() ? id : id + u'@' + time;
}

/// The body of an answer: as an object, and where it is in the bytes, since amounts are read from these.
struct Body
{
    QJsonObject object;
    std::vector<QLatin1StringView> path;
};

void readAmount(Answer &answer, const QByteArray &bytes, Body body, Currency ofReversal)
{
    auto currency = parterre::Result<Currency>(ofReversal);
    if (body.object.contains(u"PaymentResult"_s)) {
        const QJsonValue amounts = body.object.value(u"PaymentResult"_s)[u"AmountsResp"];
        currency = Currency::fromCode(amounts[u"Currency"].toString());
        body.path.insert(body.path.end(), {"PaymentResult"_L1, "AmountsResp"_L1, "AuthorizedAmount"_L1});
    } else {
        body.path.push_back("ReversedAmount"_L1);
    }
    const QByteArray number = jsonNumberAt(bytes, body.path);
    if (number.isEmpty())
        return;
    if (currency)
        answer.amount = moneyFromJsonNumber(number, *currency);
    answer.isAmountUnclear = !answer.amount;
}

Answer answerIn(const QByteArray &bytes, const Body &body, Currency ofReversal)
{
    const QJsonObject response = body.object.value(u"Response"_s).toObject();
    const bool isSuccess = response.value(u"Result"_s).toString() == u"Success";
    Answer answer{.result = isSuccess ? Answer::Result::Success : Answer::Result::Failure,
                  .condition = response.value(u"ErrorCondition"_s).toString().left(64),
                  .words = response.value(u"AdditionalResponse"_s).toString().left(200),
                  .reference = referenceIn(body.object)};
    readAmount(answer, bytes, body, ofReversal);
    return answer;
}

} // namespace

QString serviceIdOf(const QString &text)
{
    const QByteArray digest = QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256);
    quint64 bits = 0;
    for (int i = 0; i < 7; ++i) // 50 bits are wanted.
        bits = bits << 8 | static_cast<quint8>(digest[i]);
    return QString::number(bits & ((1ULL << 50) - 1), 32).toUpper().rightJustified(serviceIdCharacters, u'0');
}

QByteArray payment(const Header &header, const Charge &charge)
{
    const QByteArray amounts = jsonObject(
        {{"Currency", quoted(charge.amount.currency().code())}, {"RequestedAmount", jsonAmount(charge.amount)}});
    return request(header, u"Payment"_s,
                   jsonObject({{"SaleData", saleData(charge.transaction, charge.at)},
                               {"PaymentTransaction", jsonObject({{"AmountsReq", amounts}})},
                               {"PaymentData", jsonObject({{"PaymentType", "\"Normal\""}})}}));
}

QByteArray reversal(const Header &header, const Reversal &reversal)
{
    const qsizetype at = reversal.original.lastIndexOf(u'@');
    QByteArray original = jsonObject({{"TransactionID", quoted(reversal.original.left(at))}});
    if (at >= 0)
        original = jsonObject({{"TransactionID", quoted(reversal.original.left(at))},
                               {"TimeStamp", quoted(reversal.original.sliced(at + 1))}});
    return request(header, u"Reversal"_s,
                   jsonObject({{"SaleData", saleData(reversal.transaction, reversal.at)},
                               {"OriginalPOITransaction", jsonObject({{"POITransactionID", original}})},
                               {"ReversedAmount", jsonAmount(reversal.amount)},
                               {"ReversalReason", "\"MerchantCancel\""}}));
}

QByteArray status(const Header &header, Category category, const QString &about)
{
    return request(header, u"TransactionStatus"_s,
                   jsonObject({{"MessageReference", reference(category, about)}, {"ReceiptReprintFlag", "false"}}));
}

QByteArray abort(const Header &header, const QString &about)
{
    return request(
        header, u"Abort"_s,
        jsonObject({{"MessageReference", reference(Category::Payment, about)}, {"AbortReason", "\"MerchantAbort\""}}));
}

parterre::Result<Answer> read(const QByteArray &bytes, const QString &kind, const QString &serviceId,
                              Currency ofReversal)
{
    const QJsonObject response = QJsonDocument::fromJson(bytes).object().value(u"SaleToPOIResponse"_s).toObject();
    const QJsonObject header = response.value(u"MessageHeader"_s).toObject();
    if (header.value(u"MessageType"_s).toString() != u"Response")
        return notAnAnswer(u"cannot be read"_s);
    if (header.value(u"MessageCategory"_s).toString() != kind)
        return notAnAnswer(u"is to another kind of message"_s);
    if (header.value(u"ServiceID"_s).toString() != serviceId)
        return notAnAnswer(u"is to another message"_s);
    const QByteArray name = kind.toLatin1() + "Response";
    const Body body{.object = response.value(QLatin1StringView(name)).toObject(),
                    .path = {"SaleToPOIResponse"_L1, QLatin1StringView(name)}};
    if (!body.object.value(u"Response"_s).isObject())
        return notAnAnswer(u"says nothing"_s);
    const QJsonObject repeated =
        body.object.value(u"RepeatedMessageResponse"_s)[u"RepeatedResponseMessageBody"].toObject();
    for (const auto asked : {"PaymentResponse"_L1, "ReversalResponse"_L1}) {
        Body inner{.object = repeated.value(asked).toObject(), .path = body.path};
        if (inner.object.isEmpty())
            continue;
        inner.path.insert(inner.path.end(), {"RepeatedMessageResponse"_L1, "RepeatedResponseMessageBody"_L1, asked});
        Answer answer = answerIn(bytes, inner, ofReversal);
        answer.isRepeated = true;
        return answer;
    }
    return answerIn(bytes, body, ofReversal);
}

} // namespace parterre::server::terminalwire
