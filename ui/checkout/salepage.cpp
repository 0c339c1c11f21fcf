#include "checkout/salepage.h"

#include "checkout/bestseatsbar.h"
#include "checkout/cartpanel.h"
#include "checkout/givedialog.h"
#include "checkout/loneseats.h"
#include "checkout/pricedialog.h"
#include "checkout/takeoverdialog.h"
#include "checkout/tenderdialog.h"
#include "common/countdownlabel.h"
#include "common/emptystate.h"
#include "common/moneytext.h"
#include "common/theme.h"
#include "common/timetext.h"
#include "houseseats/housebar.h"
#include "seatmap/seatmapcanvas.h"
#include "seatmap/seatmapview.h"

#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QJsonArray>
#include <QLabel>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

SalePage::SalePage(MapPort &map, SalesPort &sales, HousePort &house, SessionPort &session, QWidget *parent)
    : QWidget(parent)
    , m_map(map)
    , m_sales(sales)
    , m_session(session)
    , m_sale(sales)
    , m_stack(new QStackedWidget(this))
    , m_empty(new EmptyState(this))
    , m_title(new QLabel(this))
    , m_subtitle(new QLabel(this))
    , m_notice(new NoticeBar(this))
    , m_exchange(new NoticeBar(this))
    , m_loneSeats(new LoneSeatNotice(m_sale, this))
    , m_view(new SeatMapView(this))
    , m_bestSeats(new BestSeatsBar(m_sale, *m_view->canvas(), this))
    , m_house(new HouseBar(house, map, session, *m_view->canvas(), this))
    , m_cart(new CartPanel(m_sale, this))
{
    setObjectName(u"salePage"_s);
    build();
    connectHouse();
    connect(&m_map, &MapPort::opened, this, &SalePage::showMap);
    connect(&m_map, &MapPort::snapshotReset, this, &SalePage::showStates);
    connect(&m_map, &MapPort::changed, m_view->canvas(), &SeatMapCanvas::applyChanges);
    connect(&m_map, &MapPort::failed, this, [this](const Error &error) {
        m_view->canvas()->setPlaceholder(error.message);
        m_notice->showNotice(NoticeKind::Error, error.message);
    });
    connect(m_view->canvas(), &SeatMapCanvas::seatActivated, this, &SalePage::onSeat);
    connect(m_view->canvas(), &SeatMapCanvas::areaActivated, this, &SalePage::onArea);
    connect(m_view->canvas(), &SeatMapCanvas::selectionRectangle, this, &SalePage::onRectangle);
    connect(&m_sale, &SaleController::cartChanged, this, &SalePage::showCart);
    connect(&m_sale, &SaleController::askedChanged, this, &SalePage::showCart);
    connect(&m_sale, &SaleController::refused, this, &SalePage::onRefused);
    connect(&m_sale, &SaleController::holdEnded, this, [this] {
        m_noticeAction = [this] { m_sale.undoRelease(); };
        m_notice->showNotice(NoticeKind::Warning, tr("The time for these places ran out, and they are free again."),
                             tr("Take them again"));
    });
    connect(&m_sale, &SaleController::handedOver, this, &SalePage::onHandedOver);
    connect(m_notice, &NoticeBar::actionTriggered, this, [this] {
        m_notice->clear();
        if (const auto action = std::exchange(m_noticeAction, nullptr))
            action();
    });
    connect(m_exchange, &NoticeBar::actionTriggered, this, &SalePage::endExchange);
    connect(m_cart, &CartPanel::payRequested, this, &SalePage::pay);
    connect(m_cart, &CartPanel::giveRequested, this, &SalePage::give);
    connect(m_cart, &CartPanel::takeOverRequested, this, &SalePage::takeOver);
    connect(m_cart, &CartPanel::placeChosen, this, [this](const QString &key) {
        const auto number = m_map.layout() ? m_map.layout()->seatNumber(key) : std::nullopt;
        if (number)
            m_view->canvas()->setCursorPlace(MapPlace::seat(*number));
    });
    connect(m_cart->countdown(), &CountdownLabel::warned, this, &SalePage::keepAlive);
    connect(m_cart->countdown(), &CountdownLabel::expired, &m_sale, &SaleController::checkHold);
    connect(m_empty, &EmptyState::actionTriggered, this, &SalePage::chooseRequested);
    connect(&m_session, &SessionPort::statusChanged, this, &SalePage::onStatus);
    m_lastInput.start();
    qApp->installEventFilter(this);
}

