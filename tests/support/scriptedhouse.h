#pragma once

#include "domain/aftersale/decideaftersale.h"
#include "ports/aftersaleport.h"
#include "ports/catalogport.h"
#include "ports/giftcardport.h"
#include "ports/houseport.h"
#include "ports/mapport.h"
#include "ports/paymentport.h"
#include "ports/salesport.h"
#include "ports/sessionport.h"

#include <QHash>

#include <deque>

/// A box office in memory behind the ports of the desktop: enough of the rules that pages have something true to
/// show, and a hand on when and how it answers. Tests of widgets stand on it; the server's own rules are tested there.
namespace parterre::tests {

class ScriptedHouse
{
public:
    explicit ScriptedHouse(Layout layout);

    // What the widgets are given.
    [[nodiscard]] ui::SessionPort &session() { return m_session; }
    [[nodiscard]] ui::CatalogPort &catalog() { return m_catalog; }
    [[nodiscard]] ui::MapPort &map() { return m_map; }
    [[nodiscard]] ui::SalesPort &sales() { return m_sales; }
    [[nodiscard]] ui::HousePort &house() { return m_housePort; }
    [[nodiscard]] ui::AfterSalePort &afterSale() { return m_afterSale; }
    [[nodiscard]] ui::GiftCardPort &giftCards() { return m_giftCardPort; }
    [[nodiscard]] ui::PaymentPort &paymentsPort() { return m_paymentPort; }

    // What stands there; a test may change it before it shows a page.
    UserView user;
    QString password = QStringLiteral("first password");
    std::vector<PerformanceSummary> performances;
    PerformanceDetail detail; ///< Of every performance; the summary is replaced.
    int secondsLeft = 600;    ///< Of each answer about a hold.
    int secondsLeftMax = 1800;
    std::vector<QString> terminals; ///< None, as in a house that takes no cards.
    std::vector<OpenRepayment> openRepayments;
    CancellationView cancellation; ///< Of the performance that is cancelled.
    std::vector<PaymentInDoubt> doubts;
    std::vector<OverrideRecord> overrides; ///< Of all performances, whichever is asked for.

    std::vector<std::pair<QString, GiftCardView>> giftCardsSold; ///< By their codes.
    /// One that is good for a year; its code.
    QString addGiftCard(qint64 minorUnits);

    // How it answers.
    void holdAnswers() { m_isHeld = true; } ///< Commands are carried out, their answers wait.
    void sendAnswers();                     ///< Those that wait, in order; later ones are not held any more.
    void refuseNext(const Error &error) { m_refusal = error; }
    /// The next payment is carried out, but its answer is this.
    void losePaymentAnswer(const Error &error) { m_lostAnswer = error; }
    void setStatus(const ui::ConnectionStatus &status);
    /// Someone else has bought it.
    void sellElsewhere(const QString &seatKey);
    void endHold();
    /// As a manager elsewhere would; an empty code for general sale.
    void setAside(const std::vector<QString> &seats, const QString &code);
    void addCode(const HouseCode &code) { m_houseSeats.codes.push_back({.code = code, .seats = {}}); }
    /// A customer enters the code that this desk was shown.
    void enterCode(const QString &code);
    /// A customer's places wait under a code of the shop.
    void askForHelp(const QString &code, const PerformanceId &performance, const std::vector<QString> &seats);
    void endSession(const QString &reason);
    void recordSale(const ui::SaleNews &sale) { Q_EMIT m_catalog.saleRecorded(sale); }
    void fillSeats(const MapSnapshot &snapshot) { m_snapshot = snapshot; }

    // What was asked.
    std::vector<TakeHold> takes;
    std::vector<ReleaseHold> releases;
    std::vector<CreateOrder> orderCommands;
    std::vector<AskQuote> quotes;
    std::vector<PayCash> payments;
    std::vector<PayTerminal> terminalPayments;
    std::vector<PayInParts> partPayments;
    std::vector<IssueGiftCard> issues;
    std::vector<BlockGiftCard> blocks;
    std::vector<PaymentId> stopped; ///< Payments at a terminal.
    std::vector<PutHouseCode> codesPut;
    std::vector<MoveSeats> moves;
    std::vector<RefundLines> refundCommands;
    std::vector<PayOut> payOuts;
    std::vector<AskRefundAgain> askedAgain;
    std::vector<CancelPerformance> cancellations;
    std::vector<ExchangeOrder> exchanges;
    std::vector<RefundId> creditNotesAsked;
    std::vector<ResolvePayment> decisions;
    std::vector<std::optional<PerformanceId>> overridesAsked;
    QStringList searches;
    int renewals = 0;

