#pragma once

#include "payments/cardterminals.h"

#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

namespace parterre::test {

/// The real `parterre-terminal` as a process of its own. It keeps its books and its port over a kill. What it cannot do
/// ends the test.
class RunningTerminal
{
public:
    RunningTerminal();
    ~RunningTerminal();
    RunningTerminal(const RunningTerminal &) = delete;
    RunningTerminal &operator=(const RunningTerminal &) = delete;

    /// Returns when it listens.
    void start();
    void kill();
    [[nodiscard]] server::TerminalAddress address() const
    {
        return {.host = QStringLiteral("127.0.0.1"), .port = m_port};
    }

    /// What the next customers and banks do: `approve`, `decline`, `offline`, `stop`, `drop`, `die`, `ignore`.
    void next(const QString &happenings) { obey(QStringLiteral("next ") + happenings); }
    void setCardMilliseconds(int milliseconds) { obey(QStringLiteral("card-ms %1").arg(milliseconds)); }
    /// Taken less refunded, in pence.
    [[nodiscard]] qint64 net();
    /// How often somebody was asked for a card since it was started.
    [[nodiscard]] int prompts() { return totals().value(QStringLiteral("prompts")).toInt(); }
    /// Sales that were charged more than once.
    [[nodiscard]] QStringList chargedTwice();

private:
    QByteArray obey(const QString &line);
    [[nodiscard]] QJsonObject totals();

    QTemporaryDir m_folder;
    QProcess m_process;
    quint16 m_port = 0;
};

} // namespace parterre::test
