#pragma once

#include "base/jsonfields.h"
#include "domain/aftersale/cancellation.h"
#include "domain/aftersale/exchange.h"
#include "domain/aftersale/refund.h"
#include "domain/catalog/catalog.h"
#include "domain/checkout/order.h"
#include "domain/holds/handover.h"
#include "domain/holds/hold.h"
#include "domain/identity/user.h"
#include "domain/inventory/houseseats.h"
#include "domain/payments/doubt.h"
#include "domain/payments/payment.h"
#include "domain/realtime/mapstate.h"
#include "domain/ticketing/fulfilment.h"
#include "protocol/giftcardmessages.h"

#include <array>

/// The desk protocol: what travels between the desktop and the server over one WebSocket at `/v1/desk`, as UTF-8 JSON
/// texts. PROTOCOL.md tells it in words; tests/golden/protocol holds one file a message.
///
/// The list below is append-only: a line is never renamed, reused or removed, and a body gains fields only at its end
/// and only such as an older peer may ignore. Anything else raises protocolVersion.
namespace parterre::protocol {

inline constexpr int protocolVersion = 1;
inline constexpr int protocolVersionMin = 1; ///< The oldest peer that this build still talks to.

enum class MessageType {
    // Requests: desk to server, each with a command id.
    Hello,
    SignIn,
    Resume,
    SignOut,
    ChangePassword,
    ListPerformances,
    OpenMap,
    CloseMap,
    TakeHold,
    RenewHold,
    ReleaseHold,
    GetHold,
    CreateOrder,
    PayCash,
    GetOrder,
    FindOrders,
    GetTickets,
    SetPerformanceState,
    GetHouseSeats,
    PutHouseCode,
    MoveSeats,
    OfferHandover,
    TakeOverHold,
    ListTerminals,
    PayTerminal,
    StopTerminal,
    GetTicket,
    GetOrderTickets,
    ResendTickets,
    ReissueTicket,
    TransferTicket,
    RefundLines,
    PayOut,
    ListOpenRefunds,
    CancelPerformance,
    CancellationProgress,
    ExchangeOrder,
    AskQuote,
    GetReceipt,
    Approve,
    ListOverrides,
    IssueGiftCard,
    RenewGiftCardCode,
    BlockGiftCard,
    GetGiftCard,
    FindGiftCards,
    PayInParts,
    GetCreditNote,
    AskRefundAgain,
    ListPaymentsInDoubt,
    ResolvePayment,
    // Replies: server to desk, each to one request.
    Welcome,
    SignedIn,
    Done,
    Refused,
    Performances,
    MapOpened,
    Hold,
    Order,
    Orders,
    Document,
    HouseSeats,
    SeatsMoved,
    Handover,
    Terminals,
    OrderTickets,
    OpenRefunds,
    Cancellation,
    Quote,
    Approval,
    Overrides,
    GiftCardIssued,
    GiftCard,
    GiftCards,
    PaymentsInDoubt,
    // Pushes: server to desk, unasked.
    MapChanged,
    MapReset,
    SaleRecorded,
    PerformanceChanged,
    SignedOut,
};

struct Hello
{
    int version = protocolVersion;
    int versionMin = protocolVersionMin;
    QString software; ///< E.g. `parterre 0.1.0`.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("version", version, {.min = 1});
        fields("version_min", versionMin, {.min = 1});
        fields("software", software);
    }
};

struct Welcome
{
    int version = protocolVersion; ///< The version that both speak from now on.
    QString software;
    QString house; ///< The venue's name, for the window's title.
    Instant serverTime;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("version", version, {.min = 1});
        fields("software", software);
        fields("house", house);
        fields("server_time", serverTime);
    }
};

struct SignIn
{
    QString user;
    QString password;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("user", user, {.charactersMin = 1});
        fields("password", password, {.charactersMax = limits::passwordCharactersMax, .charactersMin = 1});
    }
};

struct Resume
{
    QString token;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("token", token, {.charactersMax = limits::tokenCharactersMax, .charactersMin = 1});
    }
};

struct SignedIn
{
    QString token; ///< For Resume after a reconnect; a secret.
    UserView user;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("token", token, {.charactersMax = limits::tokenCharactersMax});
        fields("user", user);
    }
};

