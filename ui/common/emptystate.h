#pragma once

#include <QString>
#include <QWidget>

class QLabel;
class QPushButton;

namespace parterre::ui {

/// What stands where a list or a map would be when there is nothing to show: what is missing, why, and the one
/// thing to do about it.
class EmptyState : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyState(QWidget *parent = nullptr);

    /// `iconName` is one of iconNames(); `actionText` may be empty.
    void setContent(const QString &iconName, const QString &title, const QString &text, const QString &actionText = {});
    /// For whoever has no mouse; nothing where there is no action.
    void focusAction();

Q_SIGNALS:
    void actionTriggered();

protected:
    void changeEvent(QEvent *event) override;

private:
    void applyColors();

    QString m_iconName;
    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_text;
    QPushButton *m_action;
};

} // namespace parterre::ui
