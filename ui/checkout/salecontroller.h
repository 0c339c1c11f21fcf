#pragma once

#include "checkout/cartcost.h"
#include "domain/layout/layout.h"
#include "ports/aftersaleport.h"
#include "ports/salesport.h"

#include <QHash>
#include <QTimer>

#include <deque>
#include <memory>

namespace parterre::ui {

/// One line of the cart: a seat, or a number of places in an area.
struct CartLine
{
    QString key;
    QString name;
    QString zone;
    bool isArea = false;
    int quantity = 1;
    PriceTypeId type;
    std::optional<Money> each;     ///< Absent where the zone has no price for the type.
    std::optional<Money> listed{}; ///< The same by the list, where another price was approved.
    std::optional<PriceOverride> priceOverride{};
};

/// Where the places go that the server is to choose.
enum class ChooseInto {
    Cart,        ///< Beside what is held.
    InsteadOfIt, ///< What is held is given back as soon as there are others.
};

/// Places of an order that are given back for those in the cart.
struct ExchangedPlaces
{
    OrderView from;
    std::vector<int> lines; ///< Of that order.
    QString reason;

    [[nodiscard]] Money value() const;
};

enum class PaymentStep {
    None,
    Working, ///< Sent and not answered: nobody knows yet, and the cash stays on the counter.
    Refused, ///< Answered with no; see paymentError().
    Paid,
};

/// The sale at this desk: one hold, its prices and its payment, without any widget.
///
/// Commands of the hold go one after another, so that an older answer never overwrites a newer one. A payment keeps
/// its id until it was answered with a refusal; so pressing twice, or a lost connection, never pays twice.
class SaleController : public QObject
{
    Q_OBJECT

public:
    explicit SaleController(SalesPort &sales, QObject *parent = nullptr);

    /// Starts an empty cart for this performance; what was held is given back.
    void begin(const PerformanceDetail &performance);
    void updatePerformance(const PerformanceDetail &performance);

    void takeSeats(const std::vector<QString> &keys);
    void releaseSeats(const std::vector<QString> &keys);
    /// So many places of the area in all; 0 gives them back.
    void setAreaQuantity(const QString &area, int quantity);
    void chooseBest(const BestPlaces &best, ChooseInto into);
    /// As many places as are held, in the same zone if they are all in one, which leave nobody alone.
    void moveAlong();
    void releaseAll();
    /// Takes again what was released last, or what was lost when the hold ended.
    void undoRelease();
    [[nodiscard]] bool canUndo() const { return !m_lastReleased.empty(); }
    /// The house code whose seats may be among those that are taken from now on; empty for none.
    void setHouseCode(const QString &code) { m_houseCode = code; }
    void setPriceType(const QString &key, const PriceTypeId &type);
    void setAllPriceTypes(const PriceTypeId &type);
    void setBuyer(const Buyer &buyer);
    /// Why leftAlone() may stay so; kept with the order.
    void setLeaveSingleReason(const QString &reason);

    /// The code of a promotion, which the server judges; empty for none. See promotionRefused().
    void setPromotion(const QString &code);
    [[nodiscard]] const QString &promotion() const { return m_promotion; }
    /// Another price for the line; needs setApproval() where this desk's user is no supervisor.
    void setPriceOverride(const QString &key, const std::optional<PriceOverride> &wanted);
    void setApproval(const QString &token);

    [[nodiscard]] bool canRenew() const;
    void renew();
    /// The countdown is at zero, or the connection came back: asks the server, whose clock alone decides. What is being
    /// asked already is awaited first, since its answer may be the kept one of an earlier time.
    void checkHold();

    /// A code of the hold was shown: from now on looks every few seconds whether somebody has entered it.
    void watchForHandover();
    /// Goes on with a hold of this performance that somebody has handed over to this desk; the cart is empty.
    void continueWith(const HoldView &hold);
    /// Through which door the hold that the cart had goes on, where it was handed over.
    [[nodiscard]] std::optional<SalesChannel> handedTo() const { return m_handedTo; }

    [[nodiscard]] const PerformanceDetail &performance() const { return m_performance; }
    [[nodiscard]] const std::optional<HoldView> &hold() const { return m_hold; }
    /// How often the server has told how long the hold still lives; a countdown starts anew with each.
    [[nodiscard]] quint64 timesTold() const { return m_timesTold; }
    /// Seats that the hold leaves alone against the performance's rule: the order needs a reason, or is refused.
    [[nodiscard]] std::vector<LoneSeat> leftAlone() const
    {
        return m_hold ? m_hold->leftAlone : std::vector<LoneSeat>();
    }
    [[nodiscard]] std::vector<CartLine> lines() const;
    [[nodiscard]] CartCost cost() const;
    [[nodiscard]] Money total() const { return cost().total; }
    [[nodiscard]] int placeCount() const;
    [[nodiscard]] bool isEmpty() const { return !m_hold || m_hold->places.empty(); }
    [[nodiscard]] bool isHeld(const QString &key) const;
    [[nodiscard]] int areaQuantity(const QString &area) const;
    [[nodiscard]] std::vector<QString> askedSeats() const; ///< Not answered yet.
    [[nodiscard]] bool isChoosing() const;                 ///< The server, and has not answered yet.
    /// True when every line has a price and nothing is being asked, not even what a promotion takes off.
    [[nodiscard]] bool canPay() const;

