#include "terminal/simulatedterminal.h"

#include "base/clock.h"
#include "base/jsontext.h"
#include "base/moneyjson.h"

#include <QHostAddress>
#include <QJsonDocument>
#include <QTcpSocket>
#include <QTimer>
#include <QUuid>
#include <QtEndian>

#include <cstdlib>
#include <map>
#include <utility>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype lengthBytes = 4;
constexpr quint32 messageBytesMax = 64 * 1024;
constexpr qint64 journalLineBytesMax = 16 * 1024;
constexpr int serviceIdCharactersMax = 10;

QByteArray quoted(const QString &text)
{
    return JsonText::of(text);
}

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

/// The member that every response begins with.
QByteArray result(bool isSuccess, const QString &condition = {}, const QString &words = {})
{
    QJsonObject body{{u"Result"_s, isSuccess ? u"Success"_s : u"Failure"_s}};
    if (!condition.isEmpty())
        body.insert(u"ErrorCondition"_s, condition);
    if (!words.isEmpty())
        body.insert(u"AdditionalResponse"_s, words);
    return compact(body);
}

QByteArray refusal(const QString &condition, const QString &words = {})
{
    return jsonObject({{"Response", result(false, condition, words)}});
}

std::optional<Money> requestedAmount(const QByteArray &request)
{
    const QJsonValue amounts = QJsonDocument::fromJson(
        request)[u"SaleToPOIRequest"_s][u"PaymentRequest"][u"PaymentTransaction"][u"AmountsReq"];
    const auto currency = Currency::fromCode(amounts[u"Currency"].toString());
    if (!currency)
        return std::nullopt;
    const auto money =
        moneyFromJsonNumber(jsonNumberAt(request, {"SaleToPOIRequest"_L1, "PaymentRequest"_L1, "PaymentTransaction"_L1,
                                                   "AmountsReq"_L1, "RequestedAmount"_L1}),
                            *currency);
    return money && !money->isZero() ? money : std::nullopt;
}

} // namespace

SimulatedTerminal::SimulatedTerminal(Settings settings, QObject *parent)
    : QObject(parent)
    , m_settings(std::move(settings))
    , m_journal(m_settings.journal)
{
    connect(&m_server, &QTcpServer::newConnection, this, &SimulatedTerminal::onConnection);
}

bool SimulatedTerminal::listen(const QString &address, quint16 port)
{
    if (!m_settings.journal.isEmpty() && !readJournal())
        return false;
    if (m_server.listen(QHostAddress(address), port))
        return true;
    m_error = m_server.errorString();
    return false;
}

bool SimulatedTerminal::readJournal()
{
    if (!m_journal.open(QIODevice::ReadWrite)) {
        m_error = m_journal.errorString();
        return false;
    }
    while (!m_journal.atEnd()) {
        const QJsonObject entry = QJsonDocument::fromJson(m_journal.readLine(journalLineBytesMax)).object();
        const auto currency = Currency::fromCode(entry.value(u"currency"_s).toString());
        if (entry.contains(u"aborted"_s)) {
            m_aborted.insert(entry.value(u"aborted"_s).toString());
            continue;
        }
        if (!currency)
            continue; // The last line of a process that was killed.
        m_deals.insert(entry.value(u"service"_s).toString(),
                       {.sale = entry.value(u"sale"_s).toString(),
                        .amount = Money(entry.value(u"amount"_s).toInteger(), *currency),
                        .original = entry.value(u"original"_s).toString(),
                        .transaction = entry.value(u"transaction"_s).toString(),
                        .timeStamp = entry.value(u"time"_s).toString(),
                        .isDone = true,
                        .answer = entry.value(u"answer"_s).toString().toUtf8()});
    }
    return true;
}

