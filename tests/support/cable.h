#pragma once

#include <QHash>
#include <QTcpServer>
#include <QTcpSocket>

namespace parterre::test {

/// The wire between a desk and its server, on a port of its own: a test can cut it while the server goes on working
/// for everybody else, and mend it again.
class Cable
{
public:
    explicit Cable(int serverPort)
        : m_serverPort(static_cast<quint16>(serverPort))
    {
        QObject::connect(&m_listener, &QTcpServer::newConnection, &m_listener, [this] { join(); });
        mend();
    }
    ~Cable() { cut(); }
    Cable(const Cable &) = delete;
    Cable &operator=(const Cable &) = delete;

    [[nodiscard]] int port() const { return m_port; }
    void cut()
    {
        m_listener.close();
        for (QTcpSocket *end : m_listener.findChildren<QTcpSocket *>()) {
            end->disconnect();
            end->abort();
            end->deleteLater();
        }
    }
    /// On the same port as before.
    void mend()
    {
        if (!m_listener.listen(QHostAddress::LocalHost, m_port))
            qFatal("the cable's port cannot be had again: %s", qPrintable(m_listener.errorString()));
        m_port = m_listener.serverPort();
    }

private:
    void join()
    {
        while (QTcpSocket *desk = m_listener.nextPendingConnection()) {
            auto *server = new QTcpSocket(&m_listener);
            passOn(desk, server);
            passOn(server, desk);
            server->connectToHost(QHostAddress::LocalHost, m_serverPort);
        }
    }
    static void passOn(QTcpSocket *from, QTcpSocket *to)
    {
        // What is written before the connection stands is kept by the socket.
        QObject::connect(from, &QTcpSocket::readyRead, to, [from, to] { to->write(from->readAll()); });
        QObject::connect(from, &QTcpSocket::disconnected, to, [to] { to->disconnectFromHost(); });
        QObject::connect(from, &QTcpSocket::errorOccurred, to, [to] { to->disconnectFromHost(); });
    }

    QTcpServer m_listener;
    quint16 m_serverPort;
    quint16 m_port = 0;
};

} // namespace parterre::test