    /// From now on, over carts and performances, paying exchanges these places for those in the cart.
    void exchangeFor(const ExchangedPlaces &places, AfterSalePort &port);
    void endExchange();
    [[nodiscard]] const std::optional<ExchangedPlaces> &exchange() const { return m_exchange; }
    /// What the customer pays: the total, less the places given back.
    [[nodiscard]] Money due() const;
    /// The same in coins that there are.
    [[nodiscard]] Money cashDue() const;
    /// What goes back to the customer of an exchange.
    [[nodiscard]] Money back() const;

    void payCash(const Money &tendered);
    /// The customer pays at this terminal; the step is Working until he is done.
    void payTerminal(const QString &terminal);
    /// Gift cards with the amount of each; cash for the rest, or that part of it which is not paid at the terminal.
    void payInParts(const std::vector<GiftCardTender> &giftCards, const std::optional<Money> &cash,
                    const QString &terminal);
    /// Asks the terminal to stop; what came of the payment is told by paymentChanged().
    void stopTerminal();
    /// The terminal at which a payment is under way; empty for cash.
    [[nodiscard]] const QString &terminal() const { return m_terminal; }
    [[nodiscard]] PaymentStep paymentStep() const { return m_step; }
    [[nodiscard]] const std::optional<Error> &paymentError() const { return m_paymentError; }
    [[nodiscard]] const std::optional<OrderView> &order() const { return m_order; }
    /// What a payment whose outcome is open was tendered with: only that may be sent again.
    [[nodiscard]] const std::optional<Money> &openTender() const { return m_openTender; }
    /// After the payment: an empty cart for the next customer.
    void nextCustomer();

Q_SIGNALS:
    void cartChanged();
    void askedChanged();
    void refused(const parterre::Error &error);
    void chosen(const std::vector<parterre::HeldPlace> &places); ///< By the server, and they are in the cart now.
    void choiceRefused(const parterre::Error &error);
    void promotionRefused(const parterre::Error &error); ///< The cart is without it now.
    void holdEnded();                                    ///< By time; the cart is empty now.
    void handedOver(); ///< Somebody has entered the hold's code; the cart is empty now. See handedTo().
    void paymentChanged();

private:
    struct Step
    {
        bool take = true;
        std::vector<QString> seats;
        std::vector<AreaQuantity> areas;
        std::optional<BestPlaces> best{};
        ChooseInto into = ChooseInto::Cart;
        QString houseCode{}; ///< As it was chosen then.
    };

    void push(Step step);
    void runNext();
    void onHold(const Step &step, const Result<HoldView> &answer);
    void adoptChosen(const Step &step, const HoldView &hold);
    void adopt(const HoldView &hold);
    /// What a refusal as gone means for the cart.
    void loseHold(const std::optional<Error> &why = std::nullopt);
    [[nodiscard]] std::vector<HeldPlace> heldPlaces() const;
    [[nodiscard]] PriceTypeId typeFor(const HeldPlace &place) const;
    [[nodiscard]] CreateOrder orderCommand() const;
    void onOrder(const Result<OrderView> &answer);
    [[nodiscard]] std::vector<OrderLineRequest> lineRequests() const;
    /// The cart or its prices have changed: what was quoted and ordered is of another one.
    void priceAnew();
    void onQuote(const Result<OrderQuote> &answer);
    void learnLeftAlone(const Error &error);
    void startPayment();
    void sendPayment();
    void sendToTerminal();
    /// Nobody knows yet what came of it at the terminal: looks again until somebody does.
    void lookAgain();
    void sendExchange();
    void sendParts();
    void onPaid(const Result<OrderView> &answer);
    void refusePayment(const Error &error);

    SalesPort &m_sales;
    PerformanceDetail m_performance;
    HoldId m_holdId;
    std::optional<HoldView> m_hold;
    std::deque<Step> m_steps;
    bool m_busy = false;
    bool m_renewing = false;
    bool m_mustCheck = false; ///< When the steps are done.
    quint64 m_timesTold = 0;
    QTimer *m_handoverWatch;
    std::optional<SalesChannel> m_handedTo;
    quint64 m_sale = 0; ///< Tells answers of an earlier sale from ours.
    QHash<QString, PriceTypeId> m_types;
    PriceTypeId m_typeForAll;
    std::vector<HeldPlace> m_lastReleased;
    QString m_houseCode;
    Buyer m_buyer;
    QString m_leaveSingleReason;
    QString m_promotion;
    std::optional<OrderQuote> m_quote; ///< While there is a promotion and its question was answered.
    quint64 m_question = 0;
    bool m_isQuoting = false;
    QHash<QString, PriceOverride> m_overrides;
    QString m_approval;
    PaymentStep m_step = PaymentStep::None;
    std::optional<Error> m_paymentError;
    std::optional<OrderView> m_order;
    bool m_orderIsStale = true;
    PaymentId m_paymentId;
    std::optional<ExchangedPlaces> m_exchange;
    AfterSalePort *m_afterSale = nullptr; ///< Meaningful with an exchange.
    RefundId m_refundId;
    Money m_tendered;
    QString m_terminal;
    std::optional<Money> m_openTender;
    std::optional<PayInParts> m_parts; ///< Where it is paid in several ways.
};

} // namespace parterre::ui