void SalePage::connectHouse()
{
    connect(m_house, &HouseBar::sellFromChanged, &m_sale, &SaleController::setHouseCode);
    connect(m_house, &HouseBar::choosingChanged, this, [this] {
        m_notice->clear();
        showCart();
        m_view->canvas()->setFocus();
    });
    connect(m_house, &HouseBar::told, this, [this](NoticeKind kind, const QString &text, bool canUndo) {
        m_noticeAction = canUndo ? [this] { m_house->house().undo(); } : std::function<void()>();
        m_notice->showNotice(kind, text, canUndo ? tr("Undo") : QString());
    });
}

void SalePage::build()
{
    m_empty->setContent(u"theatre"_s, tr("No performance is open"),
                        tr("Choose the performance that the customer wants; its seat map opens here."),
                        tr("Choose a performance"));
    m_title->setObjectName(u"saleTitle"_s);
    m_title->setFont(titleFont());
    m_subtitle->setProperty("muted", true);
    m_notice->setObjectName(u"saleNotice"_s);
    m_exchange->setObjectName(u"exchangeBanner"_s);
    m_exchange->setClosable(false);
    m_cart->setMinimumWidth(430);
    m_cart->setMaximumWidth(520);
    auto *work = new QWidget(this);
    auto *left = new QVBoxLayout;
    left->setContentsMargins(metrics::wide, metrics::normal, 0, metrics::normal);
    left->setSpacing(metrics::small);
    auto *head = new QHBoxLayout;
    head->addWidget(m_title);
    head->addSpacing(metrics::normal);
    head->addWidget(m_subtitle, 1);
    head->addWidget(m_house->head());
    left->addLayout(head);
    left->addWidget(m_exchange);
    left->addWidget(m_bestSeats);
    left->addWidget(m_house);
    left->addWidget(m_notice);
    left->addWidget(m_loneSeats);
    left->addWidget(m_view, 1);
    auto *row = new QHBoxLayout(work);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics::wide);
    row->addLayout(left, 3);
    row->addWidget(m_cart, 2);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(work);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    setTabOrder(m_view->canvas(), m_cart);
}

void SalePage::openPerformance(const PerformanceSummary &performance)
{
    m_stack->setCurrentIndex(1);
    if (m_performance == performance.id)
        return;
    closePerformance();
    m_performance = performance.id;
    m_stack->setCurrentIndex(1);
    m_title->setText(performance.eventTitle);
    m_subtitle->setText(startText(performance.startsAt, performance.timeZone) + u" · "_s + performance.venueName);
    m_view->canvas()->setPlaceholder(tr("Opening the seat map…"));
    m_map.open(performance.id);
}

void SalePage::closePerformance()
{
    m_house->end();
    m_sale.begin({});
    m_cart->clearBuyer();
    m_performance.reset();
    m_takenOver.reset();
    m_map.close();
    m_view->canvas()->setLayout(nullptr);
    m_bestSeats->showHouse(nullptr);
    m_notice->clear();
    m_stack->setCurrentIndex(0);
}

void SalePage::showMap()
{
    m_view->canvas()->setLayout(m_map.layout());
    const PerformanceDetail &detail = m_map.detail();
    std::vector<SeatPriceZone> zones;
    for (const LayoutCategory &category : m_map.layout()->layout().categories) {
        SeatPriceZone look;
        if (const PriceZone *zone = detail.zoneForCategory(category.name)) {
            look.name = zone->name;
            look.color = QColor(zone->color);
            // What only a clerk may give would make every legend start at nothing.
            if (const auto range = detail.priceRange(zone->id, true))
                look.price = moneyRangeText(range->first, range->second);
        }
        zones.push_back(look);
    }
    m_view->canvas()->setPriceZones(zones);
    if (m_sale.performance().summary.id == detail.summary.id)
        m_sale.updatePerformance(detail);
    else
        m_sale.begin(detail);
    m_bestSeats->showHouse(m_map.layout());
    m_house->begin(detail.summary.id);
    if (m_takenOver && m_takenOver->performance == detail.summary.id) {
        m_title->setText(detail.summary.eventTitle);
        m_subtitle->setText(startText(detail.summary.startsAt, detail.summary.timeZone) + u" · "_s +
                            detail.summary.venueName);
        m_sale.continueWith(*std::exchange(m_takenOver, std::nullopt));
    }
    showStates();
    m_view->canvas()->setFocus();
}