void SimulatedTerminal::keep(const QString &serviceId, const Deal &deal)
{
    if (!m_journal.isOpen())
        return;
    const QJsonObject entry{{u"service"_s, serviceId},
                            {u"sale"_s, deal.sale},
                            {u"amount"_s, deal.amount.minorUnits()},
                            {u"currency"_s, deal.amount.currency().code()},
                            {u"original"_s, deal.original},
                            {u"transaction"_s, deal.transaction},
                            {u"time"_s, deal.timeStamp},
                            {u"answer"_s, QString::fromUtf8(deal.answer)}};
    m_journal.write(compact(entry) + '\n');
    m_journal.flush();
}

void SimulatedTerminal::onConnection()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { onBytes(socket); });
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }
}

void SimulatedTerminal::onBytes(QTcpSocket *socket)
{
    while (socket->bytesAvailable() >= lengthBytes) {
        const auto size = qFromBigEndian<quint32>(socket->peek(lengthBytes).constData());
        if (size > messageBytesMax)
            return socket->abort();
        if (socket->bytesAvailable() < lengthBytes + static_cast<qint64>(size))
            return;
        socket->skip(lengthBytes);
        const QByteArray bytes = socket->read(size);
        const QJsonObject request = QJsonDocument::fromJson(bytes).object().value(u"SaleToPOIRequest"_s).toObject();
        if (request.isEmpty())
            return socket->abort();
        const QJsonObject header = request.value(u"MessageHeader"_s).toObject();
        const QString category = header.value(u"MessageCategory"_s).toString();
        onRequest({.socket = socket,
                   .bytes = bytes,
                   .header = header,
                   .body = request.value(category + u"Request"_s).toObject()});
    }
}

void SimulatedTerminal::onRequest(const Request &request)
{
    const QString category = request.header.value(u"MessageCategory"_s).toString();
    if (category == u"Payment")
        return onPayment(request);
    if (category == u"Reversal")
        return onReversal(request);
    if (category == u"TransactionStatus")
        return onStatus(request);
    if (category == u"Abort")
        return onAbort(request);
    answer(request.socket, request.header, refusal(u"UnavailableService"_s));
}

QByteArray SimulatedTerminal::refusalOf(const Request &request) const
{
    const QString serviceId = request.serviceId();
    if (serviceId.isEmpty() || serviceId.size() > serviceIdCharactersMax)
        return refusal(u"MessageFormat"_s, u"ServiceID"_s);
    if (m_deals.contains(serviceId))
        return refusal(u"NotAllowed"_s, u"this ServiceID was used"_s);
    if (m_aborted.contains(serviceId))
        return refusal(u"Aborted"_s);
    return m_current.isEmpty() ? QByteArray() : refusal(u"Busy"_s);
}

void SimulatedTerminal::onPayment(const Request &request)
{
    const auto amount = requestedAmount(request.bytes);
    QByteArray refused = amount ? refusalOf(request) : refusal(u"MessageFormat"_s, u"currency or amount"_s);
    if (request.body.value(u"PaymentData"_s)[u"PaymentType"].toString() != u"Normal")
        refused = refusal(u"Refusal"_s, u"a refund names the payment that it gives back"_s);
    if (!refused.isEmpty())
        return answer(request.socket, request.header, refused);
    ++m_prompts;
    begin(request,
          {.sale = request.body.value(u"SaleData"_s)[u"SaleTransactionID"][u"TransactionID"].toString(),
           .amount = *amount},
          m_settings.cardTime);
}

const SimulatedTerminal::Deal *SimulatedTerminal::originalOf(const Request &request) const
{
    const QJsonValue wanted = request.body.value(u"OriginalPOITransaction"_s)[u"POITransactionID"];
    for (const Deal &deal : m_deals) {
        if (deal.isApproved() && !deal.isReversal() && deal.transaction == wanted[u"TransactionID"].toString() &&
            deal.timeStamp == wanted[u"TimeStamp"].toString())
            return &deal;
    }
    return nullptr;
}

