#include "checkout/cartpanel.h"

#include "common/countdownlabel.h"
#include "common/icons.h"
#include "common/moneylabel.h"
#include "common/moneytext.h"
#include "common/rowdelegate.h"
#include "common/theme.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

enum Column { PlaceColumn, TypeColumn, AmountColumn, RemoveColumn, ColumnCount };

}

CartPanel::CartPanel(SaleController &sale, QWidget *parent)
    : QWidget(parent)
    , m_sale(sale)
    , m_title(new QLabel(this))
    , m_countdownCaption(new QLabel(tr("Held for"), this))
    , m_countdown(new CountdownLabel(this))
    , m_table(new QTableWidget(0, ColumnCount, this))
    , m_empty(new QLabel(tr("Click seats on the map, or move there with the arrow keys and press Space. Shift and "
                            "drag takes several at once."),
                         this))
    , m_typesForAll(new QComboBox(this))
    , m_buyerName(new QLineEdit(this))
    , m_buyerEmail(new QLineEdit(this))
    , m_promotion(new QLineEdit(this))
    , m_promotionFault(new QLabel(this))
    , m_costs(new QLabel(this))
    , m_taxes(new QLabel(this))
    , m_total(new MoneyLabel(this))
    , m_pay(new QPushButton(tr("&Take cash  (F12)"), this))
    , m_release(new QPushButton(tr("&Release all"), this))
    , m_undo(new QPushButton(tr("&Undo release"), this))
    , m_give(new QPushButton(tr("&Give to customer…  (F9)"), this))
    , m_takeOver(new QPushButton(tr("Take &over…  (Shift+F9)"), this))
{
    setObjectName(u"cartPanel"_s);
    setProperty("side", true);
    setAttribute(Qt::WA_StyledBackground);
    build();
    connect(&m_sale, &SaleController::cartChanged, this, &CartPanel::refresh);
    connect(&m_sale, &SaleController::askedChanged, this, &CartPanel::refresh);
    connect(m_pay, &QPushButton::clicked, this, &CartPanel::payRequested);
    connect(m_release, &QPushButton::clicked, &m_sale, &SaleController::releaseAll);
    connect(m_undo, &QPushButton::clicked, &m_sale, &SaleController::undoRelease);
    connect(m_give, &QPushButton::clicked, this, &CartPanel::giveRequested);
    connect(m_takeOver, &QPushButton::clicked, this, &CartPanel::takeOverRequested);
    connect(m_typesForAll, &QComboBox::activated, this, [this](int index) {
        if (const auto id = PriceTypeId::fromText(m_typesForAll->itemData(index).toString()))
            m_sale.setAllPriceTypes(*id);
    });
    const auto setBuyer = [this] {
        m_sale.setBuyer({.name = m_buyerName->text().trimmed(), .email = m_buyerEmail->text().trimmed()});
    };
    connect(m_promotion, &QLineEdit::editingFinished, this, [this] {
        m_promotionFault->clear();
        m_sale.setPromotion(m_promotion->text());
    });
    connect(&m_sale, &SaleController::promotionRefused, this, &CartPanel::onPromotionRefused);
    connect(m_buyerName, &QLineEdit::textChanged, this, setBuyer);
    connect(m_buyerEmail, &QLineEdit::textChanged, this, setBuyer);
    connect(m_table, &QTableWidget::cellClicked, this,
            [this](int row) { Q_EMIT placeChosen(m_table->item(row, PlaceColumn)->data(Qt::UserRole).toString()); });
    connect(m_table, &QTableWidget::currentCellChanged, this, [this] {
        if (m_table->hasFocus() && !currentKey().isEmpty())
            Q_EMIT placeChosen(currentKey());
    });
    const auto onKey = [this](int key, auto slot) {
        auto *shortcut = new QShortcut(QKeySequence(key), m_table);
        shortcut->setContext(Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, this, slot);
    };
    onKey(Qt::Key_Delete, &CartPanel::removeCurrent);
    for (const int key : {Qt::Key_Return, Qt::Key_Enter, Qt::Key_F2})
        onKey(key, &CartPanel::openTypes);
    refresh();
}

