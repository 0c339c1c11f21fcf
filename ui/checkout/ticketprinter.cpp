#include "checkout/ticketprinter.h"

#include "checkout/ticketpreview.h"

#include <QDir>
#include <QFileDialog>
#include <QPainter>
#include <QPrinter>
#include <QSaveFile>
#include <QSettings>
#include <QStandardPaths>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

Status printPages(const PdfPages &pages, QPrinter &printer)
{
    constexpr double dotsPerInchMax = 600.0; // Beyond that a picture of a page costs 100 MB and nobody sees it.
    QPainter painter;
    if (!painter.begin(&printer)) {
        return refuse(ErrorCode::Unavailable, QObject::tr("The printer does not take the tickets. Choose another one, "
                                                          "or save them as PDF."));
    }
    for (int page = 0; page < pages.count(); ++page) {
        if (page > 0)
            printer.newPage();
        const QRectF area(QPointF(), printer.pageRect(QPrinter::DevicePixel).size());
        const QSizeF inches = pages.inches(page);
        const double scale = std::min(area.width() / inches.width(), area.height() / inches.height());
        const QImage image = pages.picture(page, std::min(scale, dotsPerInchMax));
        const QSizeF size = inches * scale;
        painter.drawImage(QRectF(QPointF((area.width() - size.width()) / 2, 0), size), image);
    }
    return {};
}

Status previewTickets(const TicketDocument &tickets, QWidget *parent)
{
    PT_TRY(PdfPages pages, PdfPages::read(tickets.pdf));
    TicketPreview dialog(tickets, std::move(pages), parent);
    dialog.exec();
    return {};
}

Result<QString> saveTickets(const TicketDocument &tickets, QWidget *parent)
{
    QSettings settings;
    const QString folder =
        settings.value(u"tickets/folder"_s, QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))
            .toString();
    const QString proposed = QDir(folder).filePath(tickets.fileName);
    const QString path = QFileDialog::getSaveFileName(parent, QObject::tr("Save tickets"), proposed,
                                                      QObject::tr("PDF documents (*.pdf)"));
    if (path.isEmpty())
        return path;
    settings.setValue(u"tickets/folder"_s, QFileInfo(path).absolutePath());
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(tickets.pdf) != tickets.pdf.size() || !file.commit()) {
        return refuse(ErrorCode::Unavailable,
                      QObject::tr("%1 could not be written: %2. Choose another folder.").arg(path, file.errorString()));
    }
    return path;
}

} // namespace parterre::ui