Money SimulatedTerminal::leftOf(const Deal &payment) const
{
    Money left = payment.amount;
    for (const Deal &deal : m_deals) {
        if (deal.isApproved() && deal.original == payment.transaction)
            left -= deal.amount;
    }
    return left;
}

void SimulatedTerminal::onReversal(const Request &request)
{
    if (const QByteArray refused = refusalOf(request); !refused.isEmpty())
        return answer(request.socket, request.header, refused);
    const Deal *payment = originalOf(request);
    if (!payment)
        return answer(request.socket, request.header, refusal(u"NotFound"_s, u"no such payment was made here"_s));
    const Money left = leftOf(*payment);
    const bool isPart = request.body.contains(u"ReversedAmount"_s);
    const auto wanted = moneyFromJsonNumber(
        jsonNumberAt(request.bytes, {"SaleToPOIRequest"_L1, "ReversalRequest"_L1, "ReversedAmount"_L1}),
        left.currency());
    const Money amount = isPart ? wanted.value_or(Money(0, left.currency())) : left;
    if (amount.isZero() || amount > left)
        return answer(request.socket, request.header, refusal(u"Refusal"_s, u"there is not so much to give back"_s));
    begin(request,
          {.sale = request.body.value(u"SaleData"_s)[u"SaleTransactionID"][u"TransactionID"].toString(),
           .amount = amount,
           .original = payment->transaction},
          std::chrono::milliseconds(0));
}

void SimulatedTerminal::begin(const Request &request, Deal deal, std::chrono::milliseconds time)
{
    const QString serviceId = request.serviceId();
    deal.waiting = request.socket;
    deal.header = request.header;
    m_current = serviceId;
    m_deals.insert(serviceId, deal);
    Happening happening = Happening::Approve;
    if (!m_expected.empty()) {
        happening = m_expected.front();
        m_expected.pop_front();
    }
    if (happening != Happening::Ignore)
        QTimer::singleShot(time, this, [=, this] { happen(serviceId, happening); });
}

void SimulatedTerminal::happen(const QString &serviceId, Happening happening)
{
    if (m_current != serviceId)
        return; // It was stopped meanwhile.
    switch (happening) {
    case Happening::Decline:
        return finish(serviceId, refusal(u"Refusal"_s, u"do not honour"_s));
    case Happening::Offline:
        return finish(serviceId, refusal(u"UnreachableHost"_s));
    case Happening::Stop:
        return finish(serviceId, refusal(u"Cancel"_s));
    case Happening::Approve:
    case Happening::Drop:
    case Happening::Die:
    case Happening::Ignore:
        break;
    }
    Deal &deal = m_deals[serviceId];
    approve(deal);
    finish(serviceId, deal.answer, happening == Happening::Approve);
    if (happening == Happening::Die)
        std::_Exit(1);
}

void SimulatedTerminal::approve(Deal &deal) const
{
    deal.transaction = u"SIM-"_s + QUuid::createUuid().toString(QUuid::Id128).left(16);
    deal.timeStamp = instantToText(SystemClock().now());
    const QByteArray data = jsonObject({{"POITransactionID", jsonObject({{"TransactionID", quoted(deal.transaction)},
                                                                         {"TimeStamp", quoted(deal.timeStamp)}})}});
    const QByteArray amount = jsonAmount(deal.amount);
    if (deal.isReversal()) {
        deal.answer = jsonObject({{"Response", result(true)}, {"POIData", data}, {"ReversedAmount", amount}});
        return;
    }
    const QByteArray amounts =
        jsonObject({{"Currency", quoted(deal.amount.currency().code())}, {"AuthorizedAmount", amount}});
    deal.answer = jsonObject(
        {{"Response", result(true)}, {"POIData", data}, {"PaymentResult", jsonObject({{"AmountsResp", amounts}})}});
}

