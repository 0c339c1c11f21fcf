#include "houseseats/moveseatsdialog.h"

#include "common/icons.h"
#include "common/noticebar.h"
#include "common/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QRandomGenerator>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

QIcon chipOf(const QString &color)
{
    QPixmap picture(metrics::iconSmall, metrics::iconSmall);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(color));
    painter.drawRoundedRect(QRectF(2, 2, metrics::iconSmall - 4, metrics::iconSmall - 4), 3, 3);
    return QIcon(picture);
}

/// Without letters and digits that are taken for others when they are read out.
QString proposedAccessCode()
{
    static constexpr QLatin1StringView alphabet("ACDEFGHJKMNPQRTUVWXY34679");
    QString code;
    for (int i = 0; i < 8; ++i) {
        code += alphabet.at(QRandomGenerator::system()->bounded(static_cast<int>(alphabet.size())));
        if (i == 3)
            code += u'-';
    }
    return code;
}

struct Words
{
    QString title;
    QString confirm;
};

Words wordsOf(const MoveSeats &command)
{
    const int count = static_cast<int>(command.seats.size());
    switch (command.move) {
    case SeatMove::SetAside:
        return {MoveSeatsDialog::tr("Set %n seat(s) aside", nullptr, count), MoveSeatsDialog::tr("&Set aside")};
    case SeatMove::Release:
        return {MoveSeatsDialog::tr("Release %n seat(s) to general sale", nullptr, count),
                MoveSeatsDialog::tr("&Release")};
    case SeatMove::Kill:
        return {MoveSeatsDialog::tr("Take %n seat(s) off sale", nullptr, count), MoveSeatsDialog::tr("Take &off sale")};
    case SeatMove::Restore:
        break;
    }
    return {MoveSeatsDialog::tr("Put %n seat(s) back", nullptr, count), MoveSeatsDialog::tr("Put &back")};
}

} // namespace

MoveSeatsDialog::MoveSeatsDialog(const MoveSeats &command, const HouseSeatsController &house, QWidget *parent)
    : QDialog(parent)
    , m_command(command)
    , m_house(house)
    , m_form(new QFormLayout)
    , m_reason(new QLineEdit(this))
    , m_notice(new NoticeBar(this))
    , m_confirm(new QPushButton(wordsOf(command).confirm, this))
{
    setObjectName(u"moveSeatsDialog"_s);
    setWindowTitle(wordsOf(command).title);
    setMinimumWidth(520);
    auto *title = new QLabel(windowTitle(), this);
    title->setFont(titleFont());
    m_form->setHorizontalSpacing(metrics::wide);
    m_form->setVerticalSpacing(metrics::normal);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    if (command.move == SeatMove::SetAside)
        buildCodes();
    m_reason->setObjectName(u"moveReason"_s);
    m_reason->setMaxLength(limits::nameCharactersMax);
    m_reason->setPlaceholderText(command.move == SeatMove::Kill ? tr("Such as: broken seat, camera, sight line")
                                                                : tr("May be left empty"));
    m_form->addRow(tr("&Why"), m_reason);
    m_notice->setObjectName(u"moveNotice"_s);
    m_notice->setClosable(false);
    m_confirm->setObjectName(u"moveConfirm"_s);
    m_confirm->setProperty("primary", true);
    m_confirm->setDefault(true);
    auto *cancel = new QPushButton(tr("&Cancel"), this);
    cancel->setObjectName(u"moveCancel"_s);
    cancel->setAutoDefault(false);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_confirm, &QPushButton::clicked, this, &MoveSeatsDialog::tryAccept);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_confirm);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::wide);
    layout->addWidget(title);
    layout->addLayout(m_form);
    layout->addWidget(m_notice);
    layout->addStretch();
    layout->addLayout(buttons);
    if (m_code)
        showFields();
    else
        m_reason->setFocus();
}

