#include "checkout/ticketprinter.h"

#include <QDir>
#include <QFileDialog>
#include <QPainter>
#include <QPrintPreviewDialog>
#include <QPrinter>
#include <QSaveFile>
#include <QSettings>
#include <QStandardPaths>

#include <poppler-qt6.h>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

std::unique_ptr<Poppler::Document> readPdf(const QByteArray &pdf)
{
    std::unique_ptr<Poppler::Document> document = Poppler::Document::loadFromData(pdf);
    if (document && document->isLocked())
        document.reset();
    if (document) {
        document->setRenderHint(Poppler::Document::Antialiasing);
        document->setRenderHint(Poppler::Document::TextAntialiasing);
    }
    return document;
}

} // namespace

Status paintPdf(const QByteArray &pdf, QPrinter &printer)
{
    constexpr double pointsPerInch = 72.0;
    constexpr double dotsPerInchMax = 600.0; // Beyond that a picture of a page costs 100 MB and nobody sees it.
    const auto document = readPdf(pdf);
    if (!document)
        return refuse(ErrorCode::InvalidInput, QObject::tr("The tickets cannot be read as a PDF document."));
    QPainter painter(&printer);
    for (int i = 0; i < document->numPages(); ++i) {
        if (i > 0)
            printer.newPage();
        const std::unique_ptr<Poppler::Page> page = document->page(i);
        const QRectF area = QRectF(QPointF(), printer.pageRect(QPrinter::DevicePixel).size());
        const QSizeF inches = page->pageSizeF() / pointsPerInch;
        const double scale = std::min(area.width() / inches.width(), area.height() / inches.height());
        const double dots = std::min(scale, dotsPerInchMax);
        const QImage image = page->renderToImage(dots, dots);
        const QSizeF size = inches * scale;
        painter.drawImage(QRectF(QPointF((area.width() - size.width()) / 2, 0), size), image);
    }
    return {};
}

Status previewTickets(const TicketDocument &tickets, QWidget *parent)
{
    if (!readPdf(tickets.pdf))
        return refuse(ErrorCode::InvalidInput, QObject::tr("The tickets cannot be read as a PDF document."));
    QPrinter printer(QPrinter::HighResolution);
    printer.setDocName(tickets.fileName);
    QPrintPreviewDialog dialog(&printer, parent);
    dialog.setObjectName(u"ticketPreview"_s);
    dialog.resize(900, 800);
    QObject::connect(&dialog, &QPrintPreviewDialog::paintRequested, &dialog, [&tickets](QPrinter *target) {
        (void)paintPdf(tickets.pdf, *target); // Read without fault a moment ago.
    });
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
