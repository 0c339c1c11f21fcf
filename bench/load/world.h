#pragma once

#include "load/desk.h"
#include "load/httpclient.h"
#include "load/node.h"
#include "load/psp.h"
#include "load/recorder.h"

#include <QRandomGenerator>

#include <functional>
#include <memory>
#include <optional>
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
    int sessions = 256;  ///< Buyers; a hold belongs to one.
    int connections = 0; ///< Of the driver; 0: as many as buyers, since each has a browser of his own.
    quint32 seed = 1;
    /// A command whose answer does not say what became of it is sent again under its key for so long, as a buyer's
    /// browser does. It is one event, from the first sending to the last answer.
    std::chrono::nanoseconds repeatFor{0};
    std::optional<QStringList>
        psp{}; ///< Cards are taken by a parterre-psp with these flags; else by the test provider.
    QString pspProgram{};
    bool hasSmallDisk = false; ///< As NodeOptions has it, of the first server.
};

/// What somebody pays with: the gift card as much as it has, the card the rest.
struct Tender
{
    QByteArray card = "pm_card_visa";
    QString giftCardCode{}; ///< None where it is empty.
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
    [[nodiscard]] Node &node(int number) { return *m_nodes.at(static_cast<size_t>(number)); }
    [[nodiscard]] int nodeCount() const { return static_cast<int>(m_nodes.size()); }
    [[nodiscard]] Psp *psp() { return m_psp.get(); } ///< Null where the test provider takes cards.
    [[nodiscard]] quint16 port(int node) const { return m_nodes.at(static_cast<size_t>(node))->port(); }
    [[nodiscard]] Recorder &recorder() { return m_recorder; }
    [[nodiscard]] QRandomGenerator &random() { return m_random; }
    [[nodiscard]] const std::vector<check::ClockSample> &clockSamples() const { return m_clock; }
    [[nodiscard]] const Hall &hall(int performance) const { return m_season.hallOf(performance); }
    [[nodiscard]] const HouseRules &rules(int performance) const { return m_season.rulesOf(performance); }
    [[nodiscard]] int performanceCount() const { return static_cast<int>(m_performances.size()); }
    [[nodiscard]] const PerformanceId &performance(int index) const
    {
        return m_performances.at(static_cast<size_t>(index));
    }

    /// Nothing is sent to a node that is down while another is up.
    void setUp(int node, bool isUp) { m_isUp.at(static_cast<size_t>(node)) = isUp; }
    /// Called for each sending to a node that is up whose answer does not say what became of the command; `isLost`:
    /// there was no answer.
    using Untold = std::function<void(int node, check::Operation operation, bool isLost)>;
    void onUntold(Untold hear) { m_onUntold = std::move(hear); }
    /// Called for each answer that says that nothing was done, since the server cannot at the moment.
    void onTurnedAway(std::function<void(int node, check::Operation operation)> hear)
    {
        m_onTurnedAway = std::move(hear);
    }

    // One command each, sent now on behalf of `event.client`, which is any number. What the event says is asked for:
    // performance, hold, seats, areas, party, order.
    void take(check::Event event, Done done);
    /// `partySize` places that the server chooses; the answered event has them. One category is asked for as its price
    /// zone; several are the cheapest ones, and are asked for by the price of their dearest.
    void takeBest(check::Event event, Done done);
    void release(check::Event event, Done done);
    void renew(check::Event event, Done done);
    /// Every place of the hold, which is `seats` and `areas` of the event, at the one price, less what the promotion
    /// takes off.
    void order(check::Event event, Done done, const QByteArray &promotion = {});
    void pay(check::Event event, Done done, const Tender &tender = {});
    /// All that is left of the order, or the first seat that was ordered, which `seats` of the event names then.
    void refund(check::Event event, Done done);

    /// All that is left of `from`, which names its order, hold and performance, for the open order of `event`. Both are
    /// events.
    void exchange(check::Event event, check::Event from, Done done, const Tender &tender);
    /// The valid ones; none where the answer was lost. It is no event.
    void ticketsOf(int client, const OrderId &order, std::function<void(std::vector<TicketId>)> done);
    /// The ticket of the event, to its `holder` or, without one, with another code.
    void replaceTicket(check::Event event, Done done);