void SalePage::showStates()
{
    m_view->canvas()->setSnapshot(m_map.snapshot());
    m_sale.updatePerformance(m_map.detail());
    if (m_map.detail().summary.state == PerformanceState::OnSale)
        return showCart();
    m_notice->showNotice(NoticeKind::Warning,
                         tr("This performance is not on sale. Places can be looked at, not sold; a manager puts it "
                            "on sale in the House menu."));
    showCart();
}

void SalePage::startExchange(const ExchangedPlaces &places, AfterSalePort &port)
{
    m_noticeAction = nullptr;
    if (!m_sale.isEmpty()) {
        m_notice->showNotice(NoticeKind::Info, tr("There are places in the cart. Sell, give or release them first; "
                                                  "then exchange the order's."));
        return;
    }
    const OrderView &order = places.from;
    openPerformance({.id = order.performance,
                     .eventTitle = order.eventTitle,
                     .subtitle = {},
                     .venueName = order.venueName,
                     .startsAt = order.startsAt,
                     .doorsAt = order.startsAt,
                     .timeZone = order.timeZone,
                     .state = PerformanceState::OnSale,
                     .currency = order.total.currency().code(),
                     .priceFrom = {}});
    m_notice->clear();
    m_sale.exchangeFor(places, port);
    focusMap();
}

void SalePage::endExchange()
{
    m_sale.endExchange();
    showExchange();
}

void SalePage::showExchange()
{
    const auto &exchange = m_sale.exchange();
    if (!exchange)
        return m_exchange->clear();
    QString text = tr("Exchange of order %1: %n place(s) worth %2.", nullptr, static_cast<int>(exchange->lines.size()))
                       .arg(exchange->from.number, moneyText(exchange->value()));
    if (m_sale.isEmpty())
        text += u' ' + tr("Choose the new places, here or in another performance.");
    else if (const Money due = m_sale.due(); !due.isZero())
        text += u' ' + tr("%1 is to be paid.").arg(moneyText(due));
    else if (const Money back = m_sale.back(); !back.isZero())
        text += u' ' + tr("%1 goes back.").arg(moneyText(back));
    else
        text += u' ' + tr("Nothing is to be paid.");
    m_exchange->showNotice(NoticeKind::Info, text, tr("End exchange"));
}

void SalePage::showCart()
{
    showExchange();
    const auto layout = m_map.layout();
    if (!layout || !m_performance)
        return;
    std::vector<int> own;
    std::vector<int> asked;
    QHash<int, int> areas;
    for (const CartLine &line : m_sale.lines()) {
        if (const auto area = line.isArea ? layout->areaNumber(line.key) : std::nullopt)
            areas[*area] += line.quantity;
        else if (const auto seat = layout->seatNumber(line.key))
            own.push_back(*seat);
    }
    for (const QString &key : m_sale.askedSeats()) {
        if (const auto seat = layout->seatNumber(key))
            asked.push_back(*seat);
    }
    m_view->canvas()->setOwnSeats(own);
    m_view->canvas()->setOwnAreaQuantities(areas);
    if (!m_house->isChoosing())
        m_view->canvas()->setSelection(asked);
}

void SalePage::onSeat(int number)
{
    const QString key = m_map.layout()->seat(number).key;
    m_noticeAction = nullptr;
    m_notice->clear();
    if (m_house->isChoosing())
        m_house->toggleSeat(number);
    else if (m_sale.isHeld(key))
        m_sale.releaseSeats({key});
    else if (isOfAnotherCode(number))
        offerCode(number);
    else
        m_sale.takeSeats({key});
}

