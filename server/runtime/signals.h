#pragma once

#include <QByteArray>
#include <QObject>

#include <memory>

class QSocketNotifier;

namespace parterre::server {

/// SIGTERM and SIGINT as a Qt signal. The second one ends the process at once, for an operator who will not wait.
/// One object a process.
class Signals : public QObject
{
    Q_OBJECT

public:
    explicit Signals(QObject *parent = nullptr);
    ~Signals() override;

Q_SIGNALS:
    void stopRequested();

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
};

/// Tells systemd our state, e.g. `READY=1`; does nothing without $NOTIFY_SOCKET.
void notifySystemd(const QByteArray &state);

} // namespace parterre::server
