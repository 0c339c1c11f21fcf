#include "support/saleworld.h"

#include "catalog/seasoncommand.h"
#include "domain/layout/layoutjson.h"
#include "identity/passwordhasher.h"
#include "support/lentdatabase.h"

#include <QFile>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>

#include <pqxx/pqxx>

namespace parterre::test {

using namespace Qt::StringLiterals;

namespace {

LayoutRow rowOf(const QString &section, const QString &label, int first, int last, QPointF start, int category)
{
    LayoutRow row{.label = label, .origin = start, .seats = {}};
    for (int number = first; number <= last; ++number) {
        row.seats.push_back({.key = SaleWorld::seatKey(section, label, number),
                             .label = QString::number(number),
                             .position = start + QPointF(25.0 * (number - 1), 0),
                             .category = category});
    }
    return row;
}

Layout playhouse()
{
    Layout layout;
    layout.name = u"Playhouse"_s;
    layout.size = QSizeF(600, 600);
    layout.categories = {{u"Stalls"_s, u"#2f6db5"_s}, {u"Circle"_s, u"#3f8f5b"_s}, {u"Standing"_s, u"#8a5fb0"_s}};
    layout.focalPoint = QPointF(300, 50);

    LayoutSection stalls;
    stalls.name = u"Stalls"_s;
    stalls.rows = {rowOf(u"Stalls"_s, u"A"_s, 1, 10, {100, 100}, 0), rowOf(u"Stalls"_s, u"B"_s, 1, 10, {100, 130}, 0),
                   rowOf(u"Stalls"_s, u"C"_s, 1, 5, {100, 160}, 0), rowOf(u"Stalls"_s, u"C"_s, 6, 10, {150, 160}, 0),
                   rowOf(u"Stalls"_s, u"W"_s, 1, 2, {100, 190}, 0)};
    LayoutRow &wheelchairs = stalls.rows.back();
    wheelchairs.seats[0].accessibility = Accessibility::Wheelchair;
    wheelchairs.seats[1].accessibility = Accessibility::Companion;
    wheelchairs.seats[1].companionOf = wheelchairs.seats[0].key;

    LayoutSection circle;
    circle.name = u"Circle"_s;
    circle.rows = {rowOf(u"Circle"_s, u"A"_s, 1, 10, {100, 300}, 1), rowOf(u"Circle"_s, u"B"_s, 1, 10, {100, 330}, 1),
                   rowOf(u"Circle"_s, u"C"_s, 1, 10, {100, 360}, 1)};
    circle.rows.back().seats.back().restrictedView = true;

    LayoutSection yard;
    yard.name = u"Yard"_s;
    const LayoutShape ground{.kind = ShapeKind::Rectangle, .position = QPointF(100, 420), .size = QSizeF(225, 100)};
    yard.areas.push_back({.key = SaleWorld::yard(),
                          .name = u"Yard"_s,
                          .capacity = SaleWorld::yardCapacity,
                          .category = 2,
                          .shape = ground});
    layout.sections = {stalls, circle, yard};
    return layout;
}

QJsonObject zone(const QString &category, int adult, int concession)
{
    const auto price = [](const QString &type, int amount) {
        return QJsonObject{{u"type"_s, type}, {u"amount"_s, amount}};
    };
    return {
        {u"category"_s, category},
        {u"prices"_s, QJsonArray{price(u"Adult"_s, adult), price(u"Concession"_s, concession), price(u"Press"_s, 0)}}};
}

/// See SaleWorldOptions::asksForFees.
void askForFees(QJsonObject &prices, QJsonObject &document)
{
    const auto tax = [](const QString &name, int rate, bool isIncluded) {
        return QJsonObject{{u"name"_s, name}, {u"rate_basis_points"_s, rate}, {u"included"_s, isIncluded}};
    };
    document.insert(u"taxes"_s, QJsonArray{tax(u"VAT"_s, 2000, true), tax(u"VAT added"_s, 2000, false)});
    QJsonArray types;
    for (const auto &type : prices[u"types"_s].toArray()) {
        QJsonObject taxed = type.toObject();
        taxed.insert(u"tax"_s, u"VAT"_s);
        types.append(taxed);
    }
    prices.insert(u"types"_s, types);
    prices.insert(u"fees"_s, QJsonArray{QJsonObject{{u"name"_s, u"Booking fee"_s},
                                                    {u"per"_s, u"ticket"_s},
                                                    {u"channels"_s, QJsonArray{u"web"_s}},
                                                    {u"amount"_s, 150},
                                                    {u"rate_basis_points"_s, 250},
                                                    {u"tax"_s, u"VAT"_s}},
                                        QJsonObject{{u"name"_s, u"Handling"_s},
                                                    {u"per"_s, u"order"_s},
                                                    {u"channels"_s, QJsonArray{u"web"_s, u"api"_s}},
                                                    {u"amount"_s, 200},
                                                    {u"tax"_s, u"VAT added"_s}}});
}

QJsonObject season(const SaleWorldOptions &options)
{
    QJsonObject prices{
        {u"name"_s, u"Standard"_s},
        {u"types"_s, QJsonArray{QJsonObject{{u"name"_s, u"Adult"_s}}, QJsonObject{{u"name"_s, u"Concession"_s}},
                                QJsonObject{{u"name"_s, u"Press"_s}, {u"public"_s, false}}}},
        {u"zones"_s,
         QJsonArray{zone(u"Stalls"_s, 5000, 4500), zone(u"Circle"_s, 3000, 2500), zone(u"Standing"_s, 1000, 800)}}};
    QJsonArray performances;
    for (int i = 0; i < options.performances; ++i) {
        performances.append(
            QJsonObject{{u"starts_in"_s, QJsonObject{{u"days_from_today"_s, 7 + i}, {u"time"_s, u"19:30"_s}}},
                        {u"layout"_s, u"Playhouse"_s},
                        {u"prices"_s, u"Standard"_s},
                        {u"state"_s, u"on_sale"_s},
                        {u"purchase_limit"_s, options.purchaseLimit},
                        {u"hold_seconds"_s, options.holdSeconds},
                        {u"orphan_rule"_s, enumName(options.orphanRule)}});
    }
    QJsonObject document;
    if (options.asksForFees)
        askForFees(prices, document);
    const QJsonObject seller{{u"name"_s, u"Playhouse Trading Ltd"_s},
                             {u"address"_s, u"1 Illyria Street\nLondon SE1 9DT"_s},
                             {u"tax_number"_s, u"GB 123 4567 89"_s},
                             {u"registration"_s, u"Company 01234567"_s},
                             {u"email"_s, u"tickets@playhouse.example"_s}};
    const QJsonObject whole{
        {u"version"_s, 1},
        {u"venue"_s, QJsonObject{{u"name"_s, u"The Playhouse"_s},
                                 {u"address"_s, u"1 Illyria Street"_s},
                                 {u"time_zone"_s, u"Europe/London"_s},
                                 {u"currency"_s, u"GBP"_s},
                                 {u"cash_step"_s, options.cashStep},
                                 {u"seller"_s, seller}}},
        {u"layouts"_s, QJsonArray{QJsonObject{{u"name"_s, u"Playhouse"_s}, {u"plan"_s, u"playhouse.json"_s}}}},
        {u"price_lists"_s, QJsonArray{prices}},
        {u"events"_s,
         QJsonArray{QJsonObject{
             {u"key"_s, u"twelfth-night"_s}, {u"title"_s, u"Twelfth Night"_s}, {u"performances"_s, performances}}}}};
    for (auto member = whole.begin(); member != whole.end(); ++member)
        document.insert(member.key(), member.value());
    return document;
}

void writeJson(const QString &path, const QJsonObject &object)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(object).toJson()) < 0)
        qFatal("%s cannot be written", qPrintable(path));
}

} // namespace

