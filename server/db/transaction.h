#pragma once

#include "base/assert.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/money.h"
#include "base/result.h"
#include "db/arrayliteral.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <pqxx/pqxx>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// For `server/db` and `*repository.cpp` only; everything else names Transaction by forward declaration.
namespace parterre::server {

class MapCommits;

/// One running transaction. Repositories write SQL through it with our own types as parameters:
///
///     const auto rows = transaction.query("select name from venue where id = $1", venue);
///     const QString name = text(rows[0]["name"]);
class Transaction
{
public:
    explicit Transaction(pqxx::work &work, MapCommits *mapCommits = nullptr)
        : m_work(work)
        , m_mapCommits(mapCommits)
    {}

    /// Planned once for each connection, since planning costs as much as the work of most statements: `sql` is one of
    /// a bounded number of texts.
    template <class... Values>
    pqxx::result query(const char *sql, const Values &...values)
    {
        return m_work.exec_prepared(prepare(sql), toParameter(values)...);
    }
    /// As query(), for statements whose rows are not wanted; returns how many rows were changed.
    template <class... Values>
    qint64 execute(const char *sql, const Values &...values)
    {
        return static_cast<qint64>(query(sql, values...).affected_rows());
    }
    /// The database's clock now, not at the start of the transaction (design D3): what was decided after waiting for a
    /// lock must not be decided with the time from before it.
    [[nodiscard]] Instant now();

    [[nodiscard]] pqxx::work &work() { return m_work; }

    /// `hook` runs once, after Database knows that this transaction was committed: not after a rollback, and not when
    /// the outcome is unknown. What it does must be repairable, since the process may die before it.
    void afterCommit(std::function<void()> hook) { m_afterCommit.push_back(std::move(hook)); }
    [[nodiscard]] std::vector<std::function<void()>> takeAfterCommit() { return std::exchange(m_afterCommit, {}); }

    /// `step` runs once the work has said that it may be committed, right before the commit: for a lock that all others
    /// want too. Steps run by `place`, so that two transactions take such locks in the same order.
    void lastly(QString place, std::function<void(Transaction &)> step)
    {
        m_lastSteps.emplace(std::move(place), std::move(step));
    }
    void runLastSteps();

    /// What this transaction has written and seen is on disk before Database::transact() returns, also where its own
    /// COMMIT waits for no disk, or where it has seen what another has committed in that way (docs/adr/0007).
    void waitForDisk() { m_waitsForDisk = true; }
    /// COMMIT does not wait for the disk: for what is done again, or need not be, should PostgreSQL die before it is
    /// there. What is committed later is never there without it.
    void letDiskFollow();
    [[nodiscard]] bool waitsForDisk() const { return m_waitsForDisk; }

    /// Who is to hear, by afterCommit(), what this transaction changes on maps; null for nobody.
    [[nodiscard]] MapCommits *mapCommits() const { return m_mapCommits; }

    // Parameters. Arrays are PostgreSQL array literals; cast them in the statement: `$1::int[]`.
    [[nodiscard]] static std::string toParameter(const QString &text) { return text.toStdString(); }
    [[nodiscard]] static std::string toParameter(const std::string &text) { return text; }
    [[nodiscard]] static std::string toParameter(const ArrayLiteral &array) { return array.text(); }
    [[nodiscard]] static std::string toParameter(const QJsonObject &object);
    [[nodiscard]] static std::string toParameter(Instant instant);
    [[nodiscard]] static std::string toParameter(const char *text) { return text; }
    [[nodiscard]] static pqxx::binarystring toParameter(const QByteArray &bytes);
    [[nodiscard]] static int toParameter(int number) { return number; }
    [[nodiscard]] static long long toParameter(qint64 number) { return number; }
    [[nodiscard]] static bool toParameter(bool flag) { return flag; }
    template <class Tag>
    [[nodiscard]] static std::string toParameter(const Id<Tag> &id)
    {
        return id.text().toStdString();
    }
    template <class T>
    [[nodiscard]] static auto toParameter(const std::optional<T> &value) -> std::optional<decltype(toParameter(*value))>
    {
        if (!value)
            return std::nullopt;
        return toParameter(*value);
    }
    [[nodiscard]] static std::string toParameter(const std::vector<int> &numbers);
    [[nodiscard]] static std::string toParameter(const std::vector<qint64> &numbers);
    [[nodiscard]] static std::string toParameter(const std::vector<QString> &texts);
    template <class Tag>
    [[nodiscard]] static std::string toParameter(const std::vector<Id<Tag>> &ids)
    {
        std::vector<QString> texts;
        for (const auto &id : ids)
            texts.push_back(id.text());
        return toParameter(texts);
    }

private:
    /// Tells the connection of the statement and returns the name under which it is planned.
    std::string prepare(const char *sql);

    pqxx::work &m_work;
    MapCommits *m_mapCommits;
    std::vector<std::function<void()>> m_afterCommit;
    std::multimap<QString, std::function<void(Transaction &)>> m_lastSteps;
    bool m_waitsForDisk = false;
};

// Reading fields. A field that cannot be what the schema says is a broken invariant.
[[nodiscard]] QString text(const pqxx::field &field);       ///< NULL is an empty text.
[[nodiscard]] QByteArray bytes(const pqxx::field &field);   ///< bytea.
[[nodiscard]] QJsonObject object(const pqxx::field &field); ///< json and jsonb.
[[nodiscard]] Instant instant(const pqxx::field &field);    ///< timestamptz, as to_text or default output in UTC.
[[nodiscard]] std::optional<Instant> optionalInstant(const pqxx::field &field);
[[nodiscard]] qint64 number(const pqxx::field &field);
[[nodiscard]] int smallNumber(const pqxx::field &field);
[[nodiscard]] bool flag(const pqxx::field &field);
[[nodiscard]] Currency currencyOf(const pqxx::field &field); ///< The three letters of ISO 4217.
/// Of a column whose check allows only our names.
template <NamedEnum E>
[[nodiscard]] E enumOf(const pqxx::field &field)
{
    const auto value = enumFromName<E>(text(field));
    PT_ASSERT(value.has_value(), "the column's check allows only our names");
    return *value;
}
template <class IdType>
[[nodiscard]] IdType id(const pqxx::field &field)
{
    return field.is_null()
               ? IdType()
               : IdType(QUuid::fromString(QLatin1StringView(field.c_str(), static_cast<int>(field.size()))));
}

} // namespace parterre::server
