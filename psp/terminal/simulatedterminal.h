#pragma once

#include "base/money.h"

#include <QFile>
#include <QHash>
#include <QJsonObject>
#include <QObject>
#include <QPointer>
#include <QSet>
#include <QTcpServer>
#include <QTcpSocket>

#include <chrono>
#include <deque>
#include <optional>

namespace parterre::psp {

/// What the customer, or bad luck, makes of a payment or a reversal.
enum class Happening {
    Approve,
    Decline, ///< The bank says no.
    Offline, ///< The bank cannot be reached.
    Stop,    ///< The customer presses the red button.
    Drop,    ///< Approved, and the connection is cut instead of an answer.
    Die,     ///< Approved, and the power fails before anybody is told.
    Ignore,  ///< Nobody touches the terminal until it is told to stop.
};

/// A card terminal on TCP that speaks nexo Retailer in JSON behind four bytes of length: Payment, Reversal,
/// TransactionStatus, Abort. One payment at a time, as the device has one display; others are told Busy. A reversal
/// names a payment of this terminal, asks for no card, and all of one payment together are no more than it was; refunds
/// to whatever card somebody shows are refused. What it has done it keeps in a journal, over a kill.
class SimulatedTerminal : public QObject
{
    Q_OBJECT

public:
    struct Settings
    {
        QString poiId;                             ///< Its own name.
        QString journal;                           ///< A file; empty: nothing is kept.
        std::chrono::milliseconds cardTime{1'500}; ///< How long a customer takes.
    };
    explicit SimulatedTerminal(Settings settings, QObject *parent = nullptr);

    /// 0 takes a free port. False where it cannot, or the journal cannot be read.
    [[nodiscard]] bool listen(const QString &address, quint16 port);
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    [[nodiscard]] QString errorText() const { return m_error; }

    /// For the next payments and reversals, one each; then they are approved again.
    void expect(Happening happening) { m_expected.push_back(happening); }
    void setCardTime(std::chrono::milliseconds time) { m_settings.cardTime = time; }
    /// `taken` and `refunded` in minor units by currency, `payments` and `refunds` as counts, `several` the sale
    /// transactions that were charged more than once, `prompts` how often a card was asked for since the start.
    [[nodiscard]] QJsonObject totals() const;

private:
    struct Deal
    {
        QString sale; ///< The till's id of the transaction.
        Money amount;
        QString original{};    ///< Of a reversal: what we have called the payment.
        QString transaction{}; ///< What we call it ourselves, once it is approved.
        QString timeStamp{};
        bool isDone = false;
        QByteArray answer{}; ///< The body of its response, as JSON.
        QPointer<QTcpSocket> waiting{};
        QJsonObject header{};

        [[nodiscard]] bool isReversal() const { return !original.isEmpty(); }
        [[nodiscard]] bool isApproved() const { return !transaction.isEmpty(); }
    };

    void onConnection();
    void onBytes(QTcpSocket *socket);
    /// A request as it came; amounts are read from its bytes.
    struct Request
    {
        QTcpSocket *socket;
        QByteArray bytes;
        QJsonObject header;
        QJsonObject body;

        [[nodiscard]] QString serviceId() const { return header.value(QStringLiteral("ServiceID")).toString(); }
    };
    void onRequest(const Request &request);
    void onPayment(const Request &request);
    void onReversal(const Request &request);
    void onStatus(const Request &request);
    void onAbort(const Request &request);
    /// Why a message that moves money is not taken; empty where it is.
    [[nodiscard]] QByteArray refusalOf(const Request &request) const;
    /// The payment that a reversal names; null where there is none.
    [[nodiscard]] const Deal *originalOf(const Request &request) const;
    /// What has not gone back yet.
    [[nodiscard]] Money leftOf(const Deal &payment) const;
    void begin(const Request &request, Deal deal, std::chrono::milliseconds time);
    void happen(const QString &serviceId, Happening happening);
    void approve(Deal &deal) const;
    void finish(const QString &serviceId, const QByteArray &response, bool isTold = true);
    void answer(QTcpSocket *socket, const QJsonObject &header, const QByteArray &body);
    [[nodiscard]] bool readJournal();
    void keep(const QString &serviceId, const Deal &deal);

    Settings m_settings;
    QTcpServer m_server;
    QHash<QString, Deal> m_deals; ///< By ServiceID.
    QSet<QString> m_aborted;      ///< ServiceIDs that are refused from now on.
    QString m_current;            ///< The ServiceID on the display; empty when it is idle.
    int m_prompts = 0;
    std::deque<Happening> m_expected;
    QFile m_journal;
    QString m_error;
};

} // namespace parterre::psp
