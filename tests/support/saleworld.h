#pragma once

#include "identity/identityservice.h"
#include "support/salenode.h"

#include <QString>

#include <memory>
#include <vector>

namespace parterre::check {
class SaleBooks;
} // namespace parterre::check

namespace parterre::test {

class LentDatabase;

struct SaleWorldOptions
{
    int purchaseLimit = 0; ///< Places one customer may have; 0 for no limit.
    int holdSeconds = limits::holdSecondsDefault;
    OrphanRule orphanRule = OrphanRule::Off;
    server::CardProvider *provider = nullptr; ///< Instead of the test card provider; must outlive the world.
    Seconds paymentDeadline{limits::paymentSecondsMax};
    int performances = 1; ///< On following days; the first is performance().
    /// VAT of 20 % in every price, and fees: a booking fee of 1.50 and 2.5 % a ticket on the web, with VAT in it, and a
    /// handling fee of 2.00 an order on the web and for sellers, to which VAT is added.
    bool asksForFees = false;
    int cashStep = 1;
};

/// A small playhouse with one performance on sale in a database of its own.
///
///     Stalls   rows A and B of 10 seats; row C of 10 parted by an aisle into two row objects of 5;
///              row W: a wheelchair space and its companion seat                            50.00, concession 45.00
///     Circle   rows A, B and C of 10 seats; C 10 has a restricted view                     30.00, concession 25.00
///     Yard     a standing area of 20                                                       10.00, concession  8.00
///
/// Press costs nothing and is for clerks only. Amounts are in GBP.
class SaleWorld : public SaleNode
{
public:
    static constexpr int seatCount = 62;
    static constexpr int yardCapacity = 20;

    explicit SaleWorld(const SaleWorldOptions &options = {});
    ~SaleWorld() override;

    [[nodiscard]] server::IdentityService &identity() { return *m_identity; }

    [[nodiscard]] const server::SaleParty &desk() const { return m_desk; }
    [[nodiscard]] const server::SaleParty &buyer() const { return m_buyer; }
    [[nodiscard]] const server::SaleParty &otherBuyer() const { return m_otherBuyer; }
    /// The token of the session behind buyer(), for what speaks HTTP.
    [[nodiscard]] const QString &buyerToken() const { return m_buyerToken; }
    /// The clerk behind desk(), signed in with a password of her own; takes the hundred milliseconds of a sign-in.
    [[nodiscard]] server::StaffSession signInDesk();
    /// Makes somebody who works here, with a password of their own. The hash is a real one of full cost, but made once
    /// a process for each password, since it takes as long as many a test.
    void employ(const QString &userName, Role role, const QString &password);
    [[nodiscard]] static QString deskUserName() { return QStringLiteral("viola"); }
    [[nodiscard]] static QString deskPassword() { return QStringLiteral("a quiet evening in Illyria"); }

    /// `seatKey("Stalls", "A", 1)`; the key of the area is `yard`.
    [[nodiscard]] static QString seatKey(const QString &section, const QString &row, int number);
    [[nodiscard]] static QString yard() { return QStringLiteral("yard"); }
    /// Keys of consecutive seats of one row, from `first` to `last`.
    [[nodiscard]] static std::vector<QString> seatKeys(const QString &section, const QString &row, int first, int last);
    [[nodiscard]] static Money money(qint64 pence);

    /// What an auditor finds in the database.
    [[nodiscard]] const check::SaleBooks &books() const;

    // The database as it is, past every service.
    void sql(const QString &statement);
    /// The SQLSTATE with which PostgreSQL refuses the statement; empty where it does not.
    [[nodiscard]] QString sqlRefusal(const QString &statement);
    /// The one value of a query; empty for NULL and for no row.
    [[nodiscard]] QString sqlText(const QString &query);
    [[nodiscard]] qint64 sqlNumber(const QString &query);
    /// Sets the end of a hold back, as if its time had passed, in all its rows.
    void letHoldRunOut(const HoldId &hold);
    /// Makes a seat `available`, `house` or `killed` past every service; house seats are those of a code HOUSE.
    void setSeatState(int seat, const QString &state);
    /// `available`, `held`, ... as the row of the seat says.
    [[nodiscard]] QString seatState(const QString &key);
    /// `held sold` of the yard's row.
    [[nodiscard]] QString yardCounts();

private:
    SaleWorld(const SaleWorldOptions &options, std::shared_ptr<LentDatabase> lent);
    void putOnSale(const SaleWorldOptions &options);
    void makeParties();

    std::shared_ptr<LentDatabase> m_lent;
    std::unique_ptr<server::IdentityService> m_identity;
    server::SaleParty m_desk;
    server::SaleParty m_buyer;
    server::SaleParty m_otherBuyer;
    bool m_deskHasPassword = false;
    QString m_buyerToken;
};

/// The key of a seat in row A of the Stalls, in which most tests of sales sit.
[[nodiscard]] inline QString a(int number)
{
    return SaleWorld::seatKey(QStringLiteral("Stalls"), QStringLiteral("A"), number);
}

} // namespace parterre::test
