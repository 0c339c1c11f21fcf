#include "api/deskhub.h"

#include "api/desksession.h"
#include "identity/identityservice.h"
#include "protocol/codec.h"
#include "runtime/periodictask.h"

#include <QLoggingCategory>

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.desk")

constexpr std::chrono::milliseconds watchInterval{2'000};

} // namespace

class DeskHub::Private
{
public:
    struct Desk
    {
        std::weak_ptr<DeskSession> session;
        std::shared_ptr<WebSocketPeer> peer;
        SessionId signedInAs{};
        bool isTold = false;
    };

    void tellAll(protocol::MessageType type, const auto &body)
    {
        const auto bytes = std::make_shared<const QByteArray>(protocol::encode(protocol::push(type, body)));
        const std::lock_guard lock(mutex);
        for (const auto &[id, desk] : desks) {
            if (desk.isTold)
                desk.peer->sendText(bytes);
        }
    }

    void look(IdentityService &identity)
    {
        std::vector<std::shared_ptr<DeskSession>> present;
        std::vector<SessionId> sessions;
        {
            const std::lock_guard lock(mutex);
            for (const auto &[id, desk] : desks) {
                if (auto session = desk.session.lock())
                    present.push_back(std::move(session));
                if (!desk.signedInAs.isNull())
                    sessions.push_back(desk.signedInAs);
            }
        }
        for (const auto &desk : present)
            desk->closeWithoutHello();
        if (!sessions.empty())
            endDead(identity, present, sessions);
    }

    static void endDead(IdentityService &identity, const std::vector<std::shared_ptr<DeskSession>> &present,
                        const std::vector<SessionId> &sessions)
    {
        const auto living = identity.livingSessions(sessions);
        if (!living) { // Each command asks anyway; only who merely watches does so a little longer.
            qCWarning(log) << "Whether sessions live on was not learnt:" << living.error().message;
            return;
        }
        for (const SessionId &session : sessions) {
            if (std::ranges::find(*living, session) != living->end())
                continue;
            for (const auto &desk : present)
                desk->sessionEnded(session);
        }
    }

    mutable std::mutex mutex; ///< Guards the two below.
    std::unordered_map<DeskId, Desk> desks;
    DeskId lastId = 0;
    std::unique_ptr<PeriodicTask> watcher;
};

DeskHub::DeskHub()
    : m_private(std::make_shared<Private>())
{}

DeskHub::~DeskHub()
{
    if (m_private->watcher)
        m_private->watcher->stop();
}

void DeskHub::saleRecorded(const protocol::SaleRecorded &sale)
{
    m_private->tellAll(protocol::MessageType::SaleRecorded, sale);
}

void DeskHub::performanceChanged(const PerformanceSummary &performance)
{
    m_private->tellAll(protocol::MessageType::PerformanceChanged,
                       protocol::PerformanceChanged{.performance = performance});
}

int DeskHub::deskCount() const
{
    const std::lock_guard lock(m_private->mutex);
    return static_cast<int>(
        std::ranges::count_if(m_private->desks, [](const auto &entry) { return entry.second.isTold; }));
}

void DeskHub::watch(IdentityService &identity)
{
    m_private->watcher = std::make_unique<PeriodicTask>(
        u"desks"_s, watchInterval, [desks = m_private.get(), &identity] { desks->look(identity); });
    m_private->watcher->start();
}

DeskHub::DeskId DeskHub::enter(std::weak_ptr<DeskSession> desk, std::shared_ptr<WebSocketPeer> peer)
{
    const std::lock_guard lock(m_private->mutex);
    const DeskId id = ++m_private->lastId;
    m_private->desks.emplace(id, Private::Desk{.session = std::move(desk), .peer = std::move(peer)});
    return id;
}

void DeskHub::setSession(DeskId desk, const SessionId &session, bool isTold)
{
    const std::lock_guard lock(m_private->mutex);
    const auto found = m_private->desks.find(desk);
    if (found == m_private->desks.end())
        return;
    found->second.signedInAs = session;
    found->second.isTold = isTold;
}

void DeskHub::leave(DeskId desk)
{
    const std::lock_guard lock(m_private->mutex);
    m_private->desks.erase(desk);
}

} // namespace parterre::server
