#pragma once

#include <QFrame>
#include <QString>

class QLabel;
class QPushButton;
class QToolButton;

namespace parterre::ui {

enum class NoticeKind { Info, Success, Warning, Error };

/// A message inside the window, above what it speaks of: it does not stop the work and stays until it is closed or
/// replaced. Hidden until showNotice(). Colour, icon and words all say the kind. Read aloud by screen readers.
class NoticeBar : public QFrame
{
    Q_OBJECT

public:
    explicit NoticeBar(QWidget *parent = nullptr);

    /// Shows `text`; with `actionText` there is a button for the one thing that helps.
    void showNotice(NoticeKind kind, const QString &text, const QString &actionText = {});
    /// Hides the bar; a second call changes nothing.
    void clear();
    /// A notice that must not be missed has no close button. On by default.
    void setClosable(bool closable);

    /// From edge to edge of a window instead of a card inside a page.
    void setSpanning(bool spanning);

    [[nodiscard]] NoticeKind kind() const { return m_kind; }
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void actionTriggered();
    void closed(); ///< By the user.

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitText();
    void applyColors();

    NoticeKind m_kind = NoticeKind::Info;
    bool m_applying = false;
    bool m_spanning = false;
    QLabel *m_icon;
    QLabel *m_text;
    QPushButton *m_action;
    QToolButton *m_close;
};

} // namespace parterre::ui