void SaleWorld::employ(const QString &userName, Role role, const QString &password)
{
    static QHash<QString, QString> hashes;
    QString &hash = hashes[password];
    if (hash.isEmpty())
        hash = server::PasswordHasher().hash(password);
    sql(u"insert into app_user (id, name, display_name, role, password_hash, must_change_password) "
        "values ('%1', '%2', '%2', '%3', '%4', false) "
        "on conflict (name) do update set password_hash = excluded.password_hash, must_change_password = false"_s.arg(
            UserId::create().text(), userName, enumName(role), hash));
}

SaleWorld::SaleWorld(const SaleWorldOptions &options)
    : SaleWorld(options, LentDatabase::borrow())
{}

SaleWorld::SaleWorld(const SaleWorldOptions &options, std::shared_ptr<LentDatabase> lent)
    : SaleNode(lent->dsn(), {.provider = options.provider,
                             .paymentDeadline = options.paymentDeadline,
                             .database = std::shared_ptr<server::Database>(lent, &lent->pool)})
    , m_lent(std::move(lent))
    , m_identity(std::make_unique<server::IdentityService>(database()))
{
    putOnSale(options);
    makeParties();
}

SaleWorld::~SaleWorld() = default;

void SaleWorld::putOnSale(const SaleWorldOptions &options)
{
    const QTemporaryDir folder;
    writeJson(folder.filePath(u"playhouse.json"_s), layoutToJson(playhouse()));
    writeJson(folder.filePath(u"season.json"_s), season(options));
    need(server::applySeason(folder.filePath(u"season.json"_s), database()));
    findPerformance();
}

