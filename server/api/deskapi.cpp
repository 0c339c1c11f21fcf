#include "api/desksession.h"

#include "edge/router.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

/// The edge owns the handler; the session is shared with the hub's watch.
class DeskHandler final : public WebSocketHandler
{
public:
    explicit DeskHandler(std::shared_ptr<DeskSession> session)
        : m_session(std::move(session))
    {}
    void onText(const QByteArray &text) override { m_session->onText(text); }
    void onClosed() override { m_session->onClosed(); }

private:
    const std::shared_ptr<DeskSession> m_session;
};

} // namespace

void addDeskApi(Router &router, const Services &services, DeskHub &hub)
{
    hub.watch(services.identity);
    router.addWebSocket(u"/v1/desk"_s, [services, &hub](const HttpRequest &, std::shared_ptr<WebSocketPeer> peer) {
        auto session = std::make_shared<DeskSession>(services, hub, std::move(peer));
        session->start();
        return std::make_unique<DeskHandler>(std::move(session));
    });
}

} // namespace parterre::server