struct ChangePassword
{
    QString oldPassword;
    QString newPassword;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("old_password", oldPassword, {.charactersMax = limits::passwordCharactersMax, .charactersMin = 1});
        fields("new_password", newPassword, {.charactersMax = limits::passwordCharactersMax, .charactersMin = 1});
    }
};

/// SignOut, ListPerformances, ListOpenRefunds, ListPaymentsInDoubt, Done and SignedOut say all by their name.
struct Nothing
{
    template <class Fields>
    void describe(Fields &)
    {}
};

struct Performances
{
    std::vector<PerformanceSummary> performances;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performances", performances, {.countMax = 10'000});
    }
};

/// Also CloseMap.
struct OpenMap
{
    PerformanceId performance;
    std::optional<qint64> since; ///< The seq that the desk has; the server sends what came after, if it still can.
    std::optional<LayoutId> haveLayout; ///< A layout that the desk has kept; it is not sent again then.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields("since", since, {.min = 0});
        fields("have_layout", haveLayout);
    }
};

struct MapOpened
{
    PerformanceDetail detail;
    std::optional<QJsonObject> layout;   ///< As in layout.schema.json; absent where the desk has it.
    std::optional<QJsonObject> snapshot; ///< MapSnapshot; absent where a delta is enough.
    std::optional<QJsonObject> delta;    ///< MapDelta from the desk's `since`.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("detail", detail);
        fields("layout", layout);
        fields("snapshot", snapshot);
        fields("delta", delta);
    }
};

struct MapChanged
{
    PerformanceId performance;
    QJsonObject delta;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields("delta", delta);
    }
};

/// MapReset: the desk's map may have a gap; it opens the map again. Also the body of CloseMap, GetHouseSeats and
/// CancellationProgress.
struct OnePerformance
{
    PerformanceId performance;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
    }
};

/// RenewHold, GetHold and OfferHandover.
struct OneHold
{
    HoldId hold;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("hold", hold);
    }
};

/// GetTicket and ReissueTicket.
struct OneTicket
{
    TicketId ticket;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("ticket", ticket);
    }
};

/// GetCreditNote.
struct OneRefund
{
    RefundId refund;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("refund", refund);
    }
};

/// GetOrder, GetTickets, GetOrderTickets and GetReceipt.
struct OneOrder
{
    OrderId order;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("order", order);
    }
};

/// The newest orders whose number, buyer or e-mail holds the text; all of them where it is empty.
struct FindOrders
{
    QString text;
    int countMax = 50;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields.optional("text", text);
        fields.optional("count_max", countMax, {.min = 1, .max = limits::pageSizeMax});
    }
};

struct Orders
{
    std::vector<OrderView> orders;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("orders", orders, {.countMax = limits::pageSizeMax});
    }
};

/// Money that has not come back to its customer yet.
struct OpenRefunds
{
    std::vector<OpenRepayment> repayments;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("repayments", repayments, {.countMax = limits::pageSizeMax});
    }
};

/// Payments that a supervisor has to look at.
struct PaymentsInDoubt
{
    std::vector<PaymentInDoubt> payments;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payments", payments, {.countMax = limits::pageSizeMax});
    }
};

struct Document
{
    QString fileName;
    QString contentType;
    QByteArray bytes;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("file_name", fileName);
        fields("content_type", contentType);
        fields("bytes", bytes, {.max = limits::deskReplyBytesMax});
    }
};

/// ListOverrides asks for the newest of all performances, or of one.
struct OverridesOf
{
    std::optional<PerformanceId> performance;
    int countMax = limits::pageSizeDefault;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields.optional("count_max", countMax, {.min = 1, .max = limits::pageSizeMax});
    }
};

struct Overrides
{
    std::vector<OverrideRecord> overrides; ///< The newest first.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("overrides", overrides, {.countMax = limits::pageSizeMax});
    }
};

struct SetPerformanceState
{
    PerformanceId performance;
    PerformanceState state = PerformanceState::Draft;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields("state", state);
    }
};

/// A sale was confirmed, here or anywhere; for the line that everyone sees at the foot of the window.
struct SaleRecorded
{
    PerformanceId performance;
    QString orderNumber;
    SalesChannel channel = SalesChannel::Desk;
    int places = 0;
    Money total;
    Instant at;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
        fields("order_number", orderNumber);
        fields("channel", channel);
        fields("places", places);
        fields("total", total);
        fields("at", at);
    }
};

