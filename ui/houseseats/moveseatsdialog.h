#pragma once

#include "houseseats/houseseatscontroller.h"

#include <QDialog>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace parterre::ui {

class NoticeBar;

/// Asks what a move needs beside its seats: the house code, old or new, and the reason.
class MoveSeatsDialog : public QDialog
{
    Q_OBJECT

public:
    /// `command` has its seats and the move; the rest is asked.
    MoveSeatsDialog(const MoveSeats &command, const HouseSeatsController &house, QWidget *parent = nullptr);

    /// Valid once accepted.
    [[nodiscard]] const MoveSeats &command() const { return m_command; }
    [[nodiscard]] const std::optional<PutHouseCode> &newCode() const { return m_put; }

private:
    void buildCodes();
    void showFields();
    void tryAccept();
    [[nodiscard]] bool isNew() const;
    [[nodiscard]] Result<std::optional<PutHouseCode>> put() const;
    void showFault(const Error &error);

    MoveSeats m_command;
    std::optional<PutHouseCode> m_put;
    const HouseSeatsController &m_house;
    QFormLayout *m_form;
    QComboBox *m_code = nullptr;
    QLineEdit *m_newCode = nullptr;
    QLineEdit *m_name = nullptr;
    QComboBox *m_kind = nullptr;
    QLineEdit *m_access = nullptr;
    QLabel *m_accessHint = nullptr;
    QLineEdit *m_reason;
    NoticeBar *m_notice;
    QPushButton *m_confirm;
};

} // namespace parterre::ui
