#pragma once

#include "outbox/factconsumer.h"

namespace parterre::server {

class Database;

/// The consumer `analytics`: writes each sold place of a confirmed order into `analytics.sold_line`, and each place that
/// was given back into `analytics.refunded_line`, once for each fact.
class SalesAnalytics final : public FactConsumer
{
public:
    explicit SalesAnalytics(Database &database)
        : m_database(database)
    {}

    [[nodiscard]] Status take(const OutboxFact &fact) override;
    [[nodiscard]] std::vector<Status> takeAll(std::span<const OutboxFact> facts) override;

private:
    Database &m_database;
};

} // namespace parterre::server
