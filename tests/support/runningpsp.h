#pragma once

#include "http/httpclient.h"

#include <QJsonObject>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

namespace parterre::test {

/// The real `parterre-psp` as a process of its own: the card processor that a test talks to, gives bad days and asks
/// for its books at the end. It keeps its books and its address over a kill. What it cannot do ends the test.
class RunningPsp
{
public:
    RunningPsp();
    ~RunningPsp();
    RunningPsp(const RunningPsp &) = delete;
    RunningPsp &operator=(const RunningPsp &) = delete;

    /// Returns when it serves; `flags` are more of its own, e.g. `--webhook-url`.
    void start(const QStringList &flags = {});
    void kill();
    [[nodiscard]] QString url() const { return m_url; }
    [[nodiscard]] static QString secretKey() { return QStringLiteral("sk_test_of_the_house"); }
    /// Writes a file beside its books, for flags that name one.
    [[nodiscard]] QString file(const QString &name, const QByteArray &content) const;

    /// These and no others are turned up from now on.
    void setKnobs(const QJsonObject &knobs = {});
    /// For the next calls of one kind, e.g. on `capture` what `drop`.
    void order(const QString &operation, const QString &what, int times = 1, int delayMilliseconds = 0);
    void forgetOrders();
    /// The only key that it takes from now on; its own pages and sums ask for none.
    void changeKey(const QString &key);

    /// A call of Stripe's API, with a body in its form, e.g. `amount=100&currency=gbp`.
    [[nodiscard]] QJsonObject call(const QByteArray &method, const QString &path, const QByteArray &form = {});
    /// The holder of a card answers the page of his bank; the status that his browser sees.
    [[nodiscard]] int answerHolder(const QString &actionUrl, bool isConfirmed);

    /// Its own sums in pence: `authorised`, `captured`, `refunded` or `net`.
    [[nodiscard]] qint64 sum(const QString &name);
    /// Orders for which it has taken or reserved money more than once.
    [[nodiscard]] QStringList paidTwice();
    /// How many payments are in this state, e.g. `canceled`.
    [[nodiscard]] int count(const QString &status);
    /// Stripe's intents for one of our payments; there should be one.
    [[nodiscard]] QList<QJsonObject> intentsOf(const QString &payment);

private:
    [[nodiscard]] QJsonObject totals();
    [[nodiscard]] server::HttpOutcome send(const QByteArray &method, const QString &path, const QByteArray &body,
                                           const QByteArray &contentType);

    QTemporaryDir m_folder;
    QProcess m_process;
    server::HttpClient m_http;
    QString m_url;
};

} // namespace parterre::test