void CartPanel::buildTable()
{
    m_table->setObjectName(u"cartTable"_s);
    m_table->setHorizontalHeaderLabels({tr("Place"), tr("Price type"), tr("Amount"), QString()});
    m_table->horizontalHeaderItem(AmountColumn)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setSectionResizeMode(PlaceColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setMinimumSectionSize(metrics::iconLarge);
    m_table->setColumnWidth(TypeColumn, 138);
    m_table->setColumnWidth(AmountColumn, 86);
    m_table->setColumnWidth(RemoveColumn, metrics::controlHeight);
    m_table->setItemDelegate(new RowDelegate(m_table));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(50);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false);
}

void CartPanel::build()
{
    m_title->setFont(titleFont());
    m_countdownCaption->setProperty("muted", true);
    m_countdown->setObjectName(u"cartCountdown"_s);
    m_countdown->setFont(numberFont(titleFont()));
    buildTable();
    m_empty->setProperty("muted", true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(metrics::section, 0, metrics::section, 0);
    m_typesForAll->setObjectName(u"cartTypesForAll"_s);
    m_typesForAll->setPlaceholderText(tr("Set all to…"));
    m_buyerName->setObjectName(u"buyerName"_s);
    m_buyerName->setPlaceholderText(tr("Buyer's name (optional)"));
    m_buyerName->setMaxLength(limits::nameCharactersMax);
    m_buyerEmail->setObjectName(u"buyerEmail"_s);
    m_buyerEmail->setPlaceholderText(tr("E-mail (optional)"));
    m_buyerEmail->setMaxLength(limits::emailCharactersMax);
    m_promotion->setObjectName(u"promotion"_s);
    m_promotion->setPlaceholderText(tr("Promotion code (Shift+F3)"));
    m_promotion->setMaxLength(limits::promotionCodeCharactersMax);
    m_promotionFault->setObjectName(u"promotionFault"_s);
    m_promotionFault->setWordWrap(true);
    m_costs->setObjectName(u"cartCosts"_s);
    m_taxes->setObjectName(u"cartTaxes"_s);
    m_total->setObjectName(u"cartTotal"_s);
    m_total->setFont(numberFont(headingFont()));
    m_pay->setObjectName(u"cartPay"_s);
    m_pay->setProperty("primary", true);
    m_pay->setMinimumHeight(48);
    m_release->setObjectName(u"cartRelease"_s);
    m_release->setToolTip(tr("Ctrl+Backspace"));
    m_undo->setObjectName(u"cartUndo"_s);
    m_undo->setToolTip(tr("Ctrl+Z"));
    m_give->setObjectName(u"cartGive"_s);
    m_give->setToolTip(tr("A code with which the customer goes on with these places in the shop"));
    m_takeOver->setObjectName(u"cartTakeOver"_s);
    m_takeOver->setToolTip(tr("The code of a customer who needs help in the shop"));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::wide, metrics::wide, metrics::wide, metrics::wide);
    layout->setSpacing(metrics::normal);
    const auto addRow = [layout](std::initializer_list<QWidget *> widgets, bool spread) {
        auto *row = new QHBoxLayout;
        for (QWidget *widget : widgets) {
            row->addWidget(widget, spread ? 0 : 1);
            if (spread && widget == *widgets.begin())
                row->addStretch();
        }
        layout->addLayout(row);
    };
    addRow({m_title, m_countdownCaption, m_countdown}, true);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_table, 1);
    addRow({m_typesForAll}, false);
    addRow({m_buyerName}, false);
    addRow({m_buyerEmail}, false);
    addRow({m_promotion}, false);
    layout->addWidget(m_promotionFault);
    layout->addWidget(m_costs);
    auto *totalCaption = new QLabel(tr("Total"), this);
    totalCaption->setFont(titleFont());
    addRow({totalCaption, m_total}, true);
    layout->addWidget(m_taxes);
    layout->addWidget(m_pay);
    addRow({m_release, m_undo}, false);
    addRow({m_give}, false);
    addRow({m_takeOver}, false);
}

