#pragma once

#include "load/world.h"
#include "scenarios/databasefaults.h"
#include "scenarios/providerfaults.h"

#include <QJsonObject>
#include <QStringList>

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace parterre::bench {

/// What fails in a drill, one fault a round, chosen at random by the seed. Each server has one life after the other,
/// and each life its fault: it dies at a named point or at any moment, stands still for a while, has its connections to
/// the database cut around a commit, or runs by a clock that is an hour wrong. In between PostgreSQL and the card
/// processor have bad days.
class DrillFaults
{
public:
    /// `patience` is how long a server is given at most to come to the point where it is to be killed. `always` is armed
    /// in every life beside its fault: a bug that the judge must find.
    DrillFaults(World &world, int rounds, qint64 patience, quint32 seed, QString always);

    /// Called when a server serves that is killed at cancellation_step: a performance should be cancelled now.
    void onCancellationWanted(std::function<void()> hear) { m_onCancellationWanted = std::move(hear); }
    /// From now on faults happen, on the loop.
    void start();
    /// All rounds were done, or a server did not come back.
    [[nodiscard]] bool areDone() const { return m_done >= m_rounds || !m_failure.has_value(); }
    /// Ends the faults and blocks until every server lives without one. Refuses where one does not come back.
    [[nodiscard]] Status end();

    [[nodiscard]] int rounds() const { return m_done; }
    /// How often each fault happened, and which commands were left without an answer by it.
    [[nodiscard]] QStringList sentences() const;
    [[nodiscard]] QJsonObject json() const;
    /// Fault points at which no server has died, with how often each was armed.
    [[nodiscard]] QStringList pointsNeverReached() const;
    /// By fault point and operation: how many commands a server had under way, all in all, when it died there.
    [[nodiscard]] QJsonObject underWay() const;

private:
    enum class Kind { Point, Moment, Pause, Cut, WrongClock };
    struct Life
    {
        Kind kind = Kind::Moment;
        QString name{};   ///< As it is reported.
        QString armed{};  ///< PARTERRE_FAULT.
        qint64 since = 0; ///< Of its launch, then of its serving.
        qint64 endsAt = 0;
        qint64 resumesAt = 0;      ///< Of a pause that goes on.
        qint64 pointFor = 0;       ///< How long its point is waited for.
        bool isCancelling = false; ///< Its point is in the job of a cancelled performance.
        bool isServing = false;
        bool isAwaited = false; ///< The server is down, and is started at `since`.
    };
    struct Happened
    {
        int times = 0;
        std::map<check::Operation, int> untold{};   ///< Commands that it left without an answer.
        std::map<check::Operation, int> underWay{}; ///< Those whose connection ended with the server.
        int turnedAway = 0;                         ///< Answers that nothing was done, and to come again.
    };

    void tick();
    void tend(int node);
    void act(int node);
    void begin(int node);
    [[nodiscard]] Life nextLife(int node);
    [[nodiscard]] Life nextPoint();
    void happened(const QString &name);
    void begun(const QString &name);
    [[nodiscard]] const QString &mostLikelyFault(int node, check::Operation operation) const;
    void fail(const QString &message);
    [[nodiscard]] bool mayGoOn() const { return m_isRunning && !areDone(); }

    World &m_world;
    QRandomGenerator m_random; ///< Of its own: the buyers' choices do not depend on how long a fault took.
    const int m_rounds;
    const qint64 m_patience;
    const QString m_always;
    std::vector<Life> m_lives;          ///< By node.
    std::vector<size_t> m_pointsToCome; ///< All are armed before one is armed again.
    std::map<QString, int> m_armed;     ///< By point.
    std::function<void()> m_onCancellationWanted;
    std::map<QString, Happened> m_happened;
    std::map<int, QString> m_refusedStarts; ///< By node: the log of the last one.
    DatabaseFaults m_database;
    std::optional<ProviderFaults> m_provider; ///< Where cards are taken by a processor outside.
    qint64 m_hurriedAt = 0;
    int m_done = 0;
    bool m_isRunning = false;
    Status m_failure{};
};

} // namespace parterre::bench
