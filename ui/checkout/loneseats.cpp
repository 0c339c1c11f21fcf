#include "checkout/loneseats.h"

#include "checkout/salecontroller.h"
#include "common/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

std::vector<QString> keysOf(const std::vector<LoneSeat> &seats)
{
    std::vector<QString> keys;
    for (const LoneSeat &seat : seats)
        keys.push_back(seat.key);
    return keys;
}

QString textFor(const std::vector<LoneSeat> &seats)
{
    QStringList names;
    for (const LoneSeat &seat : seats)
        names.append(seat.name);
    return names.size() == 1 ? LoneSeatDialog::tr("%1 would be left alone.").arg(names.first())
                             : LoneSeatDialog::tr("These seats would be left alone: %1.").arg(names.join(u"; "_s));
}

} // namespace

LoneSeatNotice::LoneSeatNotice(SaleController &sale, QWidget *parent)
    : NoticeBar(parent)
    , m_sale(sale)
{
    setObjectName(u"loneSeatNotice"_s);
    setClosable(false);
    connect(&m_sale, &SaleController::cartChanged, this, &LoneSeatNotice::onCart);
    connect(this, &NoticeBar::actionTriggered, this, [this] { m_sale.takeSeats(keysOf(m_sale.leftAlone())); });
}

void LoneSeatNotice::onCart()
{
    const std::vector<LoneSeat> seats = m_sale.leftAlone();
    if (seats.empty())
        return clear();
    const QString text = textFor(seats);
    if (!isVisible() || this->text() != text) // Said once, not at each change of a price.
        showNotice(NoticeKind::Warning, text, seats.size() == 1 ? tr("Take it too") : tr("Take them too"));
}

LoneSeatDialog::LoneSeatDialog(SaleController &sale, QWidget *parent)
    : QDialog(parent)
    , m_sale(sale)
    , m_reason(new QComboBox(this))
    , m_leave(new QPushButton(tr("&Sell all the same  (Enter)"), this))
{
    setObjectName(u"loneSeatDialog"_s);
    setWindowTitle(tr("A seat would be left alone"));
    setMinimumWidth(520);
    build();
    connect(m_reason, &QComboBox::currentTextChanged, this, &LoneSeatDialog::onReason);
    connect(m_leave, &QPushButton::clicked, this, &LoneSeatDialog::leave);
    onReason();
    m_reason->setFocus();
    m_reason->lineEdit()->selectAll();
}

void LoneSeatDialog::build()
{
    const std::vector<LoneSeat> seats = m_sale.leftAlone();
    auto *text = new QLabel(textFor(seats) + u' ' + tr("Hardly anybody buys a single seat."), this);
    text->setObjectName(u"loneSeatText"_s);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    auto *caption = new QLabel(tr("&Why it must be so"), this);
    caption->setBuddy(m_reason);
    m_reason->setObjectName(u"loneSeatReason"_s);
    m_reason->setEditable(true);
    m_reason->setInsertPolicy(QComboBox::NoInsert);
    m_reason->lineEdit()->setMaxLength(limits::nameCharactersMax);
    m_reason->lineEdit()->setPlaceholderText(tr("Choose or type a reason; it is kept with the order"));
    for (const QString &reason : {tr("The customer wants these seats"), tr("The single seat sees little of the stage"),
                                  tr("The single seat is kept for a companion"), tr("Agreed with the house manager")})
        m_reason->addItem(reason);
    m_reason->setCurrentIndex(-1);
    m_leave->setObjectName(u"loneSeatLeave"_s);
    m_leave->setProperty("primary", true);
    m_leave->setDefault(true);
    auto *take = new QPushButton(seats.size() == 1 ? tr("&Take it too") : tr("&Take them too"), this);
    take->setObjectName(u"loneSeatTake"_s);
    auto *others = new QPushButton(tr("Choose &others"), this);
    others->setObjectName(u"loneSeatOthers"_s);
    const auto lines = m_sale.lines();
    others->setEnabled(std::ranges::none_of(lines, &CartLine::isArea) && m_sale.placeCount() <= limits::partySizeMax);
    for (QPushButton *button : {take, others, m_leave}) {
        button->setAutoDefault(button == m_leave);
        button->setMinimumHeight(40);
    }
    connect(take, &QPushButton::clicked, this, [this] {
        m_sale.takeSeats(keysOf(m_sale.leftAlone()));
        reject();
    });
    connect(others, &QPushButton::clicked, this, [this] {
        m_sale.moveAlong();
        reject();
    });
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(take);
    buttons->addWidget(others);
    buttons->addWidget(m_leave, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::normal);
    layout->addWidget(text);
    layout->addWidget(caption);
    layout->addWidget(m_reason);
    layout->addSpacing(metrics::small);
    layout->addLayout(buttons);
}

void LoneSeatDialog::onReason()
{
    m_leave->setEnabled(!m_reason->currentText().trimmed().isEmpty());
}

void LoneSeatDialog::leave()
{
    m_sale.setLeaveSingleReason(m_reason->currentText().trimmed());
    accept();
}

bool settleLoneSeats(SaleController &sale, QWidget *window)
{
    if (sale.leftAlone().empty())
        return true;
    LoneSeatDialog dialog(sale, window);
    return dialog.exec() == QDialog::Accepted;
}

} // namespace parterre::ui
