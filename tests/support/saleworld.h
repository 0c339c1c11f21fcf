#pragma once

#include "catalog/catalogservice.h"
#include "checkout/checkoutservice.h"
#include "db/database.h"
#include "holds/holdservice.h"
#include "identity/identityservice.h"
#include "payments/testcardprovider.h"
#include "ticketing/ticketservice.h"

#include <QString>
#include <QStringList>

#include <atomic>
#include <memory>
#include <vector>

namespace parterre::test {

struct SaleWorldOptions
{
    int purchaseLimit = 0; ///< Places one customer may have; 0 for no limit.
    int holdSeconds = limits::holdSecondsDefault;
    server::CardProvider *provider = nullptr; ///< Instead of the test card provider; must outlive the world.
    Seconds paymentDeadline{limits::paymentSecondsMax};
};

/// A small playhouse with one performance on sale in a database of its own, and the real services of a sale on it.
/// What a world cannot make ends the test with the reason.
///
///     Stalls   rows A and B of 10 seats; row C of 10 parted by an aisle into two row objects of 5;
///              row W: a wheelchair space and its companion seat                            50.00, concession 45.00
///     Circle   rows A, B and C of 10 seats; C 10 has a restricted view                     30.00, concession 25.00
///     Yard     a standing area of 20                                                       10.00, concession  8.00
///
/// Press costs nothing and is for clerks only. Amounts are in GBP.
class SaleWorld
{
public:
    static constexpr int seatCount = 62;
    static constexpr int yardCapacity = 20;

    explicit SaleWorld(const SaleWorldOptions &options = {});
    ~SaleWorld();
    SaleWorld(const SaleWorld &) = delete;
    SaleWorld &operator=(const SaleWorld &) = delete;

    /// For a second Database on the same data, as another node has it.
    [[nodiscard]] const QString &dsn() const { return m_dsn; }
    [[nodiscard]] server::Database &database() { return *m_database; }
    [[nodiscard]] server::CatalogService &catalog() { return *m_catalog; }
    [[nodiscard]] server::IdentityService &identity() { return *m_identity; }
    [[nodiscard]] server::TicketService &tickets() { return *m_tickets; }
    [[nodiscard]] server::HoldService &holds() { return *m_holds; }
    [[nodiscard]] server::CheckoutService &checkout() { return *m_checkout; }
    [[nodiscard]] server::CardProvider &provider() { return *m_provider; }

    [[nodiscard]] const PerformanceId &performance() const { return m_performance; }
    [[nodiscard]] PerformanceDetail detail();
    [[nodiscard]] const LayoutIndex &layout() const { return *m_layout; }
    [[nodiscard]] server::PerformanceLookup lookup();
    /// How often a service said that the map may have changed.
    [[nodiscard]] int changes() const { return m_changes; }
    /// Calls `hook` as well then, on the thread of the service. To be set before there is more than one.
    void whenChanged(server::HoldService::Changed hook) { m_whenChanged = std::move(hook); }

    [[nodiscard]] const server::SaleParty &desk() const { return m_desk; }
    [[nodiscard]] const server::SaleParty &buyer() const { return m_buyer; }
    [[nodiscard]] const server::SaleParty &otherBuyer() const { return m_otherBuyer; }
    /// The token of the session behind buyer(), for what speaks HTTP.
    [[nodiscard]] const QString &buyerToken() const { return m_buyerToken; }
    /// The clerk behind desk(), signed in with a password of her own; takes some hundred milliseconds.
    [[nodiscard]] server::StaffSession signInDesk();
    [[nodiscard]] static QString deskUserName() { return QStringLiteral("viola"); }
    [[nodiscard]] static QString deskPassword() { return QStringLiteral("a quiet evening in Illyria"); }

    /// `seatKey("Stalls", "A", 1)`; the key of the area is `yard`.
    [[nodiscard]] static QString seatKey(const QString &section, const QString &row, int number);
    [[nodiscard]] static QString yard() { return QStringLiteral("yard"); }
    /// Keys of consecutive seats of one row, from `first` to `last`.
    [[nodiscard]] static std::vector<QString> seatKeys(const QString &section, const QString &row, int first, int last);
    [[nodiscard]] PriceTypeId priceType(const QString &name = QStringLiteral("Adult"));
    [[nodiscard]] static Money money(qint64 pence);