void CartPanel::refresh()
{
    const std::vector<CartLine> lines = m_sale.lines();
    m_title->setText(lines.empty() ? tr("New sale") : tr("%n place(s)", nullptr, m_sale.placeCount()));
    m_empty->setVisible(lines.empty());
    m_table->setVisible(!lines.empty());
    m_typesForAll->setVisible(lines.size() > 1);
    const int current = m_table->currentRow();
    m_table->setRowCount(static_cast<int>(lines.size()));
    for (size_t i = 0; i < lines.size(); ++i)
        fillRow(static_cast<int>(i), lines[i]);
    if (current >= 0 && current < m_table->rowCount())
        m_table->setCurrentCell(current, PlaceColumn);
    orderTabs();
    fillTypesForAll();
    fillCost();
    m_pay->setEnabled(m_sale.canPay());
    m_pay->setText(!m_sale.exchange()      ? tr("&Take cash  (F12)")
                   : m_sale.due().isZero() ? tr("E&xchange  (F12)")
                                           : tr("E&xchange, take %1  (F12)").arg(moneyText(m_sale.due())));
    m_release->setEnabled(!lines.empty());
    m_undo->setEnabled(m_sale.canUndo());
    m_give->setVisible(!lines.empty());
    m_takeOver->setVisible(lines.empty());
    m_countdownCaption->setVisible(m_sale.hold().has_value());
    if (!m_sale.hold()) {
        m_countdown->stop();
    } else if (m_sale.timesTold() != m_countdownFor) {
        m_countdownFor = m_sale.timesTold();
        m_countdown->start(m_sale.hold()->secondsLeft);
    }
}

void CartPanel::fillRow(int row, const CartLine &line)
{
    const QString name = line.quantity > 1 ? tr("%1 × %2").arg(line.quantity).arg(line.name) : line.name;
    const QTableWidgetItem *before = m_table->item(row, PlaceColumn);
    const bool isSameLine = before && before->data(Qt::UserRole).toString() == line.key;
    auto *place = new QTableWidgetItem(name);
    place->setData(Qt::UserRole, line.key);
    place->setData(RowDelegate::SecondLineRole, line.zone);
    place->setToolTip(name);
    m_table->setItem(row, PlaceColumn, place);
    if (line.priceOverride) {
        const QString kind = line.priceOverride->kind == OverrideKind::Comp ? tr("Comp") : tr("Another price");
        place->setData(RowDelegate::SecondLineRole, kind + u" · "_s + line.priceOverride->reason);
    }
    auto *amount = new QTableWidgetItem(line.each ? moneyText(*line.each * line.quantity) : tr("no price"));
    amount->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->setItem(row, AmountColumn, amount);
    auto *types = typesOf(row);
    if (isSameLine && types && types->count() == static_cast<int>(m_sale.performance().types.size())) {
        // The box stays, so that a clerk at the keyboard keeps the focus while prices change.
        types->setCurrentIndex(types->findData(line.type.text()));
        return;
    }
    m_table->setCellWidget(row, TypeColumn, makeTypes(line));
    m_table->setCellWidget(row, RemoveColumn, makeRemove(line));
}

QWidget *CartPanel::makeTypes(const CartLine &line)
{
    auto *cell = new QWidget(m_table);
    auto *types = new QComboBox(cell);
    types->setObjectName(u"priceType_"_s + line.key);
    types->setAccessibleName(tr("Price type of %1").arg(line.name));
    types->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    for (const PriceType &type : m_sale.performance().types)
        types->addItem(type.name, type.id.text());
    types->setCurrentIndex(types->findData(line.type.text()));
    types->view()->setMinimumWidth(types->view()->sizeHintForColumn(0) + metrics::section);
    auto *layout = new QHBoxLayout(cell);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(types);
    connect(types, &QComboBox::activated, this, [this, types, key = line.key](int index) {
        if (const auto id = PriceTypeId::fromText(types->itemData(index).toString()))
            QMetaObject::invokeMethod(
                this, [this, key, id = *id] { m_sale.setPriceType(key, id); }, Qt::QueuedConnection);
    });
    return cell;
}

