#pragma once

#include "base/result.h"
#include "check/judge.h"
#include "check/providerbook.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

namespace parterre::check {

/// Judges the database of a box office from outside, as an auditor would: by its rows alone and with none of the
/// server's code. What must hold after every commit is a rule in salebooksrepository.cpp with a sentence of its own.
class SaleBooks
{
public:
    /// `provider` is what a card provider outside of the database has; without it the test provider's tables count.
    explicit SaleBooks(QString dsn, std::optional<ProviderBook> provider = std::nullopt);

    /// What is wrong: a place that two have, money without a sale, a sale without its money, counts that do not add up.
    /// One line a broken rule, with the rows that break it; empty where all is well. A payment on its way is all right.
    [[nodiscard]] QStringList faults() const;
    /// As faults() after `statements`, which are rolled back: shows that a rule can see what it is there for.
    [[nodiscard]] QStringList faultsAfter(const QString &statements) const;
    /// Payments and frozen holds that still wait for their end.
    [[nodiscard]] QStringList unfinished() const;

    void sql(const QString &statement) const;
    /// The one value of a query; empty for NULL and for no row.
    [[nodiscard]] QString text(const QString &query) const;
    [[nodiscard]] qint64 number(const QString &query) const { return text(query).toLongLong(); }

private:
    class Reader;

    QString m_dsn;
    std::optional<ProviderBook> m_provider;
    std::shared_ptr<Reader> m_reader;
};

/// Adds what is wrong with the books to the verdict, and where `mustBeSettled` also what has no end yet. Refuses where
/// the database cannot be read.
[[nodiscard]] Status judgeBooks(const SaleBooks &books, bool mustBeSettled, Verdict &verdict);

} // namespace parterre::check
