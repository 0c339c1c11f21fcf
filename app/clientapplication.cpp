#include "clientapplication.h"

#include "common/englishplurals.h"
#include "common/theme.h"
#include "identity/signinpage.h"

#include <QApplication>
#include <QLocale>
#include <QSettings>

namespace parterre::app {

using namespace Qt::StringLiterals;

ClientApplication::ClientApplication(const ClientOptions &options)
    : m_session(m_connection)
    , m_catalog(m_connection)
    , m_map(m_connection)
    , m_sales(m_connection)
    , m_house(m_connection)
    , m_tickets(m_connection)
    , m_afterSale(m_connection)
    , m_giftCards(m_connection)
    , m_payments(m_connection)
    , m_window(ui::Ports{.session = m_session,
                         .catalog = m_catalog,
                         .map = m_map,
                         .sales = m_sales,
                         .house = m_house,
                         .afterSale = m_afterSale,
                         .tickets = &m_tickets,
                         .giftCards = &m_giftCards,
                         .payments = &m_payments})
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
    // Without a language the machine has no idea how money and dates are written here.
    if (QLocale().language() == QLocale::C)
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    application.installTranslator(new ui::EnglishPlurals(&application));
    const bool isDark = QSettings().value(u"window/theme"_s).toString() == u"dark"_s;
    ui::applyTheme(application, isDark ? ui::ThemeMode::Dark : ui::ThemeMode::Light);
}

void ClientApplication::show()
{
    m_window.show();
}

} // namespace parterre::app
