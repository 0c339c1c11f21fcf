#pragma once

#include "model/books.h"
#include "model/params.h"

namespace parterre::psp {

/// What can be looked at: single objects and pages of them, the newest first.
class Lists
{
public:
    explicit Lists(const Books &books)
        : m_books(books)
    {}

    [[nodiscard]] Reply<QJsonObject> intents(Params &params) const;
    [[nodiscard]] Reply<QJsonObject> searchIntents(Params &params) const;
    [[nodiscard]] Reply<QJsonObject> refunds(Params &params) const;
    [[nodiscard]] Reply<QJsonObject> charges(Params &params) const;
    [[nodiscard]] Reply<QJsonObject> events(Params &params) const;
    [[nodiscard]] Reply<QJsonObject> endpoints(Params &params) const;

private:
    const Books &m_books;
};

} // namespace parterre::psp
