#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace parterre::psp {

/// Posts to http URLs over connections that it keeps, a few to each receiver; what does not fit on them waits in order.
/// All of it on the thread of an io_context, which is stopped before its courier goes.
class Courier
{
public:
    struct Parcel
    {
        QString url;
        QByteArray headers; ///< `Name: value` with CRLF each; which host, how long and who sends it is added.
        QByteArray body;
    };
    struct Outcome
    {
        int status = 0; ///< 0: no whole answer came.
        QString reason{};
    };
    using Done = std::function<void(const Outcome &)>;

    Courier(boost::asio::io_context &context, std::chrono::milliseconds timeout);
    ~Courier();
    Courier(const Courier &) = delete;
    Courier &operator=(const Courier &) = delete;

    /// False for TLS and for what is signed in by the URL.
    [[nodiscard]] static bool reaches(const QString &url);
    /// `done` is called once, later; what a kept connection did not bring, which its receiver may have closed at that
    /// moment, is brought over a new one. Called on the thread only.
    void post(const Parcel &parcel, Done done);

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::psp
