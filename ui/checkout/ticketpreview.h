#pragma once

#include "checkout/pdfpages.h"
#include "ports/salesport.h"

#include <QDialog>

class QScrollArea;

namespace parterre::ui {

class NoticeBar;

/// The tickets as they will come out of the printer, page under page, with the ways to print and to save them.
class TicketPreview : public QDialog
{
    Q_OBJECT

public:
    TicketPreview(const TicketDocument &tickets, PdfPages pages, QWidget *parent = nullptr);

protected:
    void keyPressEvent(QKeyEvent *event) override; ///< Keys that scroll do so wherever the focus is.

private:
    void print();
    void save();

    TicketDocument m_tickets;
    PdfPages m_pages;
    NoticeBar *m_notice;
    QScrollArea *m_scroll;
};

} // namespace parterre::ui
