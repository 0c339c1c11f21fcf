#pragma once

#include "domain/realtime/mapstate.h"
#include "ports/houseport.h"

#include <QHash>
#include <QTimer>

namespace parterre::ui {

/// House codes and seats of the performance that is open, and the moves of seats at this desk, without any widget. What
/// belongs to which code is asked anew when the map shows that it may have changed.
class HouseSeatsController : public QObject
{
    Q_OBJECT

public:
    explicit HouseSeatsController(HousePort &house, QObject *parent = nullptr);

    void begin(const PerformanceId &performance);
    void end();
    /// The map has changed: somebody may have moved seats.
    void noticeChanges(const MapDelta &delta);

    [[nodiscard]] const std::vector<HouseSeats::Code> &codes() const { return m_seats.codes; }
    [[nodiscard]] const std::vector<HouseChange> &changes() const { return m_seats.changes; }
    [[nodiscard]] const HouseCode *code(const QString &code) const;
    /// The code that a seat belongs to, whatever its state; empty for general sale.
    [[nodiscard]] QString codeOf(int seat) const { return m_codeOfSeat.value(seat); }
    /// A colour that no code has yet.
    [[nodiscard]] QString nextColor() const;

    /// Moves the seats; `put` first, where a code is new or changes. Nothing while another move is under way.
    void move(const MoveSeats &command, const std::optional<PutHouseCode> &put = std::nullopt);
    [[nodiscard]] bool isMoving() const { return m_isMoving; }
    [[nodiscard]] bool canUndo() const { return !m_undo.empty() && !m_isMoving; }
    /// Brings the seats of the last move back to where they were.
    void undo();

Q_SIGNALS:
    void changed(); ///< Codes, or which seats belong to them.
    void moved(const parterre::MovedSeats &moved);
    void undone(int seats);
    void refused(const parterre::Error &error);

private:
    void fetch();
    void adopt(HouseSeats seats);
    void send(const MoveSeats &command);
    void sendUndo(std::vector<MoveSeats> rest, int seats);
    void fail(const Error &error);

    HousePort &m_house;
    PerformanceId m_performance;
    HouseSeats m_seats;
    QHash<int, QString> m_codeOfSeat;
    QTimer m_refresh;
    quint64 m_turn = 0; ///< Tells answers for an earlier performance from ours.
    bool m_isMoving = false;
    std::vector<MoveSeats> m_undo;
};

} // namespace parterre::ui