    [[nodiscard]] const std::vector<OrderView> &orders() const { return m_orders; }
    void addOrder(const OrderView &order) { m_orders.push_back(order); }
    [[nodiscard]] const LayoutIndex &index() const { return *m_index; }
    [[nodiscard]] SeatState stateOf(const QString &seatKey) const;

private:
    struct Session : ui::SessionPort
    {
        explicit Session(ScriptedHouse &house)
            : m_house(house)
        {}
        [[nodiscard]] ui::ConnectionStatus status() const override { return m_house.m_status; }
        [[nodiscard]] QUrl server() const override { return m_house.m_server; }
        [[nodiscard]] QString house() const override { return m_house.detail.summary.venueName; }
        [[nodiscard]] std::optional<UserView> user() const override { return m_house.m_signedIn; }
        void signIn(const QUrl &server, const QString &name, const QString &password,
                    ui::Reply<UserView> reply) override;
        void changePassword(const QString &oldPassword, const QString &newPassword, ui::Reply<UserView> reply) override;
        void signOut() override { m_house.endSession({}); }
        void tryNow() override { m_house.setStatus({.state = ui::ConnectionState::Online}); }
        ScriptedHouse &m_house;
    };
    struct Catalog : ui::CatalogPort
    {
        explicit Catalog(ScriptedHouse &house)
            : m_house(house)
        {}
        void listPerformances(ui::Reply<std::vector<PerformanceSummary>> reply) override;
        void setState(const PerformanceId &performance, PerformanceState state, ui::Reply<void> reply) override;
        ScriptedHouse &m_house;
    };
    struct Map : ui::MapPort
    {
        explicit Map(ScriptedHouse &house)
            : m_house(house)
        {}
        void open(const PerformanceId &performance) override;
        void close() override {}
        [[nodiscard]] const PerformanceDetail &detail() const override { return m_house.detail; }
        [[nodiscard]] std::shared_ptr<const LayoutIndex> layout() const override { return m_house.m_index; }
        [[nodiscard]] const MapSnapshot &snapshot() const override { return m_house.m_snapshot; }
        ScriptedHouse &m_house;
    };
    struct Sales : ui::SalesPort
    {
        explicit Sales(ScriptedHouse &house)
            : m_house(house)
        {}
        void takeHold(const TakeHold &command, ui::Reply<HoldView> reply) override;
        void renewHold(const HoldId &hold, ui::Reply<HoldView> reply) override;
        void releaseHold(const ReleaseHold &command, ui::Reply<HoldView> reply) override;
        void getHold(const HoldId &hold, ui::Reply<HoldView> reply) override;
        void offerHandover(const HoldId &hold, ui::Reply<HandoverOffer> reply) override;
        void takeOverHold(const TakeOverHold &command, ui::Reply<HoldView> reply) override;
        void createOrder(const CreateOrder &command, ui::Reply<OrderView> reply) override;
        void payCash(const PayCash &command, ui::Reply<OrderView> reply) override;
        void listTerminals(ui::Reply<std::vector<QString>> reply) override;
        void payTerminal(const PayTerminal &command, ui::Reply<OrderView> reply) override;
        void stopTerminal(const PaymentId &payment, ui::Reply<void> reply) override;
        void payInParts(const PayInParts &command, ui::Reply<OrderView> reply) override;
        void findGiftCards(const QString &code, ui::Reply<std::vector<GiftCardView>> reply) override;
        void getOrder(const OrderId &order, ui::Reply<OrderView> reply) override;
        void findOrders(const QString &text, ui::Reply<std::vector<OrderView>> reply) override;
        void fetchTickets(const OrderId &order, ui::Reply<ui::TicketDocument> reply) override;
        void fetchReceipt(const OrderId &order, ui::Reply<ui::TicketDocument> reply) override;
        void fetchCreditNote(const RefundId &refund, ui::Reply<ui::TicketDocument> reply) override;
        void askQuote(const AskQuote &question, ui::Reply<OrderQuote> reply) override;
        void approve(const Approve &command, ui::Reply<Approval> reply) override;
        void listOverrides(const std::optional<PerformanceId> &performance,
                           ui::Reply<std::vector<OverrideRecord>> reply) override;
        ScriptedHouse &m_house;
    };

    struct House : ui::HousePort
    {
        explicit House(ScriptedHouse &house)
            : m_house(house)
        {}
        void fetchSeats(const PerformanceId &performance, ui::Reply<HouseSeats> reply) override;
        void putCode(const PutHouseCode &command, ui::Reply<HouseSeats> reply) override;
        void moveSeats(const MoveSeats &command, ui::Reply<MovedSeats> reply) override;
        ScriptedHouse &m_house;
    };

    struct AfterSale : ui::AfterSalePort
    {
        explicit AfterSale(ScriptedHouse &house)
            : m_house(house)
        {}
        void refundLines(const RefundLines &command, ui::Reply<OrderView> reply) override;
        void payOut(const PayOut &command, ui::Reply<OrderView> reply) override;
        void askRefundAgain(const AskRefundAgain &command, ui::Reply<OrderView> reply) override;
        void listOpenRefunds(ui::Reply<std::vector<OpenRepayment>> reply) override;
        void cancelPerformance(const CancelPerformance &command, ui::Reply<CancellationView> reply) override;
        void cancellationProgress(const PerformanceId &performance, ui::Reply<CancellationView> reply) override;
        void exchangeOrder(const ExchangeOrder &command, ui::Reply<OrderView> reply) override;
        ScriptedHouse &m_house;
    };

