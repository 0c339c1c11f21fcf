#include "terminal/simulatedterminal.h"

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

QJsonObject response(bool isSuccess, const QString &condition = {}, const QString &words = {})
{
    QJsonObject body{{u"Result"_s, isSuccess ? u"Success"_s : u"Failure"_s}};
    if (!condition.isEmpty())
        body.insert(u"ErrorCondition"_s, condition);
    if (!words.isEmpty())
        body.insert(u"AdditionalResponse"_s, words);
    return body;
}

/// Amounts are numbers of JSON with the currency's decimals.
std::optional<Money> requestedAmount(const QJsonObject &body)
{
    const QJsonObject amounts = body.value(u"PaymentTransaction"_s)[u"AmountsReq"].toObject();
    const auto currency = Currency::fromCode(amounts.value(u"Currency"_s).toString());
    if (!currency || !amounts.value(u"RequestedAmount"_s).isDouble())
        return std::nullopt;
    const auto money = moneyFromTypedText(
        QString::number(amounts.value(u"RequestedAmount"_s).toDouble(), 'f', currency->decimals()), *currency);
    return money && !money->isZero() ? std::optional(*money) : std::nullopt;
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
                        .isRefund = entry.value(u"refund"_s).toBool(),
                        .isDone = true,
                        .answer = entry.value(u"answer"_s).toObject()});
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
                            {u"refund"_s, deal.isRefund},
                            {u"answer"_s, deal.answer}};
    m_journal.write(QJsonDocument(entry).toJson(QJsonDocument::Compact) + '\n');
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
        const QJsonObject message = QJsonDocument::fromJson(socket->read(size)).object();
        const QJsonObject request = message.value(u"SaleToPOIRequest"_s).toObject();
        if (request.isEmpty())
            return socket->abort();
        onRequest(socket, request);
    }
}

void SimulatedTerminal::onRequest(QTcpSocket *socket, const QJsonObject &request)
{
    const QJsonObject header = request.value(u"MessageHeader"_s).toObject();
    const QString category = header.value(u"MessageCategory"_s).toString();
    const QJsonObject body = request.value(category + u"Request"_s).toObject();
    if (category == u"Payment")
        return onPayment(socket, header, body);
    if (category == u"TransactionStatus")
        return onStatus(socket, header, body);
    if (category == u"Abort")
        return onAbort(socket, header, body);
    answer(socket, header, {{u"Response"_s, response(false, u"UnavailableService"_s)}});
}

void SimulatedTerminal::onPayment(QTcpSocket *socket, const QJsonObject &header, const QJsonObject &body)
{
    const QString serviceId = header.value(u"ServiceID"_s).toString();
    const auto refuse = [&](const QString &condition, const QString &words = {}) {
        answer(socket, header, {{u"Response"_s, response(false, condition, words)}});
    };
    const auto amount = requestedAmount(body);
    if (serviceId.isEmpty() || serviceId.size() > 10 || !amount)
        return refuse(u"MessageFormat"_s, u"ServiceID, currency or amount"_s);
    if (m_deals.contains(serviceId))
        return refuse(u"NotAllowed"_s, u"this ServiceID was used"_s);
    if (m_aborted.contains(serviceId))
        return refuse(u"Aborted"_s);
    if (!m_current.isEmpty())
        return refuse(u"Busy"_s);
    m_current = serviceId;
    m_deals.insert(serviceId, {.sale = body.value(u"SaleData"_s)[u"SaleTransactionID"][u"TransactionID"].toString(),
                               .amount = *amount,
                               .isRefund = body.value(u"PaymentData"_s)[u"PaymentType"].toString() == u"Refund",
                               .waiting = socket,
                               .header = header});
    Happening happening = Happening::Approve;
    if (!m_expected.empty()) {
        happening = m_expected.front();
        m_expected.pop_front();
    }
    if (happening != Happening::Ignore)
        QTimer::singleShot(m_settings.cardTime, this, [=, this] { happen(serviceId, happening); });
}