    /// Somebody who may do everything at a desk; what follows needs them.
    [[nodiscard]] Status employ();
    [[nodiscard]] const QString &staffToken() const { return m_staffToken; }
    /// With the code, which is empty where it was never told.
    void issueGiftCard(check::Event event, GiftCardKind kind,
                       std::function<void(const check::Event &event, QString code)> done);
    void cancel(check::Event event, Done done);
    /// The house seats of all performances go to their code, which a take with `namesCode` gives. Blocks.
    [[nodiscard]] Status setHouseSeatsAside();
    // A sale for cash, step by step as above; no 3-D Secure, no purchase limit, and a reason where somebody sits alone.
    void takeAtDesk(check::Event event, Done done);
    void orderAtDesk(check::Event event, Done done);
    void payCash(check::Event event, Done done);
    void refundAtDesk(check::Event event, Done done);
    /// In cash what a card has refused to take back, or who paid cash has not fetched yet: one of it, if there is any.
    /// It is no event; the books have it.
    void payOutOne();

    /// Lets what is on its way be answered; what is not by then ends without an answer.
    [[nodiscard]] Status drain(std::chrono::seconds atMost);
    /// Ties our clock to the database's once more.
    [[nodiscard]] Status sampleClock();
    /// All servers end, those without a PostgreSQL of their own at once: they have nothing to put in order.
    void stop();
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
    using DeskDone = std::function<void(check::Event &event, const QJsonObject &reply)>;
    struct DeskCommand
    {
        check::Event event;
        DeskRequest request;
        DeskDone done;
    };
    /// Sends it until the reply says what became of it, as attempt() does.
    void atDesk(check::Event event, const QString &type, const QJsonObject &body, DeskDone done);
    void attemptAtDesk(const std::shared_ptr<DeskCommand> &command);
    void heardAtDesk(const std::shared_ptr<DeskCommand> &command, int node, const std::optional<DeskReply> &reply);
    /// Done once the event is.
    [[nodiscard]] static DeskDone plainly(Done done);
    [[nodiscard]] Status askStaff(const QString &type, const QJsonObject &body);
    [[nodiscard]] static QByteArray tenderFields(const Tender &tender);
    struct Command
    {
        check::Event event;
        HttpCall call;
        Done done;
        qint64 firstSent = 0; ///< 0 until it was.
    };
    /// Sends it until its answer says what became of it.
    void attempt(const std::shared_ptr<Command> &command);
    /// Where the bank wants the holder of the card to confirm, they mostly do.
    void askHolder(const HttpAnswer &answer);
    void finish(check::Event event, HttpAnswer answer, const Done &done);
    /// The node of this client, or the next one that is up.
    [[nodiscard]] size_t nodeFor(int client) const;

    Loop m_loop;
    std::unique_ptr<Psp> m_psp;
    std::vector<std::unique_ptr<Node>> m_nodes;
    SeasonPlan m_season;
    std::vector<std::unique_ptr<HttpClient>> m_clients; ///< By node.
    std::unique_ptr<HttpClient> m_bank;                 ///< Of 3-D Secure; null without a card processor.
    Recorder m_recorder;
    QRandomGenerator m_random;
    quint32 m_seed;
    std::vector<PerformanceId> m_performances;
    std::vector<QByteArray> m_priceTypes;         ///< The first one of each performance.
    std::vector<std::vector<QByteArray>> m_zones; ///< By performance and category.
    std::vector<QByteArray> m_tokens;
    QString m_staffToken;
    std::vector<check::ClockSample> m_clock;
    qint64 m_repeatFor;
    int m_waitingToRepeat = 0;
    std::vector<bool> m_isUp; ///< By node.
    Untold m_onUntold;
    std::function<void(int node, check::Operation operation)> m_onTurnedAway;
};

} // namespace parterre::bench