    // One command each, under a new command id.
    [[nodiscard]] Result<HoldView> take(const server::SaleParty &party, const TakeHold &command);
    [[nodiscard]] Result<HoldView> takeSeats(const server::SaleParty &party, const std::vector<QString> &seats,
                                             const HoldId &hold = HoldId::create());
    [[nodiscard]] Result<HoldView> takeYard(const server::SaleParty &party, int quantity,
                                            const HoldId &hold = HoldId::create());
    [[nodiscard]] Result<HoldView> renew(const server::SaleParty &party, const HoldId &hold);
    [[nodiscard]] Result<HoldView> release(const server::SaleParty &party, const ReleaseHold &command);
    /// Every held place at one price type.
    [[nodiscard]] Result<OrderView> order(const server::SaleParty &party, const HoldView &hold,
                                          const QString &priceTypeName = QStringLiteral("Adult"));
    [[nodiscard]] Result<OrderView> payCash(const server::SaleParty &party, const OrderView &order,
                                            const Money &tendered);
    [[nodiscard]] Result<OrderView> payCard(const server::SaleParty &party, const OrderView &order,
                                            const QString &cardToken = QStringLiteral("pm_card_visa"));
    /// Takes, orders and pays: cash at the desk, a good card elsewhere.
    [[nodiscard]] Result<OrderView> sell(const server::SaleParty &party, const std::vector<QString> &seats,
                                         int standing = 0);

    [[nodiscard]] static server::CommandKey newKey(const server::SaleParty &party);

    // The database as it is, past every service.
    void sql(const QString &statement);
    /// The SQLSTATE with which PostgreSQL refuses the statement; empty where it does not.
    [[nodiscard]] QString sqlRefusal(const QString &statement);
    /// The one value of a query; empty for NULL and for no row.
    [[nodiscard]] QString sqlText(const QString &query);
    [[nodiscard]] qint64 sqlNumber(const QString &query);
    /// Sets the end of a hold back, as if its time had passed, in all its rows.
    void letHoldRunOut(const HoldId &hold);
    /// `available`, `held`, ... as the row of the seat says.
    [[nodiscard]] QString seatState(const QString &key);
    /// `held sold` of the yard's row.
    [[nodiscard]] QString yardCounts();

private:
    void putOnSale(const SaleWorldOptions &options);
    void makeParties();

    QString m_dsn;
    std::unique_ptr<server::Database> m_database;
    std::unique_ptr<server::CatalogService> m_catalog;
    std::unique_ptr<server::IdentityService> m_identity;
    std::unique_ptr<server::TicketService> m_tickets;
    std::unique_ptr<server::TestCardProvider> m_testProvider;
    server::CardProvider *m_provider = nullptr;
    std::unique_ptr<server::HoldService> m_holds;
    std::unique_ptr<server::CheckoutService> m_checkout;
    PerformanceId m_performance;
    std::shared_ptr<const LayoutIndex> m_layout;
    server::SaleParty m_desk;
    server::SaleParty m_buyer;
    server::SaleParty m_otherBuyer;
    bool m_deskHasPassword = false;
    QString m_buyerToken;
    std::atomic<int> m_changes = 0;
    server::HoldService::Changed m_whenChanged;
};

/// What a Result has, or the end of the test with what was refused.
template <class T>
T need(Result<T> result)
{
    if (!result) {
        qFatal("refused: %s %s %s", qPrintable(errorCodeName(result.error().code)), qPrintable(result.error().message),
               qPrintable(result.error().field));
    }
    return *std::move(result);
}

/// The code of a refusal as text for QCOMPARE, or `ok`.
template <class T>
[[nodiscard]] QString refusal(const Result<T> &result)
{
    return result ? QStringLiteral("ok") : errorCodeName(result.error().code);
}

} // namespace parterre::test