void SaleWorld::makeParties()
{
    // Without a password: hashing one takes longer than most tests. signInDesk() gives her one.
    const UserId clerk = UserId::create();
    sql(u"insert into app_user (id, name, display_name, role, password_hash, must_change_password) "
        "values ('%1', '%2', 'Viola of Messaline', 'clerk', '', true)"_s.arg(clerk.text(), deskUserName()));
    m_desk = {.owner = u"user:"_s + clerk.text(), .channel = SalesChannel::Desk};
    const auto buyerSession = [this] { return need(m_identity->createBuyerSession()); };
    const auto first = buyerSession();
    m_buyerToken = first.token;
    m_buyer = {.owner = u"buyer:"_s + first.sessionId.text(), .channel = SalesChannel::Web};
    m_otherBuyer = {.owner = u"buyer:"_s + buyerSession().sessionId.text(), .channel = SalesChannel::Web};
}

server::StaffSession SaleWorld::signInDesk()
{
    if (!m_deskHasPassword) {
        employ(deskUserName(), Role::Clerk, deskPassword());
        m_deskHasPassword = true;
    }
    return need(m_identity->signIn(deskUserName(), deskPassword(), u"192.0.2.1"_s));
}

QString SaleWorld::seatKey(const QString &section, const QString &row, int number)
{
    return u"%1-%2-%3"_s.arg(section, row).arg(number);
}

std::vector<QString> SaleWorld::seatKeys(const QString &section, const QString &row, int first, int last)
{
    std::vector<QString> keys;
    for (int number = first; number <= last; ++number)
        keys.push_back(seatKey(section, row, number));
    return keys;
}

Money SaleWorld::money(qint64 pence)
{
    return Money(pence, *Currency::fromCode(u"GBP"_s));
}

const check::SaleBooks &SaleWorld::books() const
{
    return m_lent->books;
}

void SaleWorld::sql(const QString &statement)
{
    m_lent->directly([&](pqxx::nontransaction &direct) { direct.exec(statement.toStdString()); });
}

QString SaleWorld::sqlRefusal(const QString &statement)
{
    try {
        sql(statement);
    } catch (const pqxx::sql_error &error) {
        return QString::fromStdString(error.sqlstate());
    }
    return {};
}

QString SaleWorld::sqlText(const QString &query)
{
    return m_lent->directly([&](pqxx::nontransaction &direct) {
        const auto rows = direct.exec(query.toStdString());
        return rows.empty() || rows[0][0].is_null() ? QString() : QString::fromUtf8(rows[0][0].c_str());
    });
}

qint64 SaleWorld::sqlNumber(const QString &query)
{
    return sqlText(query).toLongLong();
}

void SaleWorld::letHoldRunOut(const HoldId &hold)
{
    for (const QString &statement :
         {u"update hold set held_until = now() - interval '1 second' where id = '%1'"_s,
          u"update seat_inventory set held_until = now() - interval '1 second' where hold_id = '%1'"_s,
          u"update area_hold set held_until = now() - interval '1 second' where hold_id = '%1'"_s})
        sql(statement.arg(hold.text()));
}

void SaleWorld::setSeatState(int seat, const QString &state)
{
    sql(u"insert into house_code (performance_id, code_no, code, name, kind, color) "
        "values ('%1', 1, 'HOUSE', 'House', 'house', '#808080') on conflict do nothing; "
        "update seat_inventory set state = '%2', house_no = case when '%2' = 'house' then 1 end "
        "where seat_no = %3"_s.arg(performance().text(), state)
            .arg(seat));
}

QString SaleWorld::seatState(const QString &key)
{
    const auto number = layout().seatNumber(key);
    if (!number)
        qFatal("there is no seat %s", qPrintable(key));
    return sqlText(u"select state from seat_inventory where seat_no = %1"_s.arg(*number));
}

QString SaleWorld::yardCounts()
{
    return sqlText(u"select held || ' ' || sold from area_inventory"_s);
}

} // namespace parterre::test
