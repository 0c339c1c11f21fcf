#include "payments/terminalwire.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>

namespace parterre::server::terminalwire {

using namespace Qt::StringLiterals;

namespace {

constexpr int serviceIdCharacters = 10;
constexpr auto saleId = "Parterre"_L1;

QByteArray request(const Header &header, const QString &category, const QJsonObject &body)
{
    const QJsonObject messageHeader{{u"ProtocolVersion"_s, u"3.0"_s},   {u"MessageClass"_s, u"Service"_s},
                                    {u"MessageCategory"_s, category},   {u"MessageType"_s, u"Request"_s},
                                    {u"ServiceID"_s, header.serviceId}, {u"SaleID"_s, saleId},
                                    {u"POIID"_s, header.terminal}};
    const QJsonObject message{
        {u"SaleToPOIRequest"_s, QJsonObject{{u"MessageHeader"_s, messageHeader}, {category + u"Request"_s, body}}}};
    return QJsonDocument(message).toJson(QJsonDocument::Compact);
}

QJsonObject reference(const QString &about)
{
    return {{u"MessageCategory"_s, u"Payment"_s}, {u"ServiceID"_s, about}, {u"SaleID"_s, saleId}};
}

std::unexpected<Error> notAnAnswer(const QString &what)
{
    return refuse(ErrorCode::InvalidInput, u"The terminal's answer %1."_s.arg(what));
}

/// The protocol has amounts as numbers of JSON with the currency's decimals; what is read is that number's text.
std::optional<Money> amountIn(const QJsonObject &payment)
{
    const QJsonObject amounts = payment.value(u"PaymentResult"_s)[u"AmountsResp"].toObject();
    const auto currency = Currency::fromCode(amounts.value(u"Currency"_s).toString());
    if (!currency || !amounts.value(u"AuthorizedAmount"_s).isDouble())
        return std::nullopt;
    const QString number = QString::number(amounts.value(u"AuthorizedAmount"_s).toDouble(), 'f', currency->decimals());
    const auto money = moneyFromTypedText(number, *currency);
    return money ? std::optional(*money) : std::nullopt;
}

Answer answerIn(const QJsonObject &body)
{
    const QJsonObject response = body.value(u"Response"_s).toObject();
    const bool isSuccess = response.value(u"Result"_s).toString() == u"Success";
    return {.result = isSuccess ? Answer::Result::Success : Answer::Result::Failure,
            .condition = response.value(u"ErrorCondition"_s).toString().left(64),
            .words = response.value(u"AdditionalResponse"_s).toString().left(200),
            .reference = body.value(u"POIData"_s)[u"POITransactionID"][u"TransactionID"].toString().left(128),
            .amount = amountIn(body)};
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
    const QJsonObject transaction{{u"TransactionID"_s, charge.transaction}, {u"TimeStamp"_s, instantToText(charge.at)}};
    const QJsonObject amounts{{u"Currency"_s, charge.amount.currency().code()},
                              {u"RequestedAmount"_s, charge.amount.numberText().toDouble()}};
    return request(header, u"Payment"_s,
                   {{u"SaleData"_s, QJsonObject{{u"SaleTransactionID"_s, transaction}}},
                    {u"PaymentTransaction"_s, QJsonObject{{u"AmountsReq"_s, amounts}}},
                    {u"PaymentData"_s, QJsonObject{{u"PaymentType"_s, charge.isRefund ? u"Refund"_s : u"Normal"_s}}}});
}

QByteArray status(const Header &header, const QString &about)
{
    return request(header, u"TransactionStatus"_s,
                   {{u"MessageReference"_s, reference(about)}, {u"ReceiptReprintFlag"_s, false}});
}

QByteArray abort(const Header &header, const QString &about)
{
    return request(header, u"Abort"_s,
                   {{u"MessageReference"_s, reference(about)}, {u"AbortReason"_s, u"MerchantAbort"_s}});
}

parterre::Result<Answer> read(const QByteArray &bytes, const QString &category, const QString &serviceId)
{
    const QJsonObject response = QJsonDocument::fromJson(bytes).object().value(u"SaleToPOIResponse"_s).toObject();
    const QJsonObject header = response.value(u"MessageHeader"_s).toObject();
    if (header.value(u"MessageType"_s).toString() != u"Response")
        return notAnAnswer(u"cannot be read"_s);
    if (header.value(u"MessageCategory"_s).toString() != category)
        return notAnAnswer(u"is to another kind of message"_s);
    if (header.value(u"ServiceID"_s).toString() != serviceId)
        return notAnAnswer(u"is to another message"_s);
    const QJsonObject body = response.value(category + u"Response"_s).toObject();
    if (!body.value(u"Response"_s).isObject())
        return notAnAnswer(u"says nothing"_s);
    const QJsonObject repeated =
        body.value(u"RepeatedMessageResponse"_s)[u"RepeatedResponseMessageBody"][u"PaymentResponse"].toObject();
    if (repeated.isEmpty())
        return answerIn(body);
    Answer answer = answerIn(repeated);
    answer.isRepeated = true;
    return answer;
}

} // namespace parterre::server::terminalwire