void SalePage::onArea(int number)
{
    const LayoutArea &area = m_map.layout()->area(number);
    const int own = m_sale.areaQuantity(area.key);
    const int free = m_view->canvas()->model().areaCounts(number).available();
    QInputDialog dialog(this);
    dialog.setObjectName(u"areaDialog"_s);
    dialog.setWindowTitle(area.name);
    dialog.setLabelText(tr("Places in %1 (%n free):", nullptr, free).arg(area.name));
    dialog.setInputMode(QInputDialog::IntInput);
    dialog.setIntRange(0, std::min(limits::areaQuantityMax, own + std::max(free, 0)));
    dialog.setIntValue(std::max(own, 1));
    if (dialog.exec() == QDialog::Accepted)
        m_sale.setAreaQuantity(area.key, dialog.intValue());
}

bool SalePage::isOfAnotherCode(int number) const
{
    return m_view->canvas()->model().state(number) == SeatState::House &&
           m_house->house().codeOf(number) != m_house->sellFrom();
}

/// A house seat is never sold by a stray click: the clerk says that it is meant.
void SalePage::offerCode(int number)
{
    const QString code = m_house->house().codeOf(number);
    const QString key = m_map.layout()->seat(number).key;
    m_noticeAction = [this, code, key] {
        m_house->setSellFrom(code);
        m_sale.takeSeats({key});
    };
    m_notice->showNotice(NoticeKind::Info, tr("%1 is set aside under %2.").arg(m_map.layout()->seatName(number), code),
                         tr("Sell from %1").arg(code));
}

void SalePage::onRectangle(const std::vector<int> &numbers)
{
    if (m_house->isChoosing())
        return m_house->addSeats(numbers);
    std::vector<QString> keys;
    for (const int number : numbers) {
        const SeatState state = m_view->canvas()->model().state(number);
        const bool isOurs = state == SeatState::House && !isOfAnotherCode(number);
        if ((state == SeatState::Available || isOurs) && static_cast<int>(keys.size()) < limits::seatsPerHoldMax)
            keys.push_back(m_map.layout()->seat(number).key);
    }
    m_notice->clear();
    if (keys.empty())
        m_notice->showNotice(NoticeKind::Info, tr("There is no free seat in that part. Choose another."));
    m_sale.takeSeats(keys);
}

void SalePage::onRefused(const Error &error)
{
    QStringList names;
    std::vector<int> numbers;
    for (const auto &seat : error.details.value(u"seats"_s).toArray()) {
        names.append(seat[u"name"].toString());
        if (const auto number = m_map.layout() ? m_map.layout()->seatNumber(seat[u"key"].toString()) : std::nullopt)
            numbers.push_back(*number);
    }
    m_noticeAction = nullptr;
    QString text = error.message;
    const bool isKeptBack = std::ranges::any_of(numbers, [this](int number) {
        const SeatState state = m_view->canvas()->model().state(number);
        return state == SeatState::House || state == SeatState::Killed;
    });
    if (error.code == ErrorCode::SeatTaken && !names.isEmpty() && !isKeptBack)
        text = tr("Someone else has %1. Nothing was taken; choose other places.").arg(names.join(u"; "_s));
    m_notice->showNotice(error.code == ErrorCode::SeatTaken ? NoticeKind::Warning : NoticeKind::Error, text);
    if (!numbers.empty())
        m_view->canvas()->setCursorPlace(MapPlace::seat(numbers.front()));
}

void SalePage::pay()
{
    if (!m_sale.canPay() || !settleLoneSeats(m_sale, window()))
        return m_view->canvas()->setFocus();
    TenderDialog dialog(m_sale, m_sales, m_session, window());
    dialog.exec();
    if (m_sale.paymentStep() == PaymentStep::Paid) {
        m_sale.nextCustomer();
        endExchange();
        m_house->setSellFrom({}); // The next customer is not of the house.
        m_cart->clearBuyer();
        m_notice->clear();
    }
    m_view->canvas()->setFocus();
}