void SimulatedTerminal::finish(const QString &serviceId, const QByteArray &body, bool isTold)
{
    Deal &deal = m_deals[serviceId];
    deal.isDone = true;
    deal.answer = body;
    m_current.clear();
    keep(serviceId, deal);
    if (!deal.waiting)
        return;
    if (isTold)
        answer(deal.waiting, deal.header, body);
    else
        deal.waiting->abort();
}

void SimulatedTerminal::onStatus(const Request &request)
{
    const QJsonObject about = request.body.value(u"MessageReference"_s).toObject();
    const auto found = m_deals.constFind(about.value(u"ServiceID"_s).toString());
    if (found == m_deals.constEnd())
        return answer(request.socket, request.header, refusal(u"NotFound"_s));
    if (!found->isDone)
        return answer(request.socket, request.header, refusal(u"InProgress"_s));
    const char *kind = found->isReversal() ? "ReversalResponse" : "PaymentResponse";
    const QByteArray repeated = jsonObject({{"MessageHeader", compact(found->header)},
                                            {"RepeatedResponseMessageBody", jsonObject({{kind, found->answer}})}});
    answer(
        request.socket, request.header,
        jsonObject(
            {{"Response", result(true)}, {"MessageReference", compact(about)}, {"RepeatedMessageResponse", repeated}}));
}

void SimulatedTerminal::onAbort(const Request &request)
{
    const QString about = request.body.value(u"MessageReference"_s)[u"ServiceID"].toString();
    if (about.isEmpty() || about.size() > serviceIdCharactersMax)
        return answer(request.socket, request.header, refusal(u"MessageFormat"_s, u"ServiceID"_s));
    if (!m_deals.contains(about)) {
        m_aborted.insert(about);
        if (m_journal.isOpen()) {
            m_journal.write(compact(QJsonObject{{u"aborted"_s, about}}) + '\n');
            m_journal.flush();
        }
    } else if (m_current == about) {
        finish(about, refusal(u"Aborted"_s));
    }
    answer(request.socket, request.header, jsonObject({{"Response", result(true)}}));
}

void SimulatedTerminal::answer(QTcpSocket *socket, const QJsonObject &header, const QByteArray &body)
{
    QJsonObject own = header;
    own.insert(u"MessageType"_s, u"Response"_s);
    own.insert(u"POIID"_s, m_settings.poiId);
    const QByteArray name = header.value(u"MessageCategory"_s).toString().toUtf8() + "Response";
    const QByteArray bytes =
        jsonObject({{"SaleToPOIResponse", jsonObject({{"MessageHeader", compact(own)}, {name.constData(), body}})}});
    QByteArray length(lengthBytes, '\0');
    qToBigEndian(static_cast<quint32>(bytes.size()), length.data());
    socket->write(length + bytes);
}

QJsonObject SimulatedTerminal::totals() const
{
    std::map<QString, std::pair<qint64, qint64>> sums; // Taken and refunded, by currency.
    QHash<QString, int> charged;
    int payments = 0;
    int refunds = 0;
    for (const Deal &deal : m_deals) {
        if (!deal.isApproved())
            continue;
        auto &[taken, refunded] = sums[deal.amount.currency().code()];
        (deal.isReversal() ? refunded : taken) += deal.amount.minorUnits();
        ++(deal.isReversal() ? refunds : payments);
        if (!deal.isReversal())
            ++charged[deal.sale];
    }
    QJsonObject totals{{u"payments"_s, payments}, {u"refunds"_s, refunds}, {u"prompts"_s, m_prompts}};
    QJsonObject taken;
    QJsonObject refunded;
    for (const auto &[currency, both] : sums) {
        taken.insert(currency, both.first);
        refunded.insert(currency, both.second);
    }
    QJsonObject several;
    for (auto it = charged.cbegin(); it != charged.cend(); ++it) {
        if (it.value() > 1)
            several.insert(it.key(), it.value());
    }
    totals.insert(u"taken"_s, taken);
    totals.insert(u"refunded"_s, refunded);
    totals.insert(u"several"_s, several);
    return totals;
}

} // namespace parterre::psp