    struct GiftCards : ui::GiftCardPort
    {
        explicit GiftCards(ScriptedHouse &house)
            : m_house(house)
        {}
        void issue(const IssueGiftCard &command, ui::Reply<IssuedGiftCard> reply) override;
        void stop(const PaymentId &payment, ui::Reply<void> reply) override;
        void renewCode(const GiftCardId &card, ui::Reply<IssuedGiftCard> reply) override;
        void block(const BlockGiftCard &command, ui::Reply<GiftCardView> reply) override;
        void fetch(const GiftCardId &card, ui::Reply<GiftCardView> reply) override;
        void find(const QString &text, ui::Reply<std::vector<GiftCardView>> reply) override;
        ScriptedHouse &m_house;
    };

    struct Payments : ui::PaymentPort
    {
        explicit Payments(ScriptedHouse &house)
            : m_house(house)
        {}
        void listInDoubt(ui::Reply<std::vector<PaymentInDoubt>> reply) override;
        void resolve(const ResolvePayment &command, ui::Reply<OrderView> reply) override;
        ScriptedHouse &m_house;
    };

    /// Now a refusal that a test has asked for, else what the function says; told later, as a port does.
    template <class T, class Function>
    void answer(const ui::Reply<T> &reply, Function outcome)
    {
        Result<T> result;
        if (m_refusal)
            result = refuse(*std::exchange(m_refusal, std::nullopt));
        else
            result = outcome();
        later([reply, result = std::move(result)] { reply(result); });
    }
    void later(std::function<void()> send);
    [[nodiscard]] Status choose(const BestPlaces &best, TakeHold &command) const;
    [[nodiscard]] std::vector<LoneSeat> leftAloneBy(const std::vector<HeldPlace> &places) const;
    void change(const std::vector<QString> &seats, const std::vector<AreaQuantity> &areas, SeatState state);
    void changeStates(const std::vector<SeatChange> &seats);
    [[nodiscard]] QString codeOf(int seat) const;
    [[nodiscard]] Result<MovedSeats> move(const MoveSeats &command);
    [[nodiscard]] Result<HoldView> take(const TakeHold &asked);
    [[nodiscard]] Result<HoldView> release(const ReleaseHold &command);
    [[nodiscard]] Result<HoldView> holdView(const HoldId &hold) const;
    [[nodiscard]] Result<OrderView> order(const CreateOrder &command);
    [[nodiscard]] Result<OrderQuote> quote(const AskQuote &question); // scriptedprices.cpp
    [[nodiscard]] Result<OrderView> pay(const PayCash &command);
    [[nodiscard]] Result<OrderView> pay(const PayTerminal &command);
    [[nodiscard]] Result<OrderView> pay(const PayInParts &command);
    /// Takes `due` by the gift cards and the rest of the command, and says what leads.
    Result<PaymentMethod> takeTender(OrderView &order, const Money &due, const PayInParts &command);
    [[nodiscard]] GiftCardView *giftCard(const GiftCardId &card);
    void sell(OrderView &order, const PaymentId &payment, PaymentMethod method);
    [[nodiscard]] Result<OrderView> giveBack(const RefundId &refund, const OrderId &order, const RefundPlan &plan,
                                             RefundCause cause, const QString &reason);

    std::shared_ptr<const LayoutIndex> m_index;
    MapSnapshot m_snapshot;
    HouseSeats m_houseSeats;
    ui::ConnectionStatus m_status;
    QUrl m_server;
    std::optional<UserView> m_signedIn;
    QHash<QString, std::vector<HeldPlace>> m_holds; ///< By id; absent when it is gone.
    QHash<QString, QString> m_codes;                ///< To the hold's id.
    QHash<QString, SalesChannel> m_handedTo;        ///< By id of a hold that this desk had.
    QHash<QString, PerformanceId> m_performanceOf;  ///< By id of a hold that came from elsewhere.
    std::vector<OrderView> m_orders;
    QHash<QString, QString> m_paid; ///< Payment id to order number: a repeat pays nothing again.
    std::optional<Error> m_refusal;
    std::optional<Error> m_lostAnswer;
    bool m_isHeld = false;
    std::deque<std::function<void()>> m_answers;
    QObject m_context; ///< What is answered later is dropped with the house.
    Session m_session;
    Catalog m_catalog;
    Map m_map;
    Sales m_sales;
    House m_housePort;
    AfterSale m_afterSale;
    GiftCards m_giftCardPort;
    Payments m_paymentPort;
};

/// The Globe of resources/demo with its prices, two weeks of performances, and about half of the house sold.
[[nodiscard]] std::unique_ptr<ScriptedHouse> globeHouse();
/// One block of 10 rows with 20 seats and a standing area, all free: seat `S-<row>-<seat>`, adults 25.00, children
/// 12.50, in EUR. Small enough to count by hand.
[[nodiscard]] std::unique_ptr<ScriptedHouse> smallHouse();

} // namespace parterre::tests