void SalePage::give()
{
    if (m_sale.isEmpty() || m_sale.paymentStep() == PaymentStep::Working) {
        m_notice->showNotice(NoticeKind::Info, tr("Take the places first that the customer is to have."));
        return;
    }
    GiveDialog dialog(m_sale, m_sales, GiveDialog::shopOf(m_session.server()), window());
    dialog.exec();
    m_view->canvas()->setFocus();
}

void SalePage::changePrice()
{
    const auto line = m_cart->currentLine();
    if (!line || !line->listed || m_sale.paymentStep() == PaymentStep::Working) {
        m_notice->showNotice(NoticeKind::Info, tr("Take the places first whose price is to be another."));
        return;
    }
    PriceDialog dialog(m_sale, m_sales, m_session, *line, window());
    dialog.exec();
    m_cart->focusLines();
}

void SalePage::enterPromotion()
{
    m_cart->focusPromotion();
}

void SalePage::takeOver()
{
    if (!m_sale.isEmpty()) {
        m_notice->showNotice(NoticeKind::Info, tr("There are places in the cart. Sell, give or release them first; "
                                                  "then take the customer's places over."));
        return;
    }
    TakeOverDialog dialog(m_sales, window());
    if (dialog.exec() == QDialog::Accepted)
        continueWith(*dialog.hold());
}

void SalePage::continueWith(const HoldView &hold)
{
    m_noticeAction = nullptr;
    m_notice->clear();
    if (m_performance == hold.performance && m_sale.performance().summary.id == hold.performance) {
        m_sale.continueWith(hold);
        m_view->canvas()->setFocus();
        return;
    }
    closePerformance();
    m_performance = hold.performance;
    m_takenOver = hold;
    m_stack->setCurrentIndex(1);
    m_title->clear();
    m_subtitle->clear();
    m_view->canvas()->setPlaceholder(tr("Opening the seat map…"));
    m_map.open(hold.performance);
}

void SalePage::onHandedOver()
{
    m_noticeAction = nullptr;
    const bool isAtDesk = m_sale.handedTo() == SalesChannel::Desk;
    m_notice->showNotice(NoticeKind::Success, isAtDesk
                                                  ? tr("Another desk has these places now and goes on with the sale.")
                                                  : tr("The customer has these places now and goes on in the shop."));
    m_cart->clearBuyer();
}

void SalePage::focusMap()
{
    if (m_stack->currentIndex() == 1)
        m_view->canvas()->setFocus();
    else
        m_empty->focusAction();
}

void SalePage::startChoosing()
{
    if (m_stack->currentIndex() == 1)
        m_bestSeats->startChoosing();
    else
        m_empty->focusAction();
}

void SalePage::switchBetweenMapAndCart()
{
    if (m_stack->currentIndex() == 1 && m_view->canvas()->hasFocus())
        m_cart->focusLines();
    else
        focusMap();
}

void SalePage::toggleHouseSeats()
{
    if (m_stack->currentIndex() == 1)
        m_house->setChoosing(!m_house->isChoosing());
}

void SalePage::focusSellFrom()
{
    m_house->focusSellFrom();
}

void SalePage::undo()
{
    if (m_house->isChoosing())
        m_house->house().undo();
    else
        m_sale.undoRelease();
}

bool SalePage::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress || event->type() == QEvent::MouseButtonPress) {
        m_lastInput.restart();
        if (m_cart->countdown()->isWarning())
            QMetaObject::invokeMethod(this, &SalePage::keepAlive, Qt::QueuedConnection);
    }
    return QWidget::eventFilter(watched, event);
}

void SalePage::onStatus()
{
    const bool isOnline = m_session.status().state == ConnectionState::Online;
    if (isOnline && !std::exchange(m_wasOnline, isOnline))
        m_sale.checkHold(); // The time may have run out while we were away; the map repairs itself.
    m_wasOnline = isOnline;
}

void SalePage::keepAlive()
{
    constexpr qint64 activeMilliseconds = 60'000;
    if (m_cart->countdown()->isWarning() && !m_lastInput.hasExpired(activeMilliseconds))
        m_sale.renew();
}

} // namespace parterre::ui
