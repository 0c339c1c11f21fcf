#pragma once

#include <QDialog>

namespace parterre::ui {

/// Every key of the desktop on one page; F1 or Escape closes it.
class KeyHelp : public QDialog
{
    Q_OBJECT

public:
    explicit KeyHelp(QWidget *parent = nullptr);
};

} // namespace parterre::ui
