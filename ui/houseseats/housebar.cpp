#include "houseseats/housebar.h"

#include "common/icons.h"
#include "common/theme.h"
#include "houseseats/moveseatsdialog.h"
#include "seatmap/seatmapcanvas.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>

#include <algorithm>
#include <array>
#include <map>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array allMoves{SeatMove::SetAside, SeatMove::Release, SeatMove::Kill, SeatMove::Restore};

QString wordOf(SeatMove move)
{
    switch (move) {
    case SeatMove::SetAside:
        return HouseBar::tr("Set &aside…");
    case SeatMove::Release:
        return HouseBar::tr("Re&lease to sale…");
    case SeatMove::Kill:
        return HouseBar::tr("Take o&ff sale…");
    case SeatMove::Restore:
        break;
    }
    return HouseBar::tr("Put &back…");
}

bool isFor(SeatMove move, SeatState state)
{
    switch (move) {
    case SeatMove::SetAside:
    case SeatMove::Kill:
        return state == SeatState::Available || state == SeatState::House;
    case SeatMove::Release:
        return state == SeatState::House;
    case SeatMove::Restore:
        break;
    }
    return state == SeatState::Killed;
}

} // namespace

HouseBar::HouseBar(HousePort &house, MapPort &map, SessionPort &session, SeatMapCanvas &canvas, QWidget *parent)
    : QFrame(parent)
    , m_map(map)
    , m_session(session)
    , m_canvas(canvas)
    , m_house(house)
    , m_head(new QWidget(parent))
    , m_sellCaption(new QLabel(tr("Sell fro&m"), m_head))
    , m_sellFrom(new QComboBox(m_head))
    , m_toggle(new QPushButton(tr("&House seats  (F7)"), m_head))
    , m_text(new QLabel(this))
    , m_undo(new QPushButton(tr("Undo &move"), this))
    , m_close(new QPushButton(tr("D&one"), this))
{
    setObjectName(u"houseBar"_s);
    setProperty("card", true);
    build();
    hide();
    connect(&m_map, &MapPort::changed, &m_house, &HouseSeatsController::noticeChanges);
    connect(&m_map, &MapPort::changed, this, &HouseBar::dropWhatMayNotMove);
    connect(&m_map, &MapPort::snapshotReset, this, [this] {
        m_house.begin(m_map.detail().summary.id);
        dropWhatMayNotMove();
    });
    connect(&m_house, &HouseSeatsController::changed, this, &HouseBar::showCodes);
    connect(&m_house, &HouseSeatsController::moved, this, &HouseBar::onMoved);
    connect(&m_house, &HouseSeatsController::refused, this, &HouseBar::onRefused);
    connect(&m_house, &HouseSeatsController::undone, this, [this](int seats) {
        showChosen();
        Q_EMIT told(NoticeKind::Success, tr("Undone: %n seat(s) back as before.", nullptr, seats), false);
    });
    connect(m_toggle, &QPushButton::clicked, this, &HouseBar::setChoosing);
    connect(m_close, &QPushButton::clicked, this, [this] { setChoosing(false); });
    connect(m_undo, &QPushButton::clicked, &m_house, &HouseSeatsController::undo);
    connect(m_sellFrom, &QComboBox::currentIndexChanged, this, [this] {
        m_sellFrom->setProperty("primary", !sellFrom().isEmpty());
        Q_EMIT sellFromChanged(sellFrom());
    });
}

