#pragma once

#include <QDialog>

namespace parterre::ui {

/// Every key of the desk, by what it is for. F1 opens it from anywhere; F1, Enter and Escape close it.
class KeyHelp : public QDialog
{
    Q_OBJECT

public:
    explicit KeyHelp(QWidget *parent = nullptr);
};

} // namespace parterre::ui