void SimulatedTerminal::happen(const QString &serviceId, Happening happening)
{
    if (m_current != serviceId)
        return; // It was stopped meanwhile.
    switch (happening) {
    case Happening::Decline:
        return finish(serviceId, {{u"Response"_s, response(false, u"Refusal"_s, u"do not honour"_s)}});
    case Happening::Stop:
        return finish(serviceId, {{u"Response"_s, response(false, u"Cancel"_s)}});
    case Happening::Approve:
    case Happening::Drop:
    case Happening::Die:
    case Happening::Ignore:
        break;
    }
    const Deal &deal = m_deals[serviceId];
    const QJsonObject transaction{
        {u"TransactionID"_s, u"SIM-"_s + QUuid::createUuid().toString(QUuid::Id128).left(16)}};
    const QJsonObject amounts{{u"Currency"_s, deal.amount.currency().code()},
                              {u"AuthorizedAmount"_s, deal.amount.numberText().toDouble()}};
    finish(serviceId,
           {{u"Response"_s, response(true)},
            {u"POIData"_s, QJsonObject{{u"POITransactionID"_s, transaction}}},
            {u"PaymentResult"_s, QJsonObject{{u"AmountsResp"_s, amounts}}}},
           happening == Happening::Approve);
    if (happening == Happening::Die)
        std::_Exit(1);
}

void SimulatedTerminal::finish(const QString &serviceId, const QJsonObject &body, bool isTold)
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

void SimulatedTerminal::onStatus(QTcpSocket *socket, const QJsonObject &header, const QJsonObject &body)
{
    const QJsonObject about = body.value(u"MessageReference"_s).toObject();
    const auto found = m_deals.constFind(about.value(u"ServiceID"_s).toString());
    if (found == m_deals.constEnd())
        return answer(socket, header, {{u"Response"_s, response(false, u"NotFound"_s)}});
    if (!found->isDone)
        return answer(socket, header, {{u"Response"_s, response(false, u"InProgress"_s)}});
    const QJsonObject repeated{{u"MessageHeader"_s, found->header},
                               {u"RepeatedResponseMessageBody"_s, QJsonObject{{u"PaymentResponse"_s, found->answer}}}};
    answer(socket, header,
           {{u"Response"_s, response(true)}, {u"MessageReference"_s, about}, {u"RepeatedMessageResponse"_s, repeated}});
}

void SimulatedTerminal::onAbort(QTcpSocket *socket, const QJsonObject &header, const QJsonObject &body)
{
    const QString about = body.value(u"MessageReference"_s)[u"ServiceID"].toString();
    if (about.isEmpty() || about.size() > 10)
        return answer(socket, header, {{u"Response"_s, response(false, u"MessageFormat"_s, u"ServiceID"_s)}});
    if (!m_deals.contains(about)) {
        m_aborted.insert(about);
        if (m_journal.isOpen()) {
            m_journal.write(QJsonDocument(QJsonObject{{u"aborted"_s, about}}).toJson(QJsonDocument::Compact) + '\n');
            m_journal.flush();
        }
    } else if (m_current == about) {
        finish(about, {{u"Response"_s, response(false, u"Aborted"_s)}});
    }
    answer(socket, header, {{u"Response"_s, response(true)}});
}

void SimulatedTerminal::answer(QTcpSocket *socket, const QJsonObject &header, const QJsonObject &body)
{
    QJsonObject own = header;
    own.insert(u"MessageType"_s, u"Response"_s);
    own.insert(u"POIID"_s, m_settings.poiId);
    const QString category = header.value(u"MessageCategory"_s).toString();
    const QJsonObject message{{u"MessageHeader"_s, own}, {category + u"Response"_s, body}};
    const QByteArray bytes =
        QJsonDocument(QJsonObject{{u"SaleToPOIResponse"_s, message}}).toJson(QJsonDocument::Compact);
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
        if (!deal.isDone || deal.answer.value(u"Response"_s)[u"Result"].toString() != u"Success")
            continue;
        auto &[taken, refunded] = sums[deal.amount.currency().code()];
        (deal.isRefund ? refunded : taken) += deal.amount.minorUnits();
        ++(deal.isRefund ? refunds : payments);
        if (!deal.isRefund)
            ++charged[deal.sale];
    }
    QJsonObject totals{{u"payments"_s, payments}, {u"refunds"_s, refunds}};
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
