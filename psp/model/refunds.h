#pragma once

#include "model/books.h"
#include "model/params.h"

namespace parterre::psp {

/// Money that goes back. The sum of a charge's refunds never passes what was captured.
class Refunds
{
public:
    explicit Refunds(Books &books)
        : m_books(books)
    {}

    [[nodiscard]] Reply<QJsonObject> create(Params &params, const Cause &cause);
    [[nodiscard]] Reply<QJsonObject> update(const QString &id, Params &params);
    /// A pending refund succeeds, or one that the card's bank sends back fails.
    void settle(Refund &refund, const Cause &cause);

private:
    [[nodiscard]] Reply<Charge *> chargeOf(const QString &intentId, const QString &chargeId);

    Books &m_books;
};

} // namespace parterre::psp
