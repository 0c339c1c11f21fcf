#pragma once

#include "domain/giftcards/tender.h"

/// Bodies of messages about gift cards and vouchers.
namespace parterre::protocol {

/// GetGiftCard and RenewGiftCardCode.
struct OneGiftCard
{
    GiftCardId card;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("card", card);
    }
};

/// By a whole code or its last four characters; the newest of all where the text is empty.
struct FindGiftCards
{
    QString text;
    int countMax = 50;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields.optional("text", text, {.charactersMax = limits::giftCardCodeTypedMax});
        fields.optional("count_max", countMax, {.min = 1, .max = limits::pageSizeMax});
    }
};

struct GiftCards
{
    std::vector<GiftCardView> cards;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("cards", cards, {.countMax = limits::pageSizeMax});
    }
};

} // namespace parterre::protocol
