#include "clientapplication.h"

#include "common/theme.h"
#include "identity/signinpage.h"

#include <QApplication>

namespace parterre::app {

using namespace Qt::StringLiterals;

ClientApplication::ClientApplication(const ClientOptions &options)
    : m_session(m_connection)
    , m_catalog(m_connection)
    , m_map(m_connection)
    , m_sales(m_connection)
    , m_window(ui::Ports{.session = m_session, .catalog = m_catalog, .map = m_map, .sales = m_sales})
{
    m_window.signInPage()->setServerAndUser(options.server, options.user);
    if (options.size.isEmpty())
        m_window.restoreWindow();
    else
        m_window.resize(options.size);
}

void ClientApplication::prepare(QApplication &application)
{
    QCoreApplication::setOrganizationName(u"Parterre"_s);
    QCoreApplication::setApplicationName(u"parterre"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(PARTERRE_VERSION));
    ui::applyTheme(application, ui::ThemeMode::Light);
}

void ClientApplication::show()
{
    m_window.show();
}

} // namespace parterre::app