QWidget *CartPanel::makeRemove(const CartLine &line)
{
    auto *remove = new QToolButton(m_table);
    remove->setObjectName(u"remove_"_s + line.key);
    remove->setIcon(themedIcon(u"close"_s));
    remove->setIconSize({metrics::iconSmall, metrics::iconSmall});
    remove->setAutoRaise(true);
    remove->setFocusPolicy(Qt::NoFocus); // Delete does it from the keyboard.
    remove->setToolTip(tr("Give back %1 (Delete)").arg(line.name));
    remove->setAccessibleName(remove->toolTip());
    connect(
        remove, &QToolButton::clicked, this, [this, key = line.key] { giveBack(key); }, Qt::QueuedConnection);
    return remove;
}

void CartPanel::fillTypesForAll()
{
    const std::vector<PriceType> &types = m_sale.performance().types;
    if (m_typesForAll->count() != static_cast<int>(types.size()) ||
        (!types.empty() && m_typesForAll->itemData(0).toString() != types.front().id.text())) {
        m_typesForAll->clear();
        for (const PriceType &type : types)
            m_typesForAll->addItem(type.name, type.id.text());
    }
    m_typesForAll->setCurrentIndex(-1);
}

void CartPanel::fillCost()
{
    const CartCost cost = m_sale.cost();
    const QString muted = Theme::of(this).textMuted.name();
    m_total->setMoney(cost.total);
    m_costs->setText(rowsHtml(costRows(cost), muted));
    m_costs->setVisible(!m_costs->text().isEmpty());
    m_taxes->setText(rowsHtml(taxRows(cost.taxes), muted));
    m_taxes->setVisible(!m_taxes->text().isEmpty());
    m_promotionFault->setVisible(!m_promotionFault->text().isEmpty());
    if (!m_promotion->hasFocus() && m_promotionFault->text().isEmpty())
        m_promotion->setText(m_sale.promotion());
}

void CartPanel::onPromotionRefused(const Error &error)
{
    QPalette palette = m_promotionFault->palette();
    palette.setColor(QPalette::WindowText, Theme::of(this).danger);
    m_promotionFault->setPalette(palette);
    m_promotionFault->setText(error.message);
    focusPromotion();
}

void CartPanel::focusPromotion()
{
    m_promotion->setFocus();
    m_promotion->selectAll();
}

std::optional<CartLine> CartPanel::currentLine() const
{
    const std::vector<CartLine> lines = m_sale.lines();
    if (lines.empty())
        return std::nullopt;
    const auto found = std::ranges::find(lines, currentKey(), &CartLine::key);
    return found == lines.end() ? lines.front() : *found;
}

QComboBox *CartPanel::typesOf(int row) const
{
    const QWidget *cell = m_table->cellWidget(row, TypeColumn);
    return cell ? cell->findChild<QComboBox *>() : nullptr;
}

void CartPanel::orderTabs()
{
    QWidget *before = m_table;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        setTabOrder(before, typesOf(row));
        before = typesOf(row);
    }
    setTabOrder(before, m_typesForAll);
}

void CartPanel::focusLines()
{
    if (m_table->rowCount() == 0)
        return m_buyerName->setFocus();
    m_table->setFocus();
    if (currentKey().isEmpty())
        m_table->setCurrentCell(0, PlaceColumn);
}

QString CartPanel::currentKey() const
{
    const QTableWidgetItem *item = m_table->item(m_table->currentRow(), PlaceColumn);
    return item ? item->data(Qt::UserRole).toString() : QString();
}

void CartPanel::openTypes()
{
    if (QComboBox *types = typesOf(m_table->currentRow())) {
        types->setFocus();
        types->showPopup();
    }
}

void CartPanel::removeCurrent()
{
    if (const QString key = currentKey(); !key.isEmpty())
        giveBack(key);
}

void CartPanel::giveBack(const QString &key)
{
    if (m_sale.areaQuantity(key) > 0)
        m_sale.setAreaQuantity(key, 0);
    else
        m_sale.releaseSeats({key});
}

void CartPanel::clearBuyer()
{
    m_buyerName->clear();
    m_buyerEmail->clear();
    m_promotion->clear();
    m_promotionFault->clear();
}

} // namespace parterre::ui
