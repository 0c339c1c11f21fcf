#pragma once

#include "connection/deskconnection.h"
#include "gateways/aftersalegateway.h"
#include "gateways/cataloggateway.h"
#include "gateways/giftcardgateway.h"
#include "gateways/housegateway.h"
#include "gateways/mapgateway.h"
#include "gateways/paymentgateway.h"
#include "gateways/salesgateway.h"
#include "gateways/sessiongateway.h"
#include "gateways/ticketgateway.h"
#include "shell/mainwindow.h"

namespace parterre::app {

struct ClientOptions
{
    QUrl server{};  ///< Proposed on the sign-in page; empty for the last one used.
    QString user{}; ///< Likewise.
    QSize size{};   ///< Of the window; empty for as it was left.
};

/// The whole desktop in one object: connection, gateways and window. main() shows it; a test drives the very same.
/// Needs a QApplication with name and theme set by prepare().
class ClientApplication
{
public:
    explicit ClientApplication(const ClientOptions &options);

    /// Names and theme of the QApplication; once, before the first ClientApplication.
    static void prepare(QApplication &application);

    [[nodiscard]] ui::MainWindow *mainWindow() { return &m_window; }
    [[nodiscard]] DeskConnection &connection() { return m_connection; }
    [[nodiscard]] SessionGateway &session() { return m_session; }
    [[nodiscard]] MapGateway &map() { return m_map; }
    void show();

private:
    DeskConnection m_connection;
    SessionGateway m_session;
    CatalogGateway m_catalog;
    MapGateway m_map;
    SalesGateway m_sales;
    HouseGateway m_house;
    TicketGateway m_tickets;
    AfterSaleGateway m_afterSale;
    GiftCardGateway m_giftCards;
    PaymentGateway m_payments;
    ui::MainWindow m_window;
};

} // namespace parterre::app
