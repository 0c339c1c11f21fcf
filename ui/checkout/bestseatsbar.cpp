#include "checkout/bestseatsbar.h"

#include "common/icons.h"
#include "common/moneytext.h"
#include "common/theme.h"
#include "seatmap/seatmapcanvas.h"

#include <QAccessible>
#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

/// Below this a ring around a seat is lost on the map, so the map comes nearer.
constexpr double seatPixelsMin = 7.0;

enum Seating { IfPossible, OnlyTogether };

QComboBox *makeBox(const QString &name, const QString &spoken, QWidget *parent)
{
    auto *box = new QComboBox(parent);
    box->setObjectName(name);
    box->setAccessibleName(spoken);
    box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    box->setMinimumWidth(110);
    return box;
}

QSpinBox *makeCount(const QString &name, const QString &spoken, QWidget *parent)
{
    auto *count = new QSpinBox(parent);
    count->setObjectName(name);
    count->setAccessibleName(spoken);
    count->setRange(1, limits::partySizeMax);
    return count;
}

void chooseText(QComboBox &box, const QVariant &data)
{
    box.setCurrentIndex(std::max(0, box.findData(data)));
}

} // namespace

BestSeatsBar::BestSeatsBar(SaleController &sale, SeatMapCanvas &map, QWidget *parent)
    : QWidget(parent)
    , m_sale(sale)
    , m_map(map)
    , m_size(makeCount(u"bestSize"_s, tr("Number of places"), this))
    , m_zone(makeBox(u"bestZone"_s, tr("Price zone"), this))
    , m_seating(makeBox(u"bestSeating"_s, tr("Seating"), this))
    , m_find(new QPushButton(tr("&Find  (B)"), this))
    , m_moreButton(new QToolButton(this))
    , m_more(buildMore())
    , m_answer(new QFrame(this))
    , m_answerIcon(new QLabel(m_answer))
    , m_answerText(new QLabel(m_answer))
    , m_answerButtons(new QHBoxLayout)
{
    setObjectName(u"bestSeatsBar"_s);
    build();
    connect(m_find, &QPushButton::clicked, this, &BestSeatsBar::findBest);
    connect(m_moreButton, &QToolButton::toggled, m_more, &QWidget::setVisible);
    connect(m_need, &QComboBox::currentIndexChanged, this, &BestSeatsBar::showNeed);
    connect(m_size, &QSpinBox::valueChanged, m_needing, &QSpinBox::setMaximum);
    connect(&m_sale, &SaleController::chosen, this, &BestSeatsBar::onChosen);
    connect(&m_sale, &SaleController::choiceRefused, this, &BestSeatsBar::onRefused);
    connect(&m_sale, &SaleController::cartChanged, this, &BestSeatsBar::onCart);
    connect(&m_sale, &SaleController::askedChanged, this, [this] { m_find->setEnabled(!m_sale.isChoosing()); });
    const auto onKey = [this](int key, auto slot) {
        auto *shortcut = new QShortcut(QKeySequence(key), this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, slot);
    };
    onKey(Qt::Key_Escape, [this] { m_map.setFocus(); });
    orderTabs();
    m_map.installEventFilter(this);
    for (QWidget *field :
         std::initializer_list<QWidget *>{m_size, m_zone, m_seating, m_price, m_section, m_need, m_needing})
        field->installEventFilter(this);
}

