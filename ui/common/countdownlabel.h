#pragma once

#include <QBasicTimer>
#include <QDeadlineTimer>
#include <QLabel>

namespace parterre::ui {

/// How long a hold still lives, `9:58`. The server says how many seconds remain; from there a steady clock counts,
/// so a wrong or changed wall clock of the desk shows nothing wrong. Expiry itself is the database's (design D3):
/// this label only tells the clerk to hurry.
class CountdownLabel : public QLabel
{
    Q_OBJECT

public:
    static constexpr int warningSeconds = 60;

    explicit CountdownLabel(QWidget *parent = nullptr);

    /// Counts down from `seconds` (0 or more); a second call counts anew.
    void start(int seconds);
    /// Stops and shows nothing.
    void stop();
    [[nodiscard]] bool isRunning() const { return m_timer.isActive(); }
    [[nodiscard]] int remainingSeconds() const;
    /// True in the last minute; the style property `warning` says the same.
    [[nodiscard]] bool isWarning() const { return m_warning; }

Q_SIGNALS:
    void warned();  ///< Once, when the last minute begins.
    void expired(); ///< Once, at zero.

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    void refresh();
    void showWarning(bool warning);

    QDeadlineTimer m_deadline;
    QBasicTimer m_timer;
    bool m_warning = false;
};

} // namespace parterre::ui
