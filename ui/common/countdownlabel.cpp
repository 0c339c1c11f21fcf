#include "common/countdownlabel.h"

#include "common/theme.h"

#include <QAccessible>
#include <QTimerEvent>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

// Four looks a second: the digit never stands visibly too long, and it costs nothing.
constexpr int tickMilliseconds = 250;

} // namespace

CountdownLabel::CountdownLabel(QWidget *parent)
    : QLabel(parent)
{
    setObjectName(u"countdownLabel"_s);
    setTextFormat(Qt::PlainText);
    setFont(numberFont(font()));
    setAlignment(Qt::AlignRight | Qt::AlignVCenter);
}

void CountdownLabel::start(int seconds)
{
    m_deadline = QDeadlineTimer(qint64{qMax(0, seconds)} * 1000, Qt::PreciseTimer);
    showWarning(false);
    m_timer.start(tickMilliseconds, this);
    refresh();
}

void CountdownLabel::stop()
{
    m_timer.stop();
    showWarning(false);
    clear();
}

int CountdownLabel::remainingSeconds() const
{
    if (!m_timer.isActive())
        return 0;
    // Rounded up: the label says 0:00 only when the time is really over.
    return static_cast<int>((qMax<qint64>(0, m_deadline.remainingTime()) + 999) / 1000);
}

void CountdownLabel::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == m_timer.timerId())
        refresh();
    else
        QLabel::timerEvent(event);
}

void CountdownLabel::refresh()
{
    const int seconds = remainingSeconds();
    setText(u"%1:%2"_s.arg(seconds / 60).arg(seconds % 60, 2, 10, QChar(u'0')));
    setAccessibleName(tr("%1 minutes %2 seconds left").arg(seconds / 60).arg(seconds % 60));
    if (seconds <= warningSeconds && !m_warning) {
        showWarning(true);
        QAccessibleEvent alert(this, QAccessible::Alert);
        QAccessible::updateAccessibility(&alert);
        Q_EMIT warned();
    }
    if (seconds == 0) {
        m_timer.stop();
        Q_EMIT expired();
    }
}

void CountdownLabel::showWarning(bool warning)
{
    m_warning = warning;
    setProperty("warning", warning);
    QPalette colors; // Roles that are not set here go on following the window's theme.
    if (warning)
        colors.setColor(QPalette::WindowText, Theme::of(window()).danger);
    setPalette(colors);
}

} // namespace parterre::ui