void BestSeatsBar::build()
{
    auto *title = new QLabel(tr("&Best seats for"), this);
    title->setFont(titleFont());
    title->setBuddy(m_size);
    m_seating->addItem(tr("Together if possible"), IfPossible);
    m_seating->addItem(tr("Only side by side"), OnlyTogether);
    m_find->setObjectName(u"bestFind"_s);
    m_find->setToolTip(tr("On the map: a number, then B"));
    m_moreButton->setObjectName(u"bestMore"_s);
    m_moreButton->setProperty("text", true);
    m_moreButton->setText(tr("&More…"));
    m_moreButton->setToolTip(tr("Highest price, part of the house, wheelchairs"));
    m_moreButton->setCheckable(true);
    m_moreButton->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding); // As high as the fields beside it.
    m_moreButton->setFocusPolicy(Qt::StrongFocus);
    m_more->hide();
    m_answer->setObjectName(u"bestAnswer"_s);
    m_answer->setProperty("card", true);
    m_answerText->setObjectName(u"bestAnswerText"_s);
    m_answerText->setWordWrap(true);
    m_answerText->setTextFormat(Qt::PlainText);
    m_answer->hide();

    auto *row = new QHBoxLayout;
    row->setSpacing(metrics::small);
    row->addWidget(title);
    row->addWidget(m_size);
    row->addWidget(m_zone, 3);
    row->addWidget(m_seating, 3);
    row->addWidget(m_moreButton);
    row->addWidget(m_find);
    m_answerButtons->setSpacing(metrics::small);
    auto *words = new QHBoxLayout;
    words->setSpacing(metrics::small);
    words->addWidget(m_answerIcon, 0, Qt::AlignVCenter);
    words->addWidget(m_answerText, 1);
    auto *answer = new QVBoxLayout(m_answer);
    answer->setContentsMargins(metrics::normal, metrics::small, metrics::normal, metrics::small);
    answer->setSpacing(metrics::tight);
    answer->addLayout(words);
    answer->addLayout(m_answerButtons);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::tight);
    layout->addLayout(row);
    layout->addWidget(m_more);
    layout->addWidget(m_answer);
}

/// From the fields to what was answered. The map stays where it is: moved behind them, its view, which hands the focus
/// on to it, would keep the focus from all that stands between.
void BestSeatsBar::orderTabs()
{
    std::vector<QWidget *> order{m_size,  m_zone,    m_seating, m_moreButton, m_find,
                                 m_price, m_section, m_need,    m_needing};
    for (int i = 0; i < m_answerButtons->count(); ++i) {
        if (QWidget *button = m_answerButtons->itemAt(i)->widget())
            order.push_back(button);
    }
    for (size_t i = 1; i < order.size(); ++i)
        setTabOrder(order[i - 1], order[i]);
}

QWidget *BestSeatsBar::buildMore()
{
    auto *more = new QWidget(this);
    m_price = makeBox(u"bestPrice"_s, tr("Highest price"), more);
    m_section = makeBox(u"bestSection"_s, tr("Part of the house"), more);
    m_need = makeBox(u"bestNeed"_s, tr("Access"), more);
    m_needing = makeCount(u"bestNeeding"_s, tr("How many need it"), more);
    m_needing->setToolTip(tr("The others of the party are seated beside them."));
    auto *row = new QHBoxLayout(more);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics::small);
    for (QComboBox *box : {m_price, m_section, m_need})
        row->addWidget(box, 1);
    row->addWidget(m_needing);
    return more;
}

void BestSeatsBar::showHouse(std::shared_ptr<const LayoutIndex> layout)
{
    m_layout = std::move(layout);
    m_typed = 0;
    clearAnswer();
    setEnabled(m_layout != nullptr);
    if (m_layout)
        fill();
}

void BestSeatsBar::fill()
{
    const PerformanceDetail &detail = m_sale.performance();
    m_zone->clear();
    m_zone->addItem(tr("Any price zone"), QString());
    for (const PriceZone &zone : detail.zones) {
        if (const auto price = firstPrice(detail, zone.id))
            m_zone->addItem(u"%1 – %2"_s.arg(zone.name, moneyText(*price)), zone.name);
    }
    m_price->clear();
    m_price->addItem(tr("Any price"), -1);
    for (const PriceLimit &limit : priceLimits(detail))
        m_price->addItem(tr("At most %1").arg(moneyText(limit.shown)), limit.most.minorUnits());
    m_section->clear();
    m_section->addItem(tr("Whole house"), QString());
    for (const LayoutSection &section : m_layout->layout().sections) {
        const bool hasPlaces = !section.areas.empty() || !section.rows.empty();
        if (hasPlaces && !section.name.isEmpty() && m_section->findData(section.name) < 0)
            m_section->addItem(section.name, section.name);
    }
    m_need->clear();
    m_need->addItem(tr("No access needs"), static_cast<int>(AccessNeed::None));
    if (hasPlacesFor(AccessNeed::Wheelchair, *m_layout))
        m_need->addItem(tr("Wheelchair spaces"), static_cast<int>(AccessNeed::Wheelchair));
    if (hasPlacesFor(AccessNeed::StepFree, *m_layout))
        m_need->addItem(tr("Seats without a step"), static_cast<int>(AccessNeed::StepFree));
    m_need->setVisible(m_need->count() > 1);
    for (QComboBox *box : {m_zone, m_section})
        box->setEnabled(box->count() > 2);
    setChoice(fitted(keptChoice(), detail, *m_layout));
}

