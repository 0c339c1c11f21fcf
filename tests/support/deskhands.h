#pragma once

#include "base/result.h"

#include <QAbstractButton>
#include <QLineEdit>
#include <QTest>
#include <QWidget>

namespace parterre::test {

/// Mouse and keys of somebody at the real desktop, by the object names of app/README.md. Each step says in a sentence
/// what was not there; so a driver stops where a clerk would be stuck.
class DeskHands
{
public:
    static constexpr int stepMillisecondsMax = 15'000;

    explicit DeskHands(QWidget &window)
        : m_window(window)
    {}

    template <class Widget>
    [[nodiscard]] Result<Widget *> visible(const QString &name) const
    {
        // The last one: a dialog that was opened later stands over an earlier one.
        const QList<Widget *> found = m_window.findChildren<Widget *>(name);
        for (auto it = found.crbegin(); it != found.crend(); ++it) {
            if ((*it)->isVisible())
                return *it;
        }
        return refuse(ErrorCode::NotFound, QStringLiteral("there is no visible '%1'").arg(name));
    }
    [[nodiscard]] bool isVisible(const QString &name) const { return visible<QWidget>(name).has_value(); }

    /// Replaces what the field holds.
    Status type(const QString &field, const QString &text) const
    {
        PT_TRY(QLineEdit * edit, visible<QLineEdit>(field));
        QTest::mouseClick(edit, Qt::LeftButton);
        edit->selectAll();
        QTest::keyClick(edit, Qt::Key_Backspace);
        QTest::keyClicks(edit, text);
        if (edit->text() != text) {
            return refuse(ErrorCode::Internal, QStringLiteral("'%1' reads '%2' after typing").arg(field, edit->text()));
        }
        return {};
    }
    Status click(const QString &button) const
    {
        PT_TRY(QAbstractButton * found, visible<QAbstractButton>(button));
        if (!found->isEnabled())
            return refuse(ErrorCode::WrongState, QStringLiteral("'%1' cannot be pressed").arg(button));
        QTest::mouseClick(found, Qt::LeftButton);
        return {};
    }
    template <class Condition>
    Status waitFor(const QString &what, Condition condition, int millisecondsMax = stepMillisecondsMax) const
    {
        if (QTest::qWaitFor(condition, millisecondsMax))
            return {};
        return refuse(ErrorCode::Unavailable,
                      QStringLiteral("waited %1 s in vain for %2").arg(millisecondsMax / 1000).arg(what));
    }
    Status waitUntilVisible(const QString &name) const
    {
        return waitFor(QStringLiteral("'%1'").arg(name), [&] { return isVisible(name); });
    }

private:
    QWidget &m_window;
};

} // namespace parterre::test
