#pragma once

#include "common/noticebar.h"
#include "houseseats/houseseatscontroller.h"
#include "ports/mapport.h"
#include "ports/sessionport.h"

#include <QFrame>

#include <set>

class QComboBox;
class QLabel;
class QPushButton;

namespace parterre::ui {

class SeatMapCanvas;

/// House seats on the sale page: from which code the clerk sells, and, for who may, the seats that are chosen on the
/// map to be set aside, released, taken off sale or put back. The page hands over the clicks while seats are being
/// chosen.
class HouseBar : public QFrame
{
    Q_OBJECT

public:
    HouseBar(HousePort &house, MapPort &map, SessionPort &session, SeatMapCanvas &canvas, QWidget *parent = nullptr);

    /// Goes into the head of the page; the bar itself shows while seats are being chosen.
    [[nodiscard]] QWidget *head() const { return m_head; }
    [[nodiscard]] HouseSeatsController &house() { return m_house; }

    void begin(const PerformanceId &performance);
    void end();

    /// The code whose seats are sold now; empty for general sale alone.
    [[nodiscard]] QString sellFrom() const;
    void setSellFrom(const QString &code);
    void focusSellFrom();

    [[nodiscard]] bool isChoosing() const { return m_isChoosing; }
    void setChoosing(bool choosing);
    [[nodiscard]] bool mayMove() const;
    void toggleSeat(int number);
    /// All that may be moved of these.
    void addSeats(const std::vector<int> &numbers);
    [[nodiscard]] const std::set<int> &chosen() const { return m_chosen; }

Q_SIGNALS:
    void choosingChanged();
    void sellFromChanged(const QString &code);
    void told(parterre::ui::NoticeKind kind, const QString &text, bool canUndo);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void build();
    void showCodes();
    void showChosen();
    void dropWhatMayNotMove();
    [[nodiscard]] SeatState stateOf(int number) const;
    [[nodiscard]] bool mayBeMoved(int number) const;
    [[nodiscard]] std::vector<int> seatsFor(SeatMove move) const;
    [[nodiscard]] QString chosenText() const;
    void ask(SeatMove move);
    void onMoved(const MovedSeats &moved);
    void onRefused(const Error &error);

    MapPort &m_map;
    SessionPort &m_session;
    SeatMapCanvas &m_canvas;
    HouseSeatsController m_house;
    QWidget *m_head;
    QLabel *m_sellCaption;
    QComboBox *m_sellFrom;
    QPushButton *m_toggle;
    QLabel *m_text;
    std::vector<std::pair<SeatMove, QPushButton *>> m_moves;
    QPushButton *m_undo;
    QPushButton *m_close;
    std::set<int> m_chosen;
    bool m_isChoosing = false;
};

} // namespace parterre::ui