void HouseBar::build()
{
    m_head->setObjectName(u"houseHead"_s);
    m_sellCaption->setBuddy(m_sellFrom);
    m_sellFrom->setObjectName(u"houseSellFrom"_s);
    m_sellFrom->setAccessibleName(tr("House code to sell from"));
    m_sellFrom->setMinimumWidth(190);
    m_toggle->setObjectName(u"houseToggle"_s);
    m_toggle->setCheckable(true);
    auto *head = new QHBoxLayout(m_head);
    head->setContentsMargins(0, 0, 0, 0);
    head->setSpacing(metrics::small);
    head->addWidget(m_sellCaption);
    head->addWidget(m_sellFrom);
    head->addWidget(m_toggle);

    m_text->setObjectName(u"houseText"_s);
    m_text->setWordWrap(true);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metrics::normal, metrics::small, metrics::normal, metrics::small);
    row->setSpacing(metrics::small);
    row->addWidget(m_text, 1);
    for (const SeatMove move : allMoves) {
        auto *button = new QPushButton(wordOf(move), this);
        button->setObjectName(u"houseMove_"_s + enumName(move));
        connect(button, &QPushButton::clicked, this, [this, move] { ask(move); });
        m_moves.emplace_back(move, button);
        row->addWidget(button);
    }
    m_undo->setObjectName(u"houseUndo"_s);
    m_undo->setProperty("link", true);
    m_close->setObjectName(u"houseDone"_s);
    m_close->setProperty("link", true);
    row->addWidget(m_undo);
    row->addWidget(m_close);
}

void HouseBar::begin(const PerformanceId &performance)
{
    m_house.begin(performance);
    m_toggle->setVisible(mayMove());
    showCodes();
}

void HouseBar::end()
{
    setChoosing(false);
    m_house.end();
}

bool HouseBar::mayMove() const
{
    const auto user = m_session.user();
    return user && may(user->role, Permission::MoveHouseSeats);
}

QString HouseBar::sellFrom() const
{
    return m_sellFrom->currentData().toString();
}

void HouseBar::setSellFrom(const QString &code)
{
    m_sellFrom->setCurrentIndex(std::max(0, m_sellFrom->findData(code)));
}

void HouseBar::focusSellFrom()
{
    if (m_sellFrom->isVisible())
        m_sellFrom->setFocus(Qt::ShortcutFocusReason);
}

/// What the clerk may sell from, and how the map shows the codes. The choice stays where its code does.
void HouseBar::showCodes()
{
    const QString before = sellFrom();
    {
        const QSignalBlocker blocker(m_sellFrom);
        m_sellFrom->clear();
        m_sellFrom->addItem(tr("General sale"), QString());
        std::vector<SeatHouseCode> shown;
        for (const HouseSeats::Code &each : m_house.codes()) {
            m_sellFrom->addItem(u"%1 – %2"_s.arg(each.code.code, each.code.name), each.code.code);
            shown.push_back({.code = each.code.code,
                             .name = each.code.name,
                             .color = QColor(each.code.color),
                             .seats = each.seats});
        }
        m_canvas.setHouseCodes(shown);
        setSellFrom(before);
    }
    const bool hasCodes = !m_house.codes().empty();
    m_sellCaption->setVisible(hasCodes);
    m_sellFrom->setVisible(hasCodes);
    m_sellFrom->setProperty("primary", !sellFrom().isEmpty());
    if (sellFrom() != before)
        Q_EMIT sellFromChanged(sellFrom());
    showChosen();
}

void HouseBar::setChoosing(bool choosing)
{
    choosing = choosing && mayMove() && m_map.layout();
    m_toggle->setChecked(choosing);
    if (choosing == m_isChoosing)
        return;
    m_isChoosing = choosing;
    m_chosen.clear();
    setVisible(choosing);
    showChosen();
    Q_EMIT choosingChanged();
}

/// By the map itself: the canvas may not have heard of a change yet that we are told of.
SeatState HouseBar::stateOf(int number) const
{
    return m_map.snapshot().seats[static_cast<size_t>(number)];
}

bool HouseBar::mayBeMoved(int number) const
{
    return std::ranges::any_of(allMoves, [state = stateOf(number)](SeatMove move) { return isFor(move, state); });
}

void HouseBar::toggleSeat(int number)
{
    if (m_chosen.erase(number) == 0) {
        if (!mayBeMoved(number)) {
            Q_EMIT told(NoticeKind::Warning,
                        tr("%1 is held or sold, so it cannot be moved.").arg(m_map.layout()->seatName(number)), false);
            return;
        }
        m_chosen.insert(number);
    }
    showChosen();
}

