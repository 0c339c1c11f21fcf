#include "checkout/takeoverdialog.h"

#include "common/keyhelp.h"
#include "common/noticebar.h"
#include "common/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

TakeOverDialog::TakeOverDialog(SalesPort &sales, QWidget *parent)
    : QDialog(parent)
    , m_sales(sales)
    , m_code(new QLineEdit(this))
    , m_notice(new NoticeBar(this))
    , m_take(new QPushButton(tr("&Take over  (Enter)"), this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
{
    setObjectName(u"takeOverDialog"_s);
    setWindowTitle(tr("Take over"));
    setMinimumWidth(520);
    auto *lead = new QLabel(tr("Ask the customer for the code: in the shop, beside the chosen seats, it is under "
                               "<b>Get help at the box office</b>."),
                            this);
    lead->setWordWrap(true);
    auto *caption = new QLabel(tr("&Code"), this);
    caption->setBuddy(m_code);
    m_code->setObjectName(u"takeOverCode"_s);
    QFont large = numberFont(headingFont());
    m_code->setFont(large);
    m_code->setPlaceholderText(u"K7PM-3XQT"_s);
    m_code->setMaxLength(limits::handoverCodeTypedMax);
    m_notice->setObjectName(u"takeOverNotice"_s);
    m_take->setObjectName(u"takeOverConfirm"_s);
    m_take->setProperty("primary", true);
    m_take->setDefault(true);
    m_cancel->setObjectName(u"takeOverCancel"_s);
    m_cancel->setAutoDefault(false);
    auto *field = new QHBoxLayout;
    field->setSpacing(metrics::normal);
    field->addWidget(caption);
    field->addWidget(m_code, 1);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_cancel);
    buttons->addStretch();
    buttons->addWidget(m_take);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::wide);
    layout->addWidget(lead);
    layout->addLayout(field);
    layout->addWidget(m_notice);
    layout->addLayout(buttons);
    connect(m_take, &QPushButton::clicked, this, &TakeOverDialog::takeOver);
    connect(m_cancel, &QPushButton::clicked, this, &TakeOverDialog::reject);
    connect(new QShortcut(QKeySequence(Qt::Key_F1), this), &QShortcut::activated, this, [this] {
        KeyHelp help(this);
        help.exec();
    });
    m_code->setFocus();
}

void TakeOverDialog::takeOver()
{
    if (m_isAsking)
        return;
    const auto code = readHandoverCode(m_code->text());
    if (!code)
        return onAnswer(refuse(code.error()));
    m_isAsking = true;
    for (QWidget *part : std::initializer_list<QWidget *>{m_code, m_take, m_cancel})
        part->setEnabled(false);
    m_notice->showNotice(NoticeKind::Info, tr("Taking the places over…"));
    m_sales.takeOverHold({.code = *code},
                         guarded<HoldView>(this, [this](const Result<HoldView> &answer) { onAnswer(answer); }));
}

void TakeOverDialog::onAnswer(const Result<HoldView> &answer)
{
    m_isAsking = false;
    for (QWidget *part : std::initializer_list<QWidget *>{m_code, m_take, m_cancel})
        part->setEnabled(true);
    if (answer && answer->state == HoldState::Live) {
        m_hold = *answer;
        return accept();
    }
    m_notice->showNotice(NoticeKind::Error,
                         answer ? tr("These places are not kept any more. Take them anew.") : answer.error().message);
    m_code->setFocus();
    m_code->selectAll();
}

void TakeOverDialog::reject()
{
    if (!m_isAsking)
        QDialog::reject();
}

} // namespace parterre::ui