BestChoice BestSeatsBar::choice() const
{
    BestChoice choice{.size = m_size->value(),
                      .zone = m_zone->currentData().toString(),
                      .section = m_section->currentData().toString(),
                      .need = static_cast<AccessNeed>(m_need->currentData().toInt()),
                      .needing = std::min(m_needing->value(), m_size->value()),
                      .together = m_seating->currentData().toInt() == OnlyTogether};
    const qint64 price = m_price->currentData().toLongLong();
    const auto currency = Currency::fromCode(m_sale.performance().summary.currency);
    if (price >= 0 && currency)
        choice.priceMax = Money(price, *currency);
    return choice;
}

void BestSeatsBar::setChoice(const BestChoice &choice)
{
    m_size->setValue(choice.size);
    chooseText(*m_zone, choice.zone);
    chooseText(*m_section, choice.section);
    chooseText(*m_price, choice.priceMax ? choice.priceMax->minorUnits() : -1);
    chooseText(*m_need, static_cast<int>(choice.need));
    m_needing->setValue(choice.needing);
    chooseText(*m_seating, choice.together ? OnlyTogether : IfPossible);
    if (choice.priceMax || !choice.section.isEmpty() || choice.need != AccessNeed::None)
        m_moreButton->setChecked(true); // A limit that nobody sees is one that nobody understands.
    showNeed();
}

void BestSeatsBar::showNeed()
{
    m_needing->setVisible(m_need->currentData().toInt() != static_cast<int>(AccessNeed::None));
}

void BestSeatsBar::startChoosing()
{
    m_size->setFocus();
    m_size->selectAll();
}

void BestSeatsBar::findBest()
{
    // Whoever asks again for the party that stands in the cart wants it seated otherwise, not twice.
    ask(cartIsChosen() ? ChooseInto::InsteadOfIt : ChooseInto::Cart);
}

void BestSeatsBar::findOthers()
{
    if (cartIsChosen())
        ask(ChooseInto::InsteadOfIt);
}

void BestSeatsBar::ask(ChooseInto into)
{
    if (m_sale.isChoosing() || !m_layout)
        return;
    m_asked = choice();
    keepChoice(m_asked);
    m_sale.chooseBest(placesFor(m_asked, m_sale.performance()), into);
}

bool BestSeatsBar::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress && m_layout) {
        const auto &key = *static_cast<QKeyEvent *>(event);
        if (watched == &m_map)
            return onMapKey(key);
        if ((key.key() == Qt::Key_Return || key.key() == Qt::Key_Enter) &&
            !key.modifiers().testFlag(Qt::ControlModifier)) {
            findBest();
            return true;
        }
    } else if (event->type() == QEvent::FocusOut && watched == &m_map) {
        m_typed = 0;
    }
    return QWidget::eventFilter(watched, event);
}

/// Digits wait for their B; any other key forgets them, so that an old number never counts.
bool BestSeatsBar::onMapKey(const QKeyEvent &event)
{
    const bool isPlain = !(event.modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier));
    const int digit = event.key() - Qt::Key_0;
    if (isPlain && digit >= 0 && digit <= 9 && (digit > 0 || m_typed > 0)) {
        const int number = m_typed * 10 + digit;
        setTyped(number <= limits::partySizeMax ? number : std::max(digit, 1));
        return true;
    }
    if (isPlain && event.key() == Qt::Key_B) {
        m_typed = 0;
        if (event.modifiers().testFlag(Qt::ShiftModifier))
            findOthers();
        else
            findBest();
        return true;
    }
    m_typed = 0;
    return false;
}

void BestSeatsBar::setTyped(int number)
{
    m_typed = number;
    m_size->setValue(number);
}

