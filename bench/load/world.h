#pragma once

#include "load/httpclient.h"
#include "load/node.h"
#include "load/recorder.h"

#include <QRandomGenerator>

#include <functional>
#include <memory>
#include <vector>

namespace parterre::bench {

struct WorldOptions
{
    QString server{}; ///< The parterred to start.
    QStringList serverFlags{};
    QString fault{};
    QString database{}; ///< Of a cluster that is there; empty: one of the first server's own.
    int nodes = 1;      ///< Servers over the one database.
    SeasonPlan season{};
    int sessions = 256;    ///< Buyers; a hold belongs to one.
    int connections = 128; ///< Of the driver.
    quint32 seed = 1;
};

/// Servers of our own with a season on sale, buyers, and everything that they do recorded. One thread.
class World
{
public:
    [[nodiscard]] static Result<std::unique_ptr<World>> open(const WorldOptions &options);

    /// Called with the event once it is answered. It is whole only after Recorder::decode().
    using Done = std::function<void(check::Event &event)>;

    [[nodiscard]] Loop &loop() { return m_loop; }
    /// The first one.
    [[nodiscard]] Node &node() { return *m_nodes.front(); }
    [[nodiscard]] int nodeCount() const { return static_cast<int>(m_nodes.size()); }
    [[nodiscard]] quint16 port(int node) const { return m_nodes.at(static_cast<size_t>(node))->port(); }
    [[nodiscard]] Recorder &recorder() { return m_recorder; }
    [[nodiscard]] QRandomGenerator &random() { return m_random; }
    [[nodiscard]] const std::vector<check::ClockSample> &clockSamples() const { return m_clock; }
    [[nodiscard]] const Hall &hall(int performance) const { return m_season.hallOf(performance); }
    [[nodiscard]] int performanceCount() const { return static_cast<int>(m_performances.size()); }
    [[nodiscard]] const PerformanceId &performance(int index) const
    {
        return m_performances.at(static_cast<size_t>(index));
    }

    // One command each, sent now on behalf of `event.client`, which is any number. What the event says is asked for:
    // performance, hold, seats, areas, party, order.
    void take(check::Event event, Done done);
    /// `partySize` places that the server chooses; the answered event has them.
    void takeBest(check::Event event, Done done);
    void release(check::Event event, Done done);
    void renew(check::Event event, Done done);
    /// Every place of the hold, which is `seats` and `areas` of the event, at the one price.
    void order(check::Event event, Done done);
    void pay(check::Event event, Done done);

    /// Lets what is on its way be answered; what is not by then ends without an answer.
    [[nodiscard]] Status drain(std::chrono::seconds atMost);
    /// Ties our clock to the database's once more.
    [[nodiscard]] Status sampleClock();
    /// Everything that was recorded.
    [[nodiscard]] check::History takeHistory(const QString &scenario);

private:
    explicit World(const WorldOptions &options);
    Status startNodes(const WorldOptions &options);
    [[nodiscard]] bool isIdle() const;
    void abandon();
    Status findPerformances();
    Status makeSessions(int count);
    /// One hold in each performance, which is given back: whatever a server reads at the first one, it has read then. A
    /// sale begins so as well, since those who buy have looked at the map before.
    Status warmUp();
    void send(check::Event event, QByteArray method, QByteArray target, QByteArray body, Done done);

    Loop m_loop;
    std::vector<std::unique_ptr<Node>> m_nodes;
    SeasonPlan m_season;
    std::vector<std::unique_ptr<HttpClient>> m_clients; ///< By node.
    Recorder m_recorder;
    QRandomGenerator m_random;
    quint32 m_seed;
    std::vector<PerformanceId> m_performances;
    QByteArray m_priceType;
    std::vector<QByteArray> m_tokens;
    std::vector<check::ClockSample> m_clock;
};

} // namespace parterre::bench
