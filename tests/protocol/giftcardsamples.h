#pragma once

#include "protocol/samplevalues.h"

/// As messagesamples.h, of gift cards.
namespace parterre::tests {

inline GiftCardView sampleGiftCard()
{
    return {.id = sampleId<GiftCardId>(14),
            .kind = GiftCardKind::Voucher,
            .state = GiftCardState::Blocked,
            .lastFour = u"EFGH"_s,
            .amount = pounds(5000),
            .balance = pounds(3000),
            .reserved = pounds(1000),
            .expiresAt = sampleTime(600),
            .issuedAt = sampleTime(0),
            .issuedBy = u"Ada Min"_s,
            .reason = u"The lift was out of order."_s,
            .blockReason = u"The letter was stolen."_s,
            .movements = {{.kind = GiftCardMove::Issued,
                           .amount = pounds(5000),
                           .reserved = pounds(0),
                           .orderNumber = {},
                           .at = sampleTime(0)},
                          {.kind = GiftCardMove::Reserved,
                           .amount = pounds(0),
                           .reserved = pounds(2000),
                           .orderNumber = u"P-000123"_s,
                           .at = sampleTime(2)}}};
}

inline std::vector<MessageSample> giftCardRequestSamples()
{
    using enum protocol::MessageType;
    using namespace protocol;
    const auto card = sampleId<GiftCardId>(14);
    const auto request = [](MessageType type, const auto &body) { return sampleOf(Direction::Request, type, body); };
    return {
        request(MessageType::IssueGiftCard, parterre::IssueGiftCard{.card = card,
                                                                    .kind = GiftCardKind::GiftCard,
                                                                    .amount = pounds(5000),
                                                                    .daysValid = 365,
                                                                    .reason = u"For a birthday"_s,
                                                                    .payment = sampleId<PaymentId>(9),
                                                                    .tendered = pounds(6000),
                                                                    .terminal = u"left"_s}),
        request(RenewGiftCardCode, OneGiftCard{.card = card}),
        request(MessageType::BlockGiftCard,
                parterre::BlockGiftCard{.card = card, .isBlocked = true, .reason = u"The letter was stolen."_s}),
        request(GetGiftCard, OneGiftCard{.card = card}),
        request(MessageType::FindGiftCards, protocol::FindGiftCards{.text = u"EFGH"_s, .countMax = 100}),
        request(MessageType::PayInParts,
                parterre::PayInParts{.payment = sampleId<PaymentId>(9),
                                     .order = sampleId<OrderId>(7),
                                     .giftCards = {{.code = u"K7PM-3XQT-9BCD-EFGH"_s, .amount = pounds(2000)}},
                                     .cash = pounds(1000),
                                     .terminal = u"left"_s,
                                     .cardToken = u"pm_card_visa"_s}),
        request(GetCreditNote, OneRefund{.refund = sampleId<RefundId>(11)}),
        request(MessageType::AskRefundAgain, parterre::AskRefundAgain{.repayment = sampleId<RepaymentId>(12)}),
    };
}

inline std::vector<MessageSample> giftCardReplySamples()
{
    const auto reply = [](protocol::MessageType type, const auto &body) {
        return sampleOf(Direction::Reply, type, body);
    };
    return {
        reply(protocol::MessageType::GiftCardIssued,
              IssuedGiftCard{.card = sampleGiftCard(), .code = u"K7PM-3XQT-9BCD-EFGH"_s, .change = pounds(1000)}),
        reply(protocol::MessageType::GiftCard, sampleGiftCard()),
        reply(protocol::MessageType::GiftCards, protocol::GiftCards{.cards = {sampleGiftCard()}}),
    };
}

} // namespace parterre::tests
