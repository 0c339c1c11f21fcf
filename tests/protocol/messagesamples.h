#pragma once

#include "domain/layout/layoutjson.h"
#include "protocol/giftcardsamples.h"

/// One message of every type with every field filled, as the golden files hold them and the fuzz test breaks them.
namespace parterre::tests {

using namespace Qt::StringLiterals;

inline PerformanceSummary sampleSummary()
{
    return {.id = sampleId<PerformanceId>(1),
            .eventTitle = u"Twelfth Night"_s,
            .subtitle = u"by William Shakespeare"_s,
            .venueName = u"Old Court Theatre"_s,
            .startsAt = sampleTime(0),
            .doorsAt = sampleTime(-45),
            .timeZone = u"Europe/London"_s,
            .state = PerformanceState::OnSale,
            .currency = u"GBP"_s,
            .capacity = 1557,
            .available = 1200,
            .sold = 340,
            .priceFrom = pounds(1000)};
}

inline PerformanceDetail sampleDetail()
{
    const PriceZone zone{
        .id = sampleId<PriceZoneId>(2), .category = u"Stalls"_s, .name = u"Stalls, front"_s, .color = u"#2f6db5"_s};
    const Tax vat{.name = u"VAT"_s, .rateBasisPoints = 2'000, .isIncluded = true};
    const PriceType adult{.id = sampleId<PriceTypeId>(3), .name = u"Adult"_s, .isPublic = true, .tax = vat};
    const PriceType press{.id = sampleId<PriceTypeId>(4), .name = u"Press"_s, .isPublic = false};
    return {.summary = sampleSummary(),
            .layout = sampleId<LayoutId>(5),
            .description = u"A comedy of music and mistaken letters."_s,
            .purchaseLimit = 10,
            .holdSeconds = 600,
            .zones = {zone},
            .types = {adult, press},
            .prices = {{.zone = zone.id, .type = adult.id, .amount = pounds(5500), .total = pounds(5650)},
                       {.zone = zone.id, .type = press.id, .amount = pounds(0), .total = pounds(0)}},
            .orphanRule = OrphanRule::Strict,
            .fees = {{.name = u"Booking fee"_s,
                      .per = FeePer::Ticket,
                      .channels = {SalesChannel::Web, SalesChannel::Api},
                      .amount = pounds(150),
                      .rateBasisPoints = 0,
                      .tax = vat}},
            .cashStep = 5,
            .refundableUntil = sampleTime(-1440)};
}

inline QJsonObject sampleLayout()
{
    Layout layout;
    layout.name = u"Old Court Theatre"_s;
    layout.size = QSizeF(400, 300);
    layout.categories = {{.name = u"Stalls"_s, .color = u"#2f6db5"_s}};
    LayoutRow row{.label = u"A"_s, .origin = QPointF(100, 100), .seats = {}};
    for (int i = 0; i < 2; ++i) {
        row.seats.push_back(
            {.key = u"S-A-%1"_s.arg(i + 1), .label = QString::number(i + 1), .position = QPointF(100 + 25 * i, 100)});
    }
    LayoutSection stalls;
    stalls.name = u"Stalls"_s;
    stalls.rows.push_back(row);
    layout.sections.push_back(stalls);
    return layoutToJson(layout);
}

inline HoldView sampleHold()
{
    return {.id = sampleId<HoldId>(6),
            .performance = sampleId<PerformanceId>(1),
            .state = HoldState::Live,
            .heldUntil = sampleTime(10),
            .secondsLeft = 600,
            .secondsLeftMax = 1800,
            .places = {{.key = u"S-A-1"_s,
                        .name = u"Stalls, row A, seat 1"_s,
                        .category = u"Stalls"_s,
                        .isArea = false,
                        .quantity = 1},
                       {.key = u"YARD"_s, .name = u"The Yard"_s, .category = u"Yard"_s, .isArea = true, .quantity = 3}},
            .leftAlone = {{.key = u"S-A-2"_s, .name = u"Stalls, row A, seat 2"_s}}};
}

inline RepaymentView sampleRepayment()
{
    return {.id = sampleId<RepaymentId>(12),
            .method = PaymentMethod::Card,
            .state = RepaymentState::InDoubt,
            .amount = pounds(1000),
            .failure = u"The card is closed."_s};
}

inline TaxSum sampleTax()
{
    return {.tax = {.name = u"VAT"_s, .rateBasisPoints = 2'000, .isIncluded = true},
            .net = pounds(4583),
            .amount = pounds(917)};
}

inline OrderView sampleOrder()
{
    const OrderLine line{.number = 1,
                         .place = u"S-A-1"_s,
                         .isArea = false,
                         .placeNumber = 0,
                         .placeName = u"Stalls, row A, seat 1"_s,
                         .zoneName = u"Stalls, front"_s,
                         .priceType = sampleId<PriceTypeId>(3),
                         .priceTypeName = u"Adult"_s,
                         .amount = pounds(5500),
                         .note = u"Behind a pillar"_s,
                         .discount = pounds(500),
                         .fee = pounds(150),
                         .tax = pounds(858),
                         .total = pounds(5150)};
    return {.id = sampleId<OrderId>(7),
            .number = u"P-000123"_s,
            .state = OrderState::Confirmed,
            .performance = sampleId<PerformanceId>(1),
            .eventTitle = u"Twelfth Night"_s,
            .venueName = u"Old Court Theatre"_s,
            .startsAt = sampleTime(0),
            .timeZone = u"Europe/London"_s,
            .hold = sampleId<HoldId>(6),
            .total = pounds(5500),
            .lines = {line},
            .buyer = {.name = u"Zoë Müller"_s, .email = u"zoe@example.org"_s},
            .createdAt = sampleTime(1),
            .confirmedAt = sampleTime(2),
            .paymentMethod = PaymentMethod::Cash,
            .paymentState = PaymentState::Captured,
            .tendered = pounds(6000),
            .change = pounds(500),
            .tickets = {sampleId<TicketId>(8)},
            .refunds = {{.id = sampleId<RefundId>(11),
                         .cause = RefundCause::Desk,
                         .lines = {2},
                         .amount = pounds(1000),
                         .reason = u"ill"_s,
                         .by = u"Ada Min"_s,
                         .at = sampleTime(3),
                         .repayments = {sampleRepayment()},
                         .creditNote = u"C-2026-000012"_s}},
            .exchangedFrom =
                ExchangeOrigin{.order = sampleId<OrderId>(13), .number = u"P-000122"_s, .credit = pounds(4000)},
            .fee = pounds(350),
            .rounding = pounds(0),
            .fees = {{.name = u"Booking fee"_s, .amount = pounds(500)}},
            .taxes = {sampleTax()},
            .discount = pounds(500),
            .promotion = u"Summer treat"_s,
            .tenders = {{.method = PaymentMethod::GiftCard, .amount = pounds(2000), .lastFour = u"EFGH"_s},
                        {.method = PaymentMethod::Cash, .amount = pounds(3500), .lastFour = {}}},
            .refundableUntil = sampleTime(-1440)};
}

inline OrderTickets sampleTickets()
{
    return {.order = sampleId<OrderId>(7),
            .tickets = {{.id = sampleId<TicketId>(8),
                         .line = 1,
                         .placeName = u"Stalls, row A, seat 1"_s,
                         .state = TicketState::Void,
                         .humanCode = u"K7QM-2XWD"_s,
                         .holderName = u"Sebastian"_s,
                         .holderEmail = u"sebastian@example.org"_s,
                         .issuedAt = sampleTime(2)}},
            .mails = {{.kind = MailKind::Order,
                       .recipient = u"zoe@example.org"_s,
                       .state = MailState::Failed,
                       .attempts = 1,
                       .error = u"550 5.1.1 There is nobody of this name here"_s,
                       .createdAt = sampleTime(2),
                       .endedAt = sampleTime(3)}}};
}

inline OverrideRecord sampleOverride()
{
    return {.at = sampleTime(1),
            .orderNumber = u"P-000123"_s,
            .event = u"Twelfth Night"_s,
            .startsAt = sampleTime(0),
            .placeName = u"Stalls, row A, seat 1"_s,
            .kind = OverrideKind::Price,
            .listed = pounds(5500),
            .price = pounds(3000),
            .reason = u"Behind a pillar"_s,
            .givenBy = u"Viola"_s,
            .approvedBy = u"Malvolio"_s,
            .timeZone = u"Europe/London"_s};
}

inline OrderQuote sampleQuote()
{
    const OrderView order = sampleOrder();
    return {.total = order.total,
            .lines = order.lines,
            .fee = order.fee,
            .fees = order.fees,
            .taxes = order.taxes,
            .discount = order.discount,
            .promotion = order.promotion};
}

inline std::vector<MessageSample> requestSamples()
{
    using enum protocol::MessageType;
    using namespace protocol;
    const auto performance = sampleId<PerformanceId>(1);
    const auto hold = sampleId<HoldId>(6);
    const auto order = sampleId<OrderId>(7);
    const auto request = [](MessageType type, const auto &body) { return sampleOf(Direction::Request, type, body); };
    return {
        request(MessageType::Hello, protocol::Hello{.version = 1, .versionMin = 1, .software = u"parterre 0.1.0"_s}),
        request(MessageType::SignIn, protocol::SignIn{.user = u"admin"_s, .password = u"a long sentence"_s}),
        request(MessageType::Resume, protocol::Resume{.token = u"3q2-7wDeeds"_s}),
        request(SignOut, Nothing{}),
        request(MessageType::ChangePassword,
                protocol::ChangePassword{.oldPassword = u"once-only"_s, .newPassword = u"a longer sentence"_s}),
        request(ListPerformances, Nothing{}),
        request(MessageType::OpenMap,
                protocol::OpenMap{.performance = performance, .since = 17, .haveLayout = sampleId<LayoutId>(5)}),
        request(CloseMap, OnePerformance{.performance = performance}),
        request(MessageType::TakeHold, parterre::TakeHold{.hold = hold,
                                                          .performance = performance,
                                                          .seats = {u"S-A-1"_s, u"S-A-2"_s},
                                                          .areas = {{.area = u"YARD"_s, .quantity = 3}},
                                                          .best = BestPlaces{.size = 4,
                                                                             .zone = sampleId<PriceZoneId>(2),
                                                                             .priceMax = pounds(5'500),
                                                                             .section = u"Stalls"_s,
                                                                             .wheelchairs = 1},
                                                          .stillChoosing = true}),
        request(RenewHold, OneHold{.hold = hold}),
        request(
            MessageType::ReleaseHold,
            parterre::ReleaseHold{.hold = hold, .seats = {u"S-A-2"_s}, .areas = {{.area = u"YARD"_s, .quantity = 1}}}),
        request(GetHold, OneHold{.hold = hold}),
        request(MessageType::CreateOrder,
                parterre::CreateOrder{.order = order,
                                      .hold = hold,
                                      .lines = {{.place = u"S-A-1"_s,
                                                 .priceType = sampleId<PriceTypeId>(3),
                                                 .quantity = 1,
                                                 .priceOverride = PriceOverride{.kind = OverrideKind::Price,
                                                                                .price = pounds(3000),
                                                                                .reason = u"Behind a pillar"_s}}},
                                      .buyer = {.name = u"Zoë Müller"_s, .email = u"zoe@example.org"_s},
                                      .leaveSingleReason = u"The seat beside it has no cushion."_s,
                                      .promotion = u"SUMMER"_s,
                                      .approval = u"3q2-7wDeeds"_s}),
        request(MessageType::PayCash,
                parterre::PayCash{.payment = sampleId<PaymentId>(9), .order = order, .tendered = pounds(6000)}),
        request(GetOrder, OneOrder{.order = order}),
        request(MessageType::FindOrders, protocol::FindOrders{.text = u"müller"_s, .countMax = 100}),
        request(GetTickets, OneOrder{.order = order}),
        request(MessageType::SetPerformanceState,
                protocol::SetPerformanceState{.performance = performance, .state = PerformanceState::Paused}),
        request(GetHouseSeats, OnePerformance{.performance = performance}),
        request(MessageType::PutHouseCode, parterre::PutHouseCode{.performance = performance,
                                                                  .code = u"FRIENDS"_s,
                                                                  .name = u"Friends of the house"_s,
                                                                  .kind = HouseCodeKind::Allocation,
                                                                  .color = u"#7b5ea7"_s,
                                                                  .accessCode = u"GLOBE-2026"_s}),
        request(MessageType::MoveSeats, parterre::MoveSeats{.performance = performance,
                                                            .move = SeatMove::SetAside,
                                                            .seats = {u"S-A-1"_s, u"S-A-2"_s},
                                                            .code = u"FRIENDS"_s,
                                                            .reason = u"Board meeting"_s}),
        request(OfferHandover, OneHold{.hold = hold}),
        request(MessageType::TakeOverHold, parterre::TakeOverHold{.code = u"K7PM-3XQT"_s}),
    };
}

inline std::vector<MessageSample> ticketRequestSamples()
{
    using enum protocol::MessageType;
    using namespace protocol;
    const auto order = sampleId<OrderId>(7);
    const auto ticket = sampleId<TicketId>(8);
    const auto request = [](MessageType type, const auto &body) { return sampleOf(Direction::Request, type, body); };
    return {
        request(ListTerminals, Nothing{}),
        request(MessageType::PayTerminal,
                parterre::PayTerminal{.payment = sampleId<PaymentId>(9), .order = order, .terminal = u"left"_s}),
        request(StopTerminal, OnePayment{.payment = sampleId<PaymentId>(9)}),
        request(GetTicket, OneTicket{.ticket = ticket}),
        request(GetOrderTickets, OneOrder{.order = order}),
        request(MessageType::ResendTickets,
                parterre::ResendTickets{.order = order, .email = u"zoe.mueller@example.org"_s}),
        request(ReissueTicket, OneTicket{.ticket = ticket}),
        request(
            MessageType::TransferTicket,
            parterre::TransferTicket{.ticket = ticket, .name = u"Sebastian"_s, .email = u"sebastian@example.org"_s}),
    };
}

inline std::vector<MessageSample> afterSaleRequestSamples()
{
    using enum protocol::MessageType;
    using namespace protocol;
    const auto performance = sampleId<PerformanceId>(1);
    const auto order = sampleId<OrderId>(7);
    const auto request = [](MessageType type, const auto &body) { return sampleOf(Direction::Request, type, body); };
    return {
        request(MessageType::RefundLines,
                parterre::RefundLines{
                    .refund = sampleId<RefundId>(11), .order = order, .lines = {1, 2}, .reason = u"ill"_s}),
        request(MessageType::PayOut,
                parterre::PayOut{.repayment = sampleId<RepaymentId>(12), .note = u"The card is closed."_s}),
        request(ListOpenRefunds, Nothing{}),
        request(MessageType::CancelPerformance,
                parterre::CancelPerformance{.performance = performance, .reason = u"Feste is ill"_s}),
        request(CancellationProgress, OnePerformance{.performance = performance}),
        request(MessageType::ExchangeOrder,
                parterre::ExchangeOrder{.order = order,
                                        .from = sampleId<OrderId>(13),
                                        .lines = {1},
                                        .refund = sampleId<RefundId>(11),
                                        .reason = u"another evening"_s,
                                        .payment = sampleId<PaymentId>(9),
                                        .tendered = pounds(2000),
                                        .cardToken = u"pm_card_visa"_s,
                                        .giftCards = {{.code = u"K7PM-3XQT-9BCD-EFGH"_s, .amount = pounds(500)}},
                                        .terminal = u"left"_s}),
    };
}

inline std::vector<MessageSample> priceRequestSamples()
{
    using enum protocol::MessageType;
    using namespace protocol;
    const auto hold = sampleId<HoldId>(6);
    const auto request = [](MessageType type, const auto &body) { return sampleOf(Direction::Request, type, body); };
    return {
        request(
            MessageType::AskQuote,
            parterre::AskQuote{.hold = hold,
                               .lines = {{.place = u"S-A-1"_s, .priceType = sampleId<PriceTypeId>(3), .quantity = 1}},
                               .promotion = u"SUMMER"_s}),
        request(GetReceipt, OneOrder{.order = sampleId<OrderId>(7)}),
        request(MessageType::Approve, parterre::Approve{.user = u"malvolio"_s, .password = u"a long sentence"_s}),
        request(ListOverrides, OverridesOf{.performance = sampleId<PerformanceId>(1), .countMax = 50}),
    };
}

inline std::vector<MessageSample> paymentRequestSamples()
{
    using enum protocol::MessageType;
    using namespace protocol;
    const auto request = [](MessageType type, const auto &body) { return sampleOf(Direction::Request, type, body); };
    return {
        request(ListPaymentsInDoubt, Nothing{}),
        request(MessageType::ResolvePayment,
                parterre::ResolvePayment{.payment = sampleId<PaymentId>(9),
                                         .decision = PaymentDecision::MoneyCame,
                                         .note = u"Receipt 4711 of the left terminal has it."_s}),
    };
}

inline MessageSample refusedSample()
{
    MessageSample sample;
    sample.envelope = protocol::refusal(
        sampleId<CommandId>(0xc0),
        {.code = ErrorCode::SeatTaken,
         .message = u"Stalls, row A, seat 1 is taken. Choose another seat."_s,
         .field = u"/seats/0"_s,
         .details = {{u"seats"_s,
                      QJsonArray{QJsonObject{{u"key"_s, u"S-A-1"_s}, {u"name"_s, u"Stalls, row A, seat 1"_s}}}}},
         .retryAfterSeconds = 2});
    sample.reread = [](const QJsonObject &object) -> Result<QJsonObject> { return errorToJson(errorFromJson(object)); };
    return sample;
}

inline HouseSeats sampleHouseSeats()
{
    return {.performance = sampleId<PerformanceId>(1),
            .codes = {{.code = {.code = u"FRIENDS"_s,
                                .name = u"Friends of the house"_s,
                                .kind = HouseCodeKind::Allocation,
                                .color = u"#7b5ea7"_s,
                                .hasAccess = true},
                       .seats = {0, 1}}},
            .changes = {{.at = sampleTime(1),
                         .by = u"Ada Min"_s,
                         .move = SeatMove::SetAside,
                         .code = u"FRIENDS"_s,
                         .places = 2,
                         .reason = u"Board meeting"_s}}};
}

inline MessageSample openRefundsSample()
{
    return sampleOf(Direction::Reply, protocol::MessageType::OpenRefunds,
                    protocol::OpenRefunds{.repayments = {{.repayment = sampleRepayment(),
                                                          .order = sampleId<OrderId>(7),
                                                          .orderNumber = u"P-000123"_s,
                                                          .eventTitle = u"Twelfth Night"_s,
                                                          .buyerName = u"Zoë Müller"_s,
                                                          .since = sampleTime(3),
                                                          .attempts = 2}}});
}

inline MessageSample paymentsInDoubtSample()
{
    return sampleOf(Direction::Reply, protocol::MessageType::PaymentsInDoubt,
                    protocol::PaymentsInDoubt{
                        .payments = {{.payment = sampleId<PaymentId>(9),
                                      .order = sampleId<OrderId>(7),
                                      .orderNumber = u"P-000123"_s,
                                      .eventTitle = u"Twelfth Night"_s,
                                      .startsAt = sampleTime(0),
                                      .timeZone = u"Europe/London"_s,
                                      .places = {u"Stalls, row A, seat 1"_s, u"The Yard"_s},
                                      .buyer = u"Zoë Müller"_s,
                                      .method = PaymentMethod::Terminal,
                                      .state = PaymentState::Captured,
                                      .waitsFor = DoubtWaitsFor::Provider,
                                      .amount = pounds(5500),
                                      .terminal = u"left"_s,
                                      .reference = u"T-4711"_s,
                                      .known = u"It was decided that the money came."_s,
                                      .since = sampleTime(3),
                                      .askedAt = sampleTime(4),
                                      .possible = {PaymentDecision::Closed},
                                      .decided = DecisionView{.decision = PaymentDecision::MoneyCame,
                                                              .note = u"Receipt 4711 of the left terminal has it."_s,
                                                              .by = u"Ada Min"_s,
                                                              .at = sampleTime(3)}}}});
}

inline MessageSample cancellationSample()
{
    return sampleOf(Direction::Reply, protocol::MessageType::Cancellation,
                    CancellationView{.performance = sampleId<PerformanceId>(1),
                                     .state = CancellationState::Running,
                                     .reason = u"Feste is ill"_s,
                                     .by = u"Ada Min"_s,
                                     .at = sampleTime(3),
                                     .orders = 120,
                                     .refunded = 50,
                                     .amount = pounds(250'000),
                                     .repaymentsWaiting = 3,
                                     .repaymentsInDoubt = 2,
                                     .repaymentsOwed = 1});
}

inline std::vector<MessageSample> answerSamples()
{
    using enum protocol::MessageType;
    using namespace protocol;
    const auto performance = sampleId<PerformanceId>(1);
    const MapSnapshot snapshot{.seq = 17,
                               .seats = {SeatState::Available, SeatState::Sold},
                               .areas = {{.number = 0, .capacity = 700, .held = 3, .sold = 12}}};
    const MapDelta delta{.from = 17, .seq = 19, .seats = {{.number = 0, .state = SeatState::Held}}, .areas = {}};
    const auto reply = [](MessageType type, const auto &body) { return sampleOf(Direction::Reply, type, body); };
    const auto push = [](MessageType type, const auto &body) { return sampleOf(Direction::Push, type, body); };
    const UserView user{.id = sampleId<UserId>(10),
                        .name = u"admin"_s,
                        .displayName = u"Ada Min"_s,
                        .role = Role::Admin,
                        .mustChangePassword = true};
    return {
        reply(MessageType::Welcome, protocol::Welcome{.version = 1,
                                                      .software = u"parterred 0.1.0"_s,
                                                      .house = u"Old Court Theatre"_s,
                                                      .serverTime = sampleTime(0)}),
        reply(MessageType::SignedIn, protocol::SignedIn{.token = u"3q2-7wDeeds"_s, .user = user}),
        reply(Done, Nothing{}),
        refusedSample(),
        reply(MessageType::Performances, protocol::Performances{.performances = {sampleSummary()}}),
        reply(MessageType::MapOpened, protocol::MapOpened{.detail = sampleDetail(),
                                                          .layout = sampleLayout(),
                                                          .snapshot = mapSnapshotToJson(snapshot),
                                                          .delta = mapDeltaToJson(delta)}),
        reply(MessageType::Hold, sampleHold()),
        reply(MessageType::Order, sampleOrder()),
        reply(MessageType::Orders, protocol::Orders{.orders = {sampleOrder()}}),
        reply(MessageType::Document, protocol::Document{.fileName = u"P-000123.pdf"_s,
                                                        .contentType = u"application/pdf"_s,
                                                        .bytes = "%PDF-1.4 ..."}),
        reply(MessageType::HouseSeats, sampleHouseSeats()),
        reply(MessageType::SeatsMoved,
              MovedSeats{.performance = performance,
                         .move = SeatMove::SetAside,
                         .before = {{.code = {}, .seats = {u"S-A-1"_s}}, {.code = u"CAST"_s, .seats = {u"S-A-2"_s}}}}),
        reply(Handover, HandoverOffer{.hold = sampleId<HoldId>(6), .code = u"K7PM-3XQT"_s, .secondsLeft = 540}),
        reply(MessageType::Terminals, protocol::Terminals{.names = {u"left"_s, u"right"_s}}),
        reply(MessageType::OrderTickets, sampleTickets()),
        openRefundsSample(),
        cancellationSample(),
        reply(Quote, sampleQuote()),
        reply(MessageType::Approval,
              parterre::Approval{.token = u"3q2-7wDeeds"_s, .approvedBy = u"Malvolio"_s, .secondsLeft = 600}),
        reply(MessageType::Overrides, protocol::Overrides{.overrides = {sampleOverride()}}),
        giftCardReplySamples()[0],
        giftCardReplySamples()[1],
        giftCardReplySamples()[2],
        paymentsInDoubtSample(),
        push(MessageType::MapChanged, protocol::MapChanged{.performance = performance, .delta = mapDeltaToJson(delta)}),
        push(MapReset, OnePerformance{.performance = performance}),
        push(MessageType::SaleRecorded, protocol::SaleRecorded{.performance = performance,
                                                               .orderNumber = u"P-000123"_s,
                                                               .channel = SalesChannel::Web,
                                                               .places = 2,
                                                               .total = pounds(11000),
                                                               .at = sampleTime(2)}),
        push(MessageType::PerformanceChanged, protocol::PerformanceChanged{.performance = sampleSummary()}),
        push(MessageType::SignedOut, Nothing{}),
    };
}

inline std::vector<MessageSample> messageSamples()
{
    std::vector<MessageSample> samples = requestSamples();
    for (MessageSample &sample : ticketRequestSamples())
        samples.push_back(std::move(sample));
    for (MessageSample &sample : afterSaleRequestSamples())
        samples.push_back(std::move(sample));
    for (MessageSample &sample : priceRequestSamples())
        samples.push_back(std::move(sample));
    for (MessageSample &sample : giftCardRequestSamples())
        samples.push_back(std::move(sample));
    for (MessageSample &sample : paymentRequestSamples())
        samples.push_back(std::move(sample));
    for (MessageSample &sample : answerSamples())
        samples.push_back(std::move(sample));
    return samples;
}

} // namespace parterre::tests
