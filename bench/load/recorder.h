#pragma once

#include "check/history.h"
#include "load/httpclient.h"

#include <QJsonObject>

#include <deque>
#include <vector>

namespace parterre::bench {

/// Keeps what was done and what was answered, in memory while the load runs. What only the judge needs is read out of
/// the answers afterwards, so that reading does not slow the load.
class Recorder
{
public:
    /// The event as far as status and a refusal's code tell; it stays where it is. Seats that a refusal names, the time
    /// of a hold and seats that a server chose are read by decode().
    check::Event &record(check::Event event, HttpAnswer answer);
    void record(check::Event event);
    /// Reads the rest of one answer now, for a scenario that goes on from it.
    void decode(check::Event &event);

    /// All events, whole; the recorder is empty afterwards.
    [[nodiscard]] std::vector<check::Event> take();
    [[nodiscard]] size_t count() const { return m_records.size(); }

private:
    struct Record
    {
        check::Event event;
        QByteArray body; ///< Not read yet.
    };
    static void decodeRecord(Record &record);

    std::deque<Record> m_records; ///< A deque: events stay where they are.
};

/// What an answer says of the command: whether it was done, and why not.
struct Told
{
    check::Outcome outcome = check::Outcome::Unknown;
    QString code{};
};

[[nodiscard]] Told toldBy(const HttpAnswer &answer);

inline constexpr int statusAccepted = 202; ///< The payment is being checked.

/// In `details.seats`, as HTTP and desk have them.
[[nodiscard]] std::vector<int> seatsNamedBy(const QJsonObject &refusal);
/// The number in a key of SeasonPlan, e.g. 17 of `s17`.
[[nodiscard]] int numberOfKey(const QString &key);

} // namespace parterre::bench