/// A payment at a terminal that the customer has not made yet is to end.
struct OnePayment
{
    PaymentId payment;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
    }
};

/// The card terminals of the box office, by name.
struct Terminals
{
    std::vector<QString> names;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("names", names, {.charactersMax = limits::terminalNameCharactersMax, .countMax = 1'000});
    }
};

/// The list entry changed: state or counts.
struct PerformanceChanged
{
    PerformanceSummary performance;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", performance);
    }
};

} // namespace parterre::protocol

namespace parterre {

template <>
struct EnumNames<protocol::MessageType>
{
    using enum protocol::MessageType;
    static constexpr auto names = std::to_array<std::pair<protocol::MessageType, const char *>>({
        {Hello, "hello"},
        {SignIn, "sign_in"},
        {Resume, "resume"},
        {SignOut, "sign_out"},
        {ChangePassword, "change_password"},
        {ListPerformances, "list_performances"},
        {OpenMap, "open_map"},
        {CloseMap, "close_map"},
        {TakeHold, "take_hold"},
        {RenewHold, "renew_hold"},
        {ReleaseHold, "release_hold"},
        {GetHold, "get_hold"},
        {CreateOrder, "create_order"},
        {PayCash, "pay_cash"},
        {GetOrder, "get_order"},
        {FindOrders, "find_orders"},
        {GetTickets, "get_tickets"},
        {SetPerformanceState, "set_performance_state"},
        {GetHouseSeats, "get_house_seats"},
        {PutHouseCode, "put_house_code"},
        {MoveSeats, "move_seats"},
        {OfferHandover, "offer_handover"},
        {TakeOverHold, "take_over_hold"},
        {ListTerminals, "list_terminals"},
        {PayTerminal, "pay_terminal"},
        {StopTerminal, "stop_terminal"},
        {GetTicket, "get_ticket"},
        {GetOrderTickets, "get_order_tickets"},
        {ResendTickets, "resend_tickets"},
        {ReissueTicket, "reissue_ticket"},
        {TransferTicket, "transfer_ticket"},
        {RefundLines, "refund_lines"},
        {PayOut, "pay_out"},
        {ListOpenRefunds, "list_open_refunds"},
        {CancelPerformance, "cancel_performance"},
        {CancellationProgress, "cancellation_progress"},
        {ExchangeOrder, "exchange_order"},
        {AskQuote, "ask_quote"},
        {GetReceipt, "get_receipt"},
        {Approve, "approve"},
        {ListOverrides, "list_overrides"},
        {IssueGiftCard, "issue_gift_card"},
        {RenewGiftCardCode, "renew_gift_card_code"},
        {BlockGiftCard, "block_gift_card"},
        {GetGiftCard, "get_gift_card"},
        {FindGiftCards, "find_gift_cards"},
        {PayInParts, "pay_in_parts"},
        {GetCreditNote, "get_credit_note"},
        {AskRefundAgain, "ask_refund_again"},
        {ListPaymentsInDoubt, "list_payments_in_doubt"},
        {ResolvePayment, "resolve_payment"},
        {Welcome, "welcome"},
        {SignedIn, "signed_in"},
        {Done, "done"},
        {Refused, "refused"},
        {Performances, "performances"},
        {MapOpened, "map_opened"},
        {Hold, "hold"},
        {Order, "order"},
        {Orders, "orders"},
        {Document, "document"},
        {HouseSeats, "house_seats"},
        {SeatsMoved, "seats_moved"},
        {Handover, "handover"},
        {Terminals, "terminals"},
        {OrderTickets, "order_tickets"},
        {OpenRefunds, "open_refunds"},
        {Cancellation, "cancellation"},
        {Quote, "quote"},
        {Approval, "approval"},
        {Overrides, "overrides"},
        {GiftCardIssued, "gift_card_issued"},
        {GiftCard, "gift_card"},
        {GiftCards, "gift_cards"},
        {PaymentsInDoubt, "payments_in_doubt"},
        {MapChanged, "map_changed"},
        {MapReset, "map_reset"},
        {SaleRecorded, "sale_recorded"},
        {PerformanceChanged, "performance_changed"},
        {SignedOut, "signed_out"},
    });
};

} // namespace parterre
