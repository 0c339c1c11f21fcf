#pragma once

#include "base/result.h"
#include "check/providerbook.h"
#include "http/httpclient.h"

#include <QJsonObject>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>

namespace parterre::bench {

/// A `parterre-psp` of our own: the card processor that the servers pay by. It keeps its books and its port over a
/// kill, and stops when this goes or we are killed.
class Psp
{
public:
    /// `flags` are more of its own, e.g. `--delay-ms 50`.
    Psp(QString program, QStringList flags);
    ~Psp();
    Psp(const Psp &) = delete;
    Psp &operator=(const Psp &) = delete;

    /// Blocks until it serves.
    [[nodiscard]] Status start();
    /// As kill -9 does; launch() has it come back without being waited for.
    void kill();
    void launch();
    [[nodiscard]] bool isServing();
    [[nodiscard]] QString url() const { return m_url; }
    [[nodiscard]] qint64 pid() const { return m_process.processId(); }
    /// Starts it again, to tell whoever serves at this port of all that happens, signed.
    [[nodiscard]] Status tellTo(quint16 port);
    /// The flags by which a `parterred` takes cards by it and believes what it tells.
    [[nodiscard]] QStringList serverFlags() const;

    /// These knobs and no others are turned up from now on.
    [[nodiscard]] Status setKnobs(const QJsonObject &knobs);
    /// Sends every webhook about a refund that failed once more; the ids of those events.
    [[nodiscard]] Result<std::vector<QString>> tellFailedRefundsAgain();
    /// One payment with nothing around it: made, confirmed, captured.
    [[nodiscard]] bool payOnce();
    /// All that it has under ids of ours.
    [[nodiscard]] Result<check::ProviderBook> book();

private:
    [[nodiscard]] server::HttpOutcome send(const QByteArray &method, const QString &path, const QByteArray &body = {},
                                           const QByteArray &contentType = {});
    [[nodiscard]] Result<std::vector<QJsonObject>> list(const QString &what, const QString &filter = {});

    QString m_program;
    QStringList m_flags;
    QTemporaryDir m_folder;
    QProcess m_process;
    server::HttpClient m_http;
    QString m_url;
};

} // namespace parterre::bench
