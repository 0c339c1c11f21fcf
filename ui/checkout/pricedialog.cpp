#include "checkout/pricedialog.h"

#include "common/keyhelp.h"
#include "common/moneyedit.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/theme.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QShortcut>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

PriceDialog::PriceDialog(SaleController &sale, SalesPort &sales, SessionPort &session, const CartLine &line,
                         QWidget *parent)
    : QDialog(parent)
    , m_sale(sale)
    , m_sales(sales)
    , m_session(session)
    , m_line(line)
    , m_listed(line.listed.value_or(Money()))
    , m_comp(new QRadioButton(tr("&Free of charge (comp)"), this))
    , m_other(new QRadioButton(tr("&Another price"), this))
    , m_price(new MoneyEdit(this))
    , m_reason(new QLineEdit(this))
    , m_supervisorCaption(new QLabel(this))
    , m_supervisor(new QLineEdit(this))
    , m_password(new QLineEdit(this))
    , m_notice(new NoticeBar(this))
    , m_list(new QPushButton(tr("&List price"), this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
    , m_confirm(new QPushButton(tr("&Use this price  (Enter)"), this))
{
    setObjectName(u"priceDialog"_s);
    setWindowTitle(tr("Price"));
    setMinimumWidth(520);
    build();
    fill();
    connect(m_other, &QRadioButton::toggled, m_price, &QWidget::setEnabled);
    connect(m_other, &QRadioButton::clicked, m_price, qOverload<>(&QWidget::setFocus));
    connect(m_confirm, &QPushButton::clicked, this, &PriceDialog::confirm);
    connect(m_cancel, &QPushButton::clicked, this, &PriceDialog::reject);
    connect(m_list, &QPushButton::clicked, this, [this] {
        m_sale.setPriceOverride(m_line.key, std::nullopt);
        accept();
    });
    connect(new QShortcut(QKeySequence(Qt::Key_F1), this), &QShortcut::activated, this, [this] {
        KeyHelp help(this);
        help.exec();
    });
}

void PriceDialog::build()
{
    m_comp->setObjectName(u"priceComp"_s);
    m_other->setObjectName(u"priceOther"_s);
    m_price->setObjectName(u"priceAmount"_s);
    m_price->setAccessibleName(tr("Price of each ticket"));
    m_price->setCurrency(m_listed.currency());
    m_price->setFixedWidth(140);
    m_reason->setObjectName(u"priceReason"_s);
    m_reason->setMaxLength(limits::nameCharactersMax);
    m_reason->setPlaceholderText(tr("Why, in a few words; it is kept with the order"));
    m_supervisorCaption->setText(tr("A supervisor signs for it:"));
    m_supervisorCaption->setProperty("muted", true);
    m_supervisor->setObjectName(u"priceSupervisor"_s);
    m_supervisor->setMaxLength(limits::nameCharactersMax);
    m_password->setObjectName(u"pricePassword"_s);
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setMaxLength(limits::passwordCharactersMax);
    m_notice->setObjectName(u"priceNotice"_s);
    m_notice->setClosable(false);
    m_list->setObjectName(u"priceList"_s);
    m_list->setAutoDefault(false);
    m_cancel->setObjectName(u"priceCancel"_s);
    m_cancel->setAutoDefault(false);
    m_confirm->setObjectName(u"priceConfirm"_s);
    m_confirm->setProperty("primary", true);
    m_confirm->setDefault(true);

    auto *lead =
        new QLabel(tr("<b>%1</b><br>%2 by the list").arg(m_line.name.toHtmlEscaped(), moneyText(m_listed)), this);
    lead->setTextFormat(Qt::RichText);
    auto *other = new QHBoxLayout;
    other->addWidget(m_other);
    other->addWidget(m_price);
    other->addStretch();
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(metrics::normal);
    form->setVerticalSpacing(metrics::small);
    form->addRow(tr("&Reason"), m_reason);
    if (needsSupervisor()) {
        form->addRow(m_supervisorCaption);
        form->addRow(tr("Us&er name"), m_supervisor);
        form->addRow(tr("&Password"), m_password);
    }
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_list);
    buttons->addStretch();
    buttons->addWidget(m_confirm);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::normal);
    layout->addWidget(lead);
    layout->addWidget(m_comp);
    layout->addLayout(other);
    layout->addSpacing(metrics::small);
    layout->addLayout(form);
    layout->addWidget(m_notice);
    layout->addLayout(buttons);
}

void PriceDialog::fill()
{
    for (QWidget *part : std::initializer_list<QWidget *>{m_supervisorCaption, m_supervisor, m_password})
        part->setVisible(needsSupervisor());
    m_list->setVisible(m_line.priceOverride.has_value());
    const bool isOther = m_line.priceOverride && m_line.priceOverride->kind == OverrideKind::Price;
    (isOther ? m_other : m_comp)->setChecked(true);
    m_price->setMoney(isOther ? m_line.priceOverride->price : m_listed);
    m_price->setEnabled(isOther);
    if (m_line.priceOverride)
        m_reason->setText(m_line.priceOverride->reason);
    m_comp->setFocus();
}

bool PriceDialog::needsSupervisor() const
{
    const auto user = m_session.user();
    return !user || !may(user->role, Permission::OverridePrices);
}

void PriceDialog::complain(const QString &text, QWidget *field)
{
    m_notice->showNotice(NoticeKind::Error, text);
    field->setFocus();
}

std::optional<PriceOverride> PriceDialog::wanted()
{
    PriceOverride wanted{.kind = m_comp->isChecked() ? OverrideKind::Comp : OverrideKind::Price,
                         .price = Money(0, m_listed.currency()),
                         .reason = m_reason->text().trimmed()};
    if (wanted.kind == OverrideKind::Price) {
        const auto price = m_price->money();
        if (!price) {
            complain(tr("Type the price of each ticket, such as %1.").arg(m_listed.numberText()), m_price);
            return std::nullopt;
        }
        wanted.price = *price;
    }
    if (wanted.reason.isEmpty()) {
        complain(tr("Type the reason. It is kept with the order."), m_reason);
        return std::nullopt;
    }
    return wanted;
}

void PriceDialog::confirm()
{
    if (m_isAsking || !wanted())
        return;
    if (!needsSupervisor())
        return use();
    if (m_supervisor->text().trimmed().isEmpty())
        return complain(tr("A supervisor types the user name and the password here."), m_supervisor);
    if (m_password->text().isEmpty())
        return complain(tr("A supervisor types the password here."), m_password);
    m_isAsking = true;
    m_confirm->setEnabled(false);
    m_notice->showNotice(NoticeKind::Info, tr("Checking the signature…"));
    m_sales.approve({.user = m_supervisor->text().trimmed(), .password = m_password->text()},
                    guarded<Approval>(this, [this](const Result<Approval> &answer) { onApproval(answer); }));
}

void PriceDialog::onApproval(const Result<Approval> &answer)
{
    m_isAsking = false;
    m_confirm->setEnabled(true);
    m_password->clear();
    if (!answer)
        return complain(answer.error().message, m_password);
    m_sale.setApproval(answer->token);
    use();
}

void PriceDialog::use()
{
    if (const auto price = wanted()) {
        m_sale.setPriceOverride(m_line.key, price);
        accept();
    }
}

void PriceDialog::reject()
{
    if (!m_isAsking)
        QDialog::reject();
}

} // namespace parterre::ui
