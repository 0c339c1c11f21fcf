#include "checkout/pageview.h"
#include "checkout/ticketpreview.h"
#include "checkout/ticketprinter.h"
#include "common/theme.h"
#include "ui/desk.h"

#include <QBuffer>
#include <QLabel>
#include <QPainter>
#include <QPdfWriter>
#include <QPrinter>
#include <QScrollArea>
#include <QScrollBar>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

namespace {

/// Pages of A4 with a black square each, that stands lower from page to page.
QByteArray squares(int pages)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins({});
    writer.setResolution(72);
    QPainter painter(&writer);
    for (int page = 0; page < pages; ++page) {
        if (page > 0)
            writer.newPage();
        painter.fillRect(200, 100 + 100 * page, 100, 100, Qt::black);
    }
    painter.end();
    return buffer.data();
}

} // namespace

/// Tickets on the screen before they are on paper.
class TestTicketPreview : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void whatIsNoPdfIsRefusedWithWhatToDo_data();
    void whatIsNoPdfIsRefusedWithWhatToDo();
    void pagesStandUnderEachOtherInTheirShape();
    void aPageShowsWhatIsOnIt();
    void theHeadSaysWhatItIs();
    void keysScrollToTheLastPage();
    void everyPageReachesThePrinter();
    void aPrinterThatDoesNotWorkIsTold();
};

void TestTicketPreview::whatIsNoPdfIsRefusedWithWhatToDo_data()
{
    QTest::addColumn<QByteArray>("pdf");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("words") << QByteArray("tickets");
    QTest::newRow("cut off") << squares(1).left(120);
}

void TestTicketPreview::whatIsNoPdfIsRefusedWithWhatToDo()
{
    QFETCH(QByteArray, pdf);
    const Status shown = ui::previewTickets({.fileName = u"P-000001.pdf"_s, .pdf = pdf}, nullptr);
    QVERIFY(!shown);
    QVERIFY(shown.error().message.contains(u"under Orders"_s));
}

void TestTicketPreview::pagesStandUnderEachOtherInTheirShape()
{
    const auto pages = ui::PdfPages::read(squares(3));
    QVERIFY(pages);
    ui::PageView view(*pages);
    view.resize(700, 400);
    view.show();
    for (int page = 0; page < 3; ++page) {
        const QRect paper = view.pageRect(page);
        QVERIFY(qAbs(paper.height() / double(paper.width()) - 297.0 / 210.0) < 0.01);
        if (page > 0)
            QVERIFY(paper.top() > view.pageRect(page - 1).bottom());
    }
    QVERIFY(view.minimumHeight() > view.pageRect(2).bottom());
}

void TestTicketPreview::aPageShowsWhatIsOnIt()
{
    const auto pages = ui::PdfPages::read(squares(2));
    QVERIFY(pages);
    ui::PageView view(*pages);
    view.resize(700, 2'000);
    view.show();
    const QImage picture = view.grab().toImage();
    for (int page = 0; page < 2; ++page) {
        const QRect paper = view.pageRect(page);
        const double scale = paper.width() / 595.0;
        const QPoint inside = paper.topLeft() + (QPointF(250, 150 + 100 * page) * scale).toPoint();
        QCOMPARE(picture.pixelColor(inside), QColor(Qt::black));
        QCOMPARE(picture.pixelColor(inside + QPoint(0, qRound(100 * scale))), QColor(Qt::white));
    }
}

void TestTicketPreview::theHeadSaysWhatItIs()
{
    ui::TicketPreview preview({.fileName = u"P-000001.pdf"_s, .pdf = {}}, *ui::PdfPages::read(squares(2)));
    QStringList texts;
    for (const QLabel *label : preview.findChildren<QLabel *>())
        texts.append(label->text());
    QVERIFY(texts.contains(u"P-000001.pdf · 2 pages"_s));
}

void TestTicketPreview::keysScrollToTheLastPage()
{
    ui::TicketPreview preview({.fileName = u"P-000001.pdf"_s, .pdf = {}}, *ui::PdfPages::read(squares(3)));
    preview.show();
    preview.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&preview));
    auto *scroll = find<QScrollArea>(preview, u"previewPages"_s);
    QTRY_VERIFY(scroll->verticalScrollBar()->maximum() > 0);
    for (int presses = 0; presses < 20; ++presses)
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_PageDown);
    QCOMPARE(scroll->verticalScrollBar()->value(), scroll->verticalScrollBar()->maximum());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Home);
    QCOMPARE(scroll->verticalScrollBar()->value(), 0);
}

void TestTicketPreview::everyPageReachesThePrinter()
{
    const QTemporaryDir folder;
    const auto pages = ui::PdfPages::read(squares(3));
    QVERIFY(pages);
    QPrinter printer;
    printer.setOutputFormat(QPrinter::PdfFormat);
    printer.setOutputFileName(folder.filePath(u"out.pdf"_s));
    QVERIFY(ui::printPages(*pages, printer));
    QFile file(printer.outputFileName());
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto printed = ui::PdfPages::read(file.readAll());
    QVERIFY(printed);
    QCOMPARE(printed->count(), 3);
}

void TestTicketPreview::aPrinterThatDoesNotWorkIsTold()
{
    const auto pages = ui::PdfPages::read(squares(1));
    QVERIFY(pages);
    QPrinter printer;
    printer.setOutputFormat(QPrinter::PdfFormat);
    printer.setOutputFileName(u"/nowhere/at/all/out.pdf"_s);
    const Status printed = ui::printPages(*pages, printer);
    QVERIFY(!printed);
    QVERIFY(printed.error().message.contains(u"another"_s));
}

QTEST_MAIN(TestTicketPreview)
#include "tst_ticketpreview.moc"