void BestSeatsBar::onChosen(const std::vector<HeldPlace> &places)
{
    const std::vector<HeldPlace> cart = m_sale.hold() ? m_sale.hold()->places : std::vector<HeldPlace>();
    say(tr("Chosen: %1.").arg(placesText(places, *m_layout)), false);
    m_chosen = cart;
    if (places == cart)
        addAnswerButton(u"bestOthers"_s, tr("&Other seats  (Shift+B)"), [this] { findOthers(); });
    std::vector<int> seats;
    for (const HeldPlace &place : places) {
        if (const auto number = place.isArea ? std::nullopt : m_layout->seatNumber(place.key))
            seats.push_back(*number);
    }
    m_map.setFocus();
    if (seats.empty())
        return;
    if (m_map.seatPixelRect(seats.front()).width() < seatPixelsMin)
        m_map.showSeats(seats);
    m_map.setCursorPlace(MapPlace::seat(seats.front()));
}

void BestSeatsBar::onRefused(const Error &error)
{
    const bool keepsCart = !m_sale.isEmpty();
    say(keepsCart ? tr("%1 The places in the cart stay held.").arg(error.message) : error.message, true);
    m_chosen = m_sale.hold() ? m_sale.hold()->places : std::vector<HeldPlace>();
    if (error.code != ErrorCode::SoldOut)
        return;
    const SeatMapModel &model = m_map.model();
    const HouseNow house{.detail = m_sale.performance(),
                         .layout = *m_layout,
                         .isFree = [&](int seat) { return model.state(seat) == SeatState::Available; },
                         .freeIn = [&](int area) { return model.areaCounts(area).available(); }};
    int count = 0;
    for (const EasierChoice &offer : easierChoices(m_asked, house)) {
        addAnswerButton(u"bestOffer%1"_s.arg(++count), offerText(offer), [this, choice = offer.choice] {
            setChoice(choice);
            findBest();
        });
    }
    if (auto *first = m_answer->findChild<QPushButton *>(u"bestOffer1"_s))
        first->setFocus(); // Enter takes the first way out, Escape goes back to the map.
}

QString BestSeatsBar::offerText(const EasierChoice &offer) const
{
    switch (offer.without) {
    case EasierChoice::Without::Together:
        return tr("Let the party sit apart (%1 free)").arg(offer.free);
    case EasierChoice::Without::Zone:
        return tr("Any price zone (%1 free)").arg(offer.free);
    case EasierChoice::Without::Price:
        return tr("Any price (%1 free)").arg(offer.free);
    case EasierChoice::Without::Section:
        return tr("Whole house (%1 free)").arg(offer.free);
    case EasierChoice::Without::AllLimits:
        return tr("Without any limit (%1 free)").arg(offer.free);
    case EasierChoice::Without::SomePeople:
        break;
    }
    return tr("Take %n place(s)", nullptr, offer.choice.size);
}

void BestSeatsBar::onCart()
{
    const std::vector<HeldPlace> cart = m_sale.hold() ? m_sale.hold()->places : std::vector<HeldPlace>();
    if (m_answer->isVisible() && cart != m_chosen)
        clearAnswer(); // It speaks of another cart.
}

bool BestSeatsBar::cartIsChosen() const
{
    return m_answer->findChild<QPushButton *>(u"bestOthers"_s) && m_sale.hold() && m_sale.hold()->places == m_chosen;
}

void BestSeatsBar::say(const QString &text, bool isRefusal)
{
    clearAnswer();
    const Theme &theme = Theme::of(this);
    m_answerIcon->setPixmap(iconPixmap(isRefusal ? u"warning"_s : u"check-circle"_s,
                                       isRefusal ? theme.warning : theme.success, metrics::icon, devicePixelRatioF()));
    m_answerText->setText(text);
    m_answer->show();
    QAccessibleEvent alert(m_answerText, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void BestSeatsBar::addAnswerButton(const QString &name, const QString &text, const std::function<void()> &act)
{
    auto *button = new QPushButton(text, m_answer);
    button->setObjectName(name);
    button->setAutoDefault(true);
    connect(button, &QPushButton::clicked, this, act, Qt::QueuedConnection); // It removes the button.
    if (m_answerButtons->isEmpty())
        m_answerButtons->addStretch();
    m_answerButtons->insertWidget(m_answerButtons->count() - 1, button);
    orderTabs();
}

void BestSeatsBar::clearAnswer()
{
    m_answer->hide();
    m_chosen.clear();
    while (QLayoutItem *item = m_answerButtons->takeAt(0)) {
        if (QWidget *button = item->widget()) {
            button->setObjectName({});
            button->deleteLater();
        }
        delete item;
    }
}

} // namespace parterre::ui