void MoveSeatsDialog::buildCodes()
{
    m_code = new QComboBox(this);
    m_code->setObjectName(u"moveCode"_s);
    for (const HouseSeats::Code &each : m_house.codes())
        m_code->addItem(chipOf(each.code.color), u"%1 – %2"_s.arg(each.code.code, each.code.name), each.code.code);
    m_code->addItem(themedIcon(u"plus"_s), tr("New code…"), QString());
    m_newCode = new QLineEdit(this);
    m_newCode->setObjectName(u"moveNewCode"_s);
    m_newCode->setMaxLength(HouseCode::codeCharactersMax);
    m_newCode->setPlaceholderText(tr("Such as: CAST"));
    m_name = new QLineEdit(this);
    m_name->setObjectName(u"moveCodeName"_s);
    m_name->setMaxLength(limits::nameCharactersMax);
    m_name->setPlaceholderText(tr("Such as: Cast and crew"));
    m_kind = new QComboBox(this);
    m_kind->setObjectName(u"moveCodeKind"_s);
    m_kind->addItem(tr("House seats: sold at the desk by this code"), enumName(HouseCodeKind::House));
    m_kind->addItem(tr("Allocation: bought by whoever has the access code"), enumName(HouseCodeKind::Allocation));
    m_access = new QLineEdit(this);
    m_access->setObjectName(u"moveAccessCode"_s);
    m_access->setMaxLength(HouseCode::accessCharactersMax);
    m_accessHint = new QLabel(this);
    m_accessHint->setProperty("muted", true);
    m_accessHint->setWordWrap(true);
    m_form->addRow(tr("Co&de"), m_code);
    m_form->addRow(tr("&New code"), m_newCode);
    m_form->addRow(tr("&For whom"), m_name);
    m_form->addRow(tr("&Kind"), m_kind);
    m_form->addRow(tr("&Access code"), m_access);
    m_form->addRow(QString(), m_accessHint);
    connect(m_code, &QComboBox::currentIndexChanged, this, &MoveSeatsDialog::showFields);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &MoveSeatsDialog::showFields);
}

bool MoveSeatsDialog::isNew() const
{
    return m_code->currentData().toString().isEmpty();
}

void MoveSeatsDialog::showFields()
{
    const HouseCode *known = m_house.code(m_code->currentData().toString());
    const bool isAllocation = known ? known->kind == HouseCodeKind::Allocation
                                    : m_kind->currentData().toString() == enumName(HouseCodeKind::Allocation);
    for (QWidget *field : std::initializer_list<QWidget *>{m_newCode, m_name, m_kind}) {
        field->setVisible(isNew());
        m_form->labelForField(field)->setVisible(isNew());
    }
    m_access->setVisible(isAllocation);
    m_form->labelForField(m_access)->setVisible(isAllocation);
    m_accessHint->setVisible(isAllocation);
    if (isAllocation && isNew() && m_access->text().isEmpty())
        m_access->setText(proposedAccessCode());
    if (known)
        m_access->clear();
    m_accessHint->setText(known && known->hasAccess
                              ? tr("Empty: the access code stays as it is. A new one ends the old.")
                              : tr("Write it down and give it to the buyers: it cannot be read again."));
    m_notice->clear();
    if (isNew())
        m_newCode->setFocus();
    else
        m_reason->setFocus();
    adjustSize();
}

/// What is to be made or changed before the seats move; nothing where the code stays as it is.
Result<std::optional<PutHouseCode>> MoveSeatsDialog::put() const
{
    PutHouseCode command{.performance = m_command.performance, .code = {}, .name = {}, .color = {}};
    const QString access = m_access->isVisible() ? m_access->text().trimmed() : QString();
    if (const HouseCode *known = m_house.code(m_code->currentData().toString())) {
        if (access.isEmpty())
            return std::nullopt;
        command.code = known->code;
        command.name = known->name;
        command.kind = known->kind;
        command.color = known->color;
    } else {
        command.code = m_newCode->text();
        command.name = m_name->text();
        command.kind = enumFromName<HouseCodeKind>(m_kind->currentData().toString()).value_or(HouseCodeKind::House);
        command.color = m_house.nextColor();
        if (m_house.code(houseCodeKey(command.code)))
            return refuse(ErrorCode::InvalidInput,
                          tr("There is a code %1 already. Choose it above.").arg(houseCodeKey(command.code)),
                          u"/code"_s);
    }
    if (!access.isEmpty())
        command.accessCode = access;
    PT_TRY(PutHouseCode checked, checkedHouseCode(command));
    return checked;
}

void MoveSeatsDialog::tryAccept()
{
    m_command.reason = m_reason->text();
    if (m_code) {
        const auto code = put();
        if (!code)
            return showFault(code.error());
        m_put = *code;
        m_command.code = m_put ? m_put->code : m_code->currentData().toString();
    }
    const auto checked = checkedMove(m_command);
    if (!checked)
        return showFault(checked.error());
    m_command = *checked;
    accept();
}

void MoveSeatsDialog::showFault(const Error &error)
{
    m_notice->showNotice(NoticeKind::Error, error.message);
    QLineEdit *field = m_reason;
    if (error.field == u"/code" && m_newCode)
        field = m_newCode;
    else if (error.field == u"/name" && m_name)
        field = m_name;
    else if (error.field == u"/access_code" && m_access)
        field = m_access;
    field->setFocus();
    field->selectAll();
}

} // namespace parterre::ui
