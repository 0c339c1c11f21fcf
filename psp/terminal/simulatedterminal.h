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

/// What the customer, or bad luck, makes of a payment.
enum class Happening {
    Approve,
    Decline, ///< The bank says no.
    Stop,    ///< The customer presses the red button.
    Drop,    ///< Approved, and the connection is cut instead of an answer.
    Die,     ///< Approved, and the power fails before anybody is told.
    Ignore,  ///< Nobody touches the terminal until it is told to stop.
};

/// A card terminal on TCP that speaks nexo Retailer in JSON behind four bytes of length: Payment (also as a refund),
/// TransactionStatus, Abort. One payment at a time, as the device has one display; others are told Busy. What it has
/// done it keeps in a journal, over a kill.
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

    /// For the next payments, one each; then they are approved again.
    void expect(Happening happening) { m_expected.push_back(happening); }
    void setCardTime(std::chrono::milliseconds time) { m_settings.cardTime = time; }
    /// `taken` and `refunded` in minor units by currency, `payments` and `refunds` as counts, `several` the sale
    /// transactions that were charged more than once.
    [[nodiscard]] QJsonObject totals() const;

private:
    struct Deal
    {
        QString sale; ///< The till's id of the transaction.
        Money amount;
        bool isRefund = false;
        bool isDone = false;
        QJsonObject answer{}; ///< The body of its PaymentResponse.
        QPointer<QTcpSocket> waiting{};
        QJsonObject header{};
    };

    void onConnection();
    void onBytes(QTcpSocket *socket);
    void onRequest(QTcpSocket *socket, const QJsonObject &request);
    void onPayment(QTcpSocket *socket, const QJsonObject &header, const QJsonObject &body);
    void onStatus(QTcpSocket *socket, const QJsonObject &header, const QJsonObject &body);
    void onAbort(QTcpSocket *socket, const QJsonObject &header, const QJsonObject &body);
    void happen(const QString &serviceId, Happening happening);
    void finish(const QString &serviceId, const QJsonObject &response, bool isTold = true);
    void answer(QTcpSocket *socket, const QJsonObject &header, const QJsonObject &body);
    [[nodiscard]] bool readJournal();
    void keep(const QString &serviceId, const Deal &deal);

    Settings m_settings;
    QTcpServer m_server;
    QHash<QString, Deal> m_deals; ///< By ServiceID.
    QSet<QString> m_aborted;      ///< ServiceIDs that are refused from now on.
    QString m_current;            ///< The ServiceID on the display; empty when it is idle.
    std::deque<Happening> m_expected;
    QFile m_journal;
    QString m_error;
};

} // namespace parterre::psp
