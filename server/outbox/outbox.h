#pragma once

#include "base/ids.h"
#include "base/result.h"

#include <QJsonObject>
#include <QString>

#include <functional>
#include <memory>

namespace parterre::server {

class Database;

/// One committed fact.
struct OutboxFact
{
    qint64 id = 0;
    QString topic; ///< E.g. `order.confirmed`.
    QUuid key;     ///< Facts of one key arrive in order.
    QJsonObject payload;
};

/// Delivers the rows of `outbox` to the consumers of this process, at least once and in order per key (design D9). A
/// consumer that refuses gets the fact again, with back-off, as do all others of that fact; other keys go on meanwhile.
/// Of several servers on one database one delivers each fact. Consumers are called on one thread, with no connection
/// held, one fact after the other.
class Outbox
{
public:
    using Consumer = std::function<Status(const OutboxFact &)>;

    explicit Outbox(Database &database);
    ~Outbox();
    Outbox(const Outbox &) = delete;
    Outbox &operator=(const Outbox &) = delete;

    /// Before start(). `name` is for the log.
    void addConsumer(const QString &name, Consumer consumer);
    void start();
    /// Lets the delivery that has begun end. Idempotent.
    void stop();
    /// Something may have been written; otherwise the table is looked at each second.
    void wake();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
