#include "support/lentdatabase.h"

#include "support/testdatabase.h"

#include <QElapsedTimer>

#include <chrono>
#include <thread>
#include <vector>

namespace parterre::test {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int leavingMillisecondsMax = 5'000; ///< Backends that were left need a moment to end.

constexpr auto booksName = "books"; ///< Of their connection, which stays as those of the pool do.

/// What migrations have left in tables and sequences, and whether the tables are still those.
constexpr auto preparation = R"(
    create schema pristine;
    create view pristine.tables as
        select c.oid, n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_.*|information_schema|pristine)$';
    create table pristine.altered (at timestamptz not null default now());
    create table pristine.sequence as
        select format('%I.%I', schemaname, sequencename) as quoted, start_value, last_value
        from pg_sequences where schemaname <> 'pristine';
    do $do$
    declare
        t record;
        is_filled boolean;
    begin
        for t in select * from pristine.tables loop
            execute format('select exists (select from %s)', t.quoted) into is_filled;
            if is_filled then
                execute format('create table pristine.%I as table %s', t.name, t.quoted);
            end if;
        end loop;
    end $do$;
    create function pristine.restore() returns boolean language plpgsql as $function$
    declare
        t record;
    begin
        if exists (select from pristine.altered) then
            return false;
        end if;
        set local session_replication_role = replica;
        for t in select * from pristine.tables loop
            execute format('delete from %s', t.quoted);
            if to_regclass(format('pristine.%I', t.name)) is not null then
                execute format('insert into %s overriding system value table pristine.%I', t.quoted, t.name);
            end if;
        end loop;
        perform setval(quoted, coalesce(last_value, start_value), last_value is not null) from pristine.sequence;
        return true;
    end $function$;
    create function pristine.note() returns event_trigger language plpgsql as $function$
    begin
        insert into pristine.altered default values;
    end $function$;
    create event trigger pristine_altered on ddl_command_end execute function pristine.note();
    create event trigger pristine_dropped on sql_drop execute function pristine.note();
)";

/// Those that no test has.
std::mutex shelfMutex;
std::vector<std::unique_ptr<LentDatabase>> &shelf()
{
    // Made before the first of them, and with them gone before the PostgreSQL that they are in.
    (void)TestDatabase::instance();
    static std::vector<std::unique_ptr<LentDatabase>> databases;
    return databases;
}

} // namespace

void prepareToLend(pqxx::connection &connection)
{
    pqxx::nontransaction(connection).exec(preparation);
}

LentDatabase::LentDatabase(const QString &dsn)
    : pool({.dsn = dsn})
    , books(u"%1 application_name=%2"_s.arg(dsn, QLatin1StringView(booksName)))
    , m_direct(dsn.toStdString())
{}

bool LentDatabase::isLeftByAll()
{
    const auto others = [this] {
        return directly([](pqxx::nontransaction &direct) {
            return direct
                .exec_params("select count(*) from pg_stat_activity where datname = current_database() and "
                             "backend_type = 'client backend' and pid <> pg_backend_pid() and application_name <> $1",
                             booksName)[0][0]
                .as<int>();
        });
    };
    QElapsedTimer waited;
    waited.start();
    while (others() > pool.counts().open) {
        if (waited.hasExpired(leavingMillisecondsMax))
            return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

bool LentDatabase::restore()
{
    // A test may have ended any of the connections.
    try {
        return isLeftByAll() && directly([](pqxx::nontransaction &direct) {
                   return direct.exec("select pristine.restore()")[0][0].as<bool>();
               });
    } catch (const std::exception &) {
        return false;
    }
}

std::shared_ptr<LentDatabase> LentDatabase::borrow()
{
    std::unique_ptr<LentDatabase> lent;
    while (!lent) {
        {
            const std::lock_guard lock(shelfMutex);
            if (shelf().empty())
                break;
            lent = std::move(shelf().back());
            shelf().pop_back();
        }
        if (!lent->restore())
            lent.reset();
    }
    if (!lent)
        lent = std::make_unique<LentDatabase>(TestDatabase::instance().lendableDsn());
    return std::shared_ptr<LentDatabase>(lent.release(), [](LentDatabase *given) {
        const std::lock_guard lock(shelfMutex);
        shelf().emplace_back(given);
    });
}

} // namespace parterre::test
