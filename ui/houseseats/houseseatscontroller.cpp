#include "houseseats/houseseatscontroller.h"

#include <algorithm>
#include <array>

namespace parterre::ui {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Many changes come at once when a tier is moved; one question answers them all.
constexpr auto refreshWait = 200ms;

} // namespace

HouseSeatsController::HouseSeatsController(HousePort &house, QObject *parent)
    : QObject(parent)
    , m_house(house)
{
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(refreshWait);
    connect(&m_refresh, &QTimer::timeout, this, &HouseSeatsController::fetch);
}

void HouseSeatsController::begin(const PerformanceId &performance)
{
    if (m_performance != performance)
        end();
    m_performance = performance;
    fetch();
}

void HouseSeatsController::end()
{
    ++m_turn;
    m_performance = {};
    m_refresh.stop();
    m_isMoving = false;
    m_undo.clear();
    adopt({});
}

void HouseSeatsController::noticeChanges(const MapDelta &delta)
{
    const bool mayMatter = std::ranges::any_of(delta.seats, [this](const SeatChange &change) {
        if (change.state == SeatState::House || change.state == SeatState::Killed)
            return true;
        return change.state == SeatState::Available && m_codeOfSeat.contains(change.number);
    });
    if (mayMatter && !m_performance.isNull() && !m_refresh.isActive())
        m_refresh.start();
}

const HouseCode *HouseSeatsController::code(const QString &code) const
{
    const auto found =
        std::ranges::find(m_seats.codes, code, [](const HouseSeats::Code &each) { return each.code.code; });
    return found == m_seats.codes.end() ? nullptr : &found->code;
}

QString HouseSeatsController::nextColor() const
{
    static const std::array colors{u"#7b5ea7"_s, u"#c2410c"_s, u"#0e7490"_s, u"#a16207"_s,
                                   u"#be185d"_s, u"#4d7c0f"_s, u"#1d4ed8"_s, u"#57534e"_s};
    for (const QString &color : colors) {
        if (std::ranges::none_of(m_seats.codes, [&](const HouseSeats::Code &each) { return each.code.color == color; }))
            return color;
    }
    return colors[m_seats.codes.size() % colors.size()];
}

void HouseSeatsController::fetch()
{
    m_house.fetchSeats(m_performance, guarded<HouseSeats>(this, [this, turn = m_turn](Result<HouseSeats> seats) {
                           if (turn == m_turn && seats) // What is shown stays where the question got lost.
                               adopt(*std::move(seats));
                       }));
}

void HouseSeatsController::adopt(HouseSeats seats)
{
    m_seats = std::move(seats);
    m_codeOfSeat.clear();
    for (const HouseSeats::Code &each : m_seats.codes) {
        for (const int seat : each.seats)
            m_codeOfSeat.insert(seat, each.code.code);
    }
    Q_EMIT changed();
}

void HouseSeatsController::move(const MoveSeats &command, const std::optional<PutHouseCode> &put)
{
    if (std::exchange(m_isMoving, true))
        return;
    if (!put)
        return send(command);
    m_house.putCode(*put, guarded<HouseSeats>(this, [this, turn = m_turn, command](Result<HouseSeats> seats) {
        if (turn != m_turn)
            return;
        if (!seats)
            return fail(seats.error());
        adopt(*std::move(seats));
        send(command);
    }));
}

void HouseSeatsController::send(const MoveSeats &command)
{
    m_house.moveSeats(command, guarded<MovedSeats>(this, [this, turn = m_turn](const Result<MovedSeats> &done) {
                          if (turn != m_turn)
                              return;
                          if (!done)
                              return fail(done.error());
                          m_isMoving = false;
                          m_undo = reverseOf(*done, tr("Undone at the desk"));
                          fetch();
                          Q_EMIT moved(*done);
                      }));
}

void HouseSeatsController::undo()
{
    if (!canUndo())
        return;
    m_isMoving = true;
    sendUndo(std::exchange(m_undo, {}), 0);
}

void HouseSeatsController::sendUndo(std::vector<MoveSeats> rest, int seats)
{
    if (rest.empty()) {
        m_isMoving = false;
        fetch();
        Q_EMIT undone(seats);
        return;
    }
    const MoveSeats command = std::move(rest.back());
    rest.pop_back();
    m_house.moveSeats(command, guarded<MovedSeats>(this, [this, turn = m_turn, rest = std::move(rest),
                                                          seats](const Result<MovedSeats> &done) {
                          if (turn != m_turn)
                              return;
                          if (!done)
                              return fail(done.error());
                          sendUndo(rest, seats + done->count());
                      }));
}

void HouseSeatsController::fail(const Error &error)
{
    m_isMoving = false;
    fetch(); // The refusal may come from what we did not know yet.
    Q_EMIT refused(error);
}

} // namespace parterre::ui