void HouseBar::addSeats(const std::vector<int> &numbers)
{
    for (const int number : numbers) {
        if (mayBeMoved(number) && m_chosen.size() < static_cast<size_t>(MoveSeats::seatsMax))
            m_chosen.insert(number);
    }
    showChosen();
}

void HouseBar::dropWhatMayNotMove()
{
    if (!m_isChoosing)
        return;
    std::erase_if(m_chosen, [this](int number) { return !mayBeMoved(number); });
    showChosen();
}

std::vector<int> HouseBar::seatsFor(SeatMove move) const
{
    std::vector<int> seats;
    std::ranges::copy_if(m_chosen, std::back_inserter(seats), [&](int number) { return isFor(move, stateOf(number)); });
    return seats;
}

/// "12 seats: 8 on sale, 3 CAST, 1 off sale".
QString HouseBar::chosenText() const
{
    if (m_chosen.empty())
        return tr("Choose seats: click them, or press Space, or Shift and drag.");
    int general = 0;
    int killed = 0;
    std::map<QString, int> byCode;
    for (const int number : m_chosen) {
        const SeatState state = stateOf(number);
        if (state == SeatState::Available)
            ++general;
        else if (state == SeatState::Killed)
            ++killed;
        else
            ++byCode[m_house.codeOf(number)];
    }
    QStringList parts;
    if (general > 0)
        parts.append(tr("%1 on sale").arg(general));
    for (const auto &[code, count] : byCode)
        parts.append(u"%1 %2"_s.arg(count).arg(code.isEmpty() ? tr("set aside") : code));
    if (killed > 0)
        parts.append(tr("%1 off sale").arg(killed));
    return tr("%n seat(s): %1", nullptr, static_cast<int>(m_chosen.size())).arg(parts.join(u", "_s));
}

void HouseBar::showChosen()
{
    m_undo->setVisible(m_house.canUndo());
    if (!m_isChoosing)
        return;
    m_canvas.setSelection({m_chosen.begin(), m_chosen.end()});
    m_text->setText(chosenText());
    for (const auto &[move, button] : m_moves)
        button->setEnabled(!m_house.isMoving() && !seatsFor(move).empty());
}

void HouseBar::ask(SeatMove move)
{
    MoveSeats command{.performance = m_map.detail().summary.id, .move = move, .seats = {}};
    for (const int number : seatsFor(move))
        command.seats.push_back(m_map.layout()->seat(number).key);
    if (command.seats.empty())
        return;
    MoveSeatsDialog dialog(command, m_house, window());
    if (dialog.exec() == QDialog::Accepted)
        m_house.move(dialog.command(), dialog.newCode());
    showChosen();
    m_canvas.setFocus();
}

void HouseBar::onMoved(const MovedSeats &moved)
{
    for (const MovedSeats::Group &group : moved.before) {
        for (const QString &key : group.seats) {
            if (const auto number = m_map.layout()->seatNumber(key))
                m_chosen.erase(*number);
        }
    }
    showChosen();
    const int count = moved.count();
    QString text;
    switch (moved.move) {
    case SeatMove::SetAside:
        text = tr("%n seat(s) set aside.", nullptr, count);
        break;
    case SeatMove::Release:
        text = tr("%n seat(s) released to general sale.", nullptr, count);
        break;
    case SeatMove::Kill:
        text = tr("%n seat(s) taken off sale.", nullptr, count);
        break;
    case SeatMove::Restore:
        text = tr("%n seat(s) put back.", nullptr, count);
        break;
    }
    Q_EMIT told(NoticeKind::Success, text, m_house.canUndo());
}

void HouseBar::onRefused(const Error &error)
{
    for (const auto &seat : error.details.value(u"seats"_s).toArray()) {
        if (const auto number = m_map.layout() ? m_map.layout()->seatNumber(seat[u"key"].toString()) : std::nullopt)
            m_chosen.erase(*number); // What is left can be moved with the next press.
    }
    showChosen();
    Q_EMIT told(NoticeKind::Warning, error.message, false);
}

void HouseBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        setChoosing(false);
    else
        QFrame::keyPressEvent(event);
}

} // namespace parterre::ui
