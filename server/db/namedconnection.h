#pragma once

#include <pqxx/pqxx>

#include <string>
#include <unordered_map>
#include <utility>

namespace parterre::server {

/// Knows under which names it has been told of statements: to make the name of a text anew, and to have libpqxx look
/// for it and compare the text, is as much work as to send the statement.
class NamedConnection : public pqxx::connection
{
public:
    NamedConnection(const std::string &dsn, int thePlace)
        : pqxx::connection(dsn)
        , place(thePlace)
    {}

    const int place; ///< In its pool, in the order in which they were opened.

    /// Makes the connection known to what runs on it in this thread.
    class InUse
    {
    public:
        explicit InUse(NamedConnection &connection)
            : m_before(std::exchange(s_inUse, &connection))
        {}
        ~InUse() { s_inUse = m_before; }
        InUse(const InUse &) = delete;
        InUse &operator=(const InUse &) = delete;

    private:
        NamedConnection *m_before;
    };
    /// What libpqxx knows as its own; null for a connection that is not in use, or of another kind.
    [[nodiscard]] static NamedConnection *behind(const pqxx::connection_base &connection)
    {
        return s_inUse == &connection ? s_inUse : nullptr;
    }

    /// By where the text stands, and by the text itself, should another stand there later.
    [[nodiscard]] const std::string &nameOf(const char *sql)
    {
        const auto found = m_names.find(sql);
        if (found != m_names.end() && found->second.text == sql)
            return found->second.name;
        // The text's own hash, since PostgreSQL cuts names at 63 bytes; libpqxx refuses one name for two texts.
        Named named{.text = sql, .name = {}};
        named.name = "parterre_" + std::to_string(std::hash<std::string>()(named.text));
        prepare(named.name, named.text);
        return m_names.insert_or_assign(sql, std::move(named)).first->second.name;
    }

private:
    struct Named
    {
        std::string text;
        std::string name;
    };
    static inline thread_local NamedConnection *s_inUse = nullptr;

    std::unordered_map<const char *, Named> m_names;
};

} // namespace parterre::server
