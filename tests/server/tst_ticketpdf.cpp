#include "print/modulepicture.h"
#include "ticketing/ticketlayout.h"
#include "ticketing/ticketpdf.h"
#include "ticketing/ticketsigner.h"

#include <QDir>
#include <QFile>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;

namespace {

QString aCode(int number)
{
    const auto signer = TicketSigner::fromSeed(1, QByteArray(ticketSeedBytes, 's'));
    return signer->sign({.ticket = *TicketId::fromText(u"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"_s),
                         .performance = 9,
                         .placeNumber = static_cast<quint32>(number),
                         .notAfter = Instant(Seconds(1'800'000'000))});
}

PrintedTicket aTicket(int number)
{
    return {.id = TicketId::create(),
            .humanCode = u"K7QM-2XWD-%1"_s.arg(number, 4, 10, QChar(u'0')),
            .placeName = u"Lower Gallery, row B, seat %1"_s.arg(number),
            .zoneName = u"Zone A"_s,
            .priceTypeName = u"Full price"_s,
            .price = Money(6450, Currency()),
            .note = u"Restricted view: behind a pillar"_s,
            .qrText = aCode(number)};
}

/// 19:30 in Vienna on a winter's night.
TicketSheet aSheet(int tickets)
{
    TicketSheet sheet{.eventTitle = u"Die Zauberflöte"_s,
                      .subtitle = u"Opera in two acts by Wolfgang Amadeus Mozart"_s,
                      .venueName = u"Theater an der Straße"_s,
                      .venueAddress = u"Königsplatz 3, 1060 Wien"_s,
                      .startsAt = *instantFromText(u"2026-12-12T18:30:00Z"_s),
                      .doorsAt = *instantFromText(u"2026-12-12T17:45:00Z"_s),
                      .timeZone = u"Europe/Vienna"_s,
                      .orderNumber = u"P-000123"_s,
                      .buyerName = u"Zoë Müller"_s,
                      .tickets = {}};
    for (int i = 1; i <= tickets; ++i)
        sheet.tickets.push_back(aTicket(i));
    return sheet;
}

struct Run
{
    int exitCode = -1;
    QString output;
};

Run run(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(60'000))
        return {.exitCode = -1, .output = process.errorString()};
    return {.exitCode = process.exitCode(), .output = QString::fromUtf8(process.readAllStandardOutput())};
}

QString lettersOf(const QString &text)
{
    QString letters;
    for (const QChar c : text.normalized(QString::NormalizationForm_KC)) {
        if (c.isLetter())
            letters += c;
    }
    return letters;
}

QString longName(const QString &word)
{
    return QString(word + u' ').repeated(200).left(200).trimmed();
}

} // namespace

class TestTicketPdf : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString write(const QByteArray &pdf)
    {
        const QString path = m_folder.filePath(u"tickets.pdf"_s);
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(pdf);
        return path;
    }

    QString render(const TicketSheet &sheet, TicketPaper paper = TicketPaper::Single)
    {
        const auto pdf = renderTicketsPdf(sheet, paper);
        return pdf ? write(*pdf) : QString();
    }

private Q_SLOTS:
    void aScannerReadsExactlyTheCode_data()
    {
        QTest::addColumn<bool>("onA4");
        QTest::newRow("a page each") << false;
        QTest::newRow("three on A4") << true;
    }
    void aScannerReadsExactlyTheCode()
    {
        QFETCH(const bool, onA4);
        const QString path = render(aSheet(4), onA4 ? TicketPaper::A4 : TicketPaper::Single);
        QCOMPARE(run(u"pdftoppm"_s, {u"-r"_s, u"150"_s, u"-png"_s, path, m_folder.filePath(u"page"_s)}).exitCode, 0);
        const QDir folder(m_folder.path());
        QStringList read;
        const QStringList pages = folder.entryList({u"page*.png"_s}, QDir::Files, QDir::Name);
        for (const QString &page : pages) {
            const Run scan = run(u"zbarimg"_s, {u"--quiet"_s, u"--raw"_s, folder.filePath(page)});
            read += scan.output.split(u'\n', Qt::SkipEmptyParts);
            QVERIFY(QFile::remove(folder.filePath(page)));
        }
        QStringList wanted = {aCode(1), aCode(2), aCode(3), aCode(4)};
        wanted.sort();
        read.sort();
        QCOMPARE(read, wanted);
        QCOMPARE(pages.size(), onA4 ? 2 : 4);
    }

    void qpdfFindsNoFault()
    {
        const Run check = run(u"qpdf"_s, {u"--check"_s, render(aSheet(4))});
        QVERIFY2(check.exitCode == 0, qPrintable(check.output));
    }

    void everyFieldCanBeReadAsText()
    {
        const Run text = run(u"pdftotext"_s, {u"-enc"_s, u"UTF-8"_s, u"-layout"_s, render(aSheet(1)), u"-"_s});
        QCOMPARE(text.exitCode, 0);
        for (const QString &wanted :
             {u"Die Zauberflöte"_s, u"Wolfgang Amadeus Mozart"_s, u"THEATER AN DER STRASSE"_s, u"Königsplatz 3"_s,
              u"Saturday 12 December 2026"_s, u"19:30"_s, u"Doors open 18:45"_s, u"Lower Gallery"_s, u"SEAT"_s,
              u"Zone A"_s, u"Full price"_s, u"€64.50"_s, u"P-000123"_s, u"Zoë Müller"_s, u"K7QM-2XWD-0001"_s,
              u"Restricted view: behind a pillar"_s})
            QVERIFY2(text.output.normalized(QString::NormalizationForm_KC).contains(wanted),
                     qPrintable(wanted + u" is not in\n"_s + text.output));
    }

    void scriptsThatTheFontLacksAreDrawnWithAnother()
    {
        TicketSheet sheet = aSheet(1);
        sheet.eventTitle =
            u"\u0415\u0432\u0433\u0435\u043D\u0438\u0439 \u041E\u043D\u0435\u0433\u0438\u043D \u0394\u03CD\u03C3\u03B7"_s;
        const Run text = run(u"pdftotext"_s, {u"-enc"_s, u"UTF-8"_s, u"-layout"_s, render(sheet), u"-"_s});
        QVERIFY2(text.output.contains(sheet.eventTitle), qPrintable(text.output));
    }

    void mostDocumentsAreSetInType_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isType");
        QTest::newRow("English") << u"Office \u2013 \u201Caffable\u201D fjord, AVATAR"_s << true;
        QTest::newRow("German") << u"Zo\u00EB M\u00FCller-Stra\u00DFe"_s << true;
        QTest::newRow("Czech and Polish") << u"P\u0159emysl \u0141\u00F3d\u017A \u017Dal\u016F"_s << true;
        QTest::newRow("Greek") << u"\u0394\u03CD\u03C3\u03B7 \u0391\u03B8\u03AE\u03BD\u03B1"_s << true;
        QTest::newRow("Russian") << u"\u0415\u0432\u0433\u0435\u043D\u0438\u0439 \u041E\u043D\u0435\u0433\u0438\u043D"_s
                                 << true;
        QTest::newRow("two scripts") << u"Olga \u041E\u043B\u044C\u0433\u0430"_s << false;
        QTest::newRow("a mark of its own") << u"x\u0303 Abe"_s << false;
        QTest::newRow("Hebrew") << u"\u05E9\u05DC\u05D5\u05DD"_s << false;
    }
    void mostDocumentsAreSetInType()
    {
        QFETCH(const QString, name);
        QFETCH(const bool, isType);
        TicketSheet sheet = aSheet(2);
        sheet.buyerName = name;
        const QString path = render(sheet);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().contains("/Producer (Parterre)"), isType);
        QCOMPARE(run(u"qpdf"_s, {u"--check"_s, path}).exitCode, 0);
        const Run text = run(u"pdftotext"_s, {u"-enc"_s, u"UTF-8"_s, u"-layout"_s, path, u"-"_s});
        // Letters alone: where there are no spaces of ours, readers find some between what stands apart.
        QVERIFY2(lettersOf(text.output).contains(lettersOf(name)), qPrintable(text.output));
    }

    void theSameSheetIsTheSameBytesInEveryThread()
    {
        const TicketSheet sheet = aSheet(3);
        std::array<QByteArray, 3> printed;
        {
            std::vector<std::jthread> workers;
            for (QByteArray &pdf : printed)
                workers.emplace_back([&pdf, &sheet] { pdf = renderTicketsPdf(sheet).value_or(QByteArray()); });
        }
        QVERIFY(printed[0].size() > 1'000);
        QCOMPARE(printed[1], printed[0]);
        QCOMPARE(printed[2], printed[0]);
    }

    void typeIsAsWideAsQtSays_data()
    {
        QTest::addColumn<QString>("words");
        for (const QString &words :
             {u"AVATAR To. Wo fi ffl"_s, u"K7QM-2XWD-0001"_s, u"Saturday 12 December 2026"_s,
              u"Stra\u00DFe \u0141\u00F3d\u017A"_s, u"\u0415\u0432\u0433\u0435\u043D\u0438\u0439"_s})
            QTest::newRow(qPrintable(words)) << words;
    }
    void typeIsAsWideAsQtSays()
    {
        QFETCH(const QString, words);
        for (const PrintFace face : {PrintFace::Text, PrintFace::Display}) {
            for (const QFont::Weight weight : {QFont::Normal, QFont::DemiBold, QFont::Bold}) {
                const QFont font = printFont(12, weight, face);
                const auto width = typeWidth(words, font);
                QVERIFY(width.has_value());
                const qreal byQt = QFontMetricsF(font).horizontalAdvance(words);
                QVERIFY2(std::abs(*width - byQt) < byQt / 500,
                         qPrintable(u"%1: %2 and %3"_s.arg(font.family()).arg(*width).arg(byQt)));
            }
        }
    }

    void aPictureOfModulesIsReadAsItWasMade()
    {
        const auto isDark = [](int column, int row) { return (column * 7 + row * 3) % 5 < 2; };
        const ModulePicture picture(21, 4, isDark);
        const QImage image = QImage::fromData(picture.png(), "PNG");
        QCOMPARE(image.size(), QSize(29 * 8, 29 * 8));
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const int column = x / 8 - 4;
                const int row = y / 8 - 4;
                const bool isInside = column >= 0 && row >= 0 && column < 21 && row < 21;
                QCOMPARE(qGray(image.pixel(x, y)) < 128, isInside && isDark(column, row));
            }
        }
    }

    void allFontsAreEmbedded()
    {
        const Run fonts = run(u"pdffonts"_s, {render(aSheet(1))});
        QCOMPARE(fonts.exitCode, 0);
        const QStringList rows = fonts.output.split(u'\n', Qt::SkipEmptyParts).mid(2);
        QVERIFY(!rows.isEmpty());
        // Embedded, as a subset, with what says which letters its glyphs are.
        for (const QString &row : rows)
            QVERIFY2(row.contains(u"TrueType"_s) && row.contains(u" yes yes yes "_s), qPrintable(row));
    }

    void nothingOverlaps_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<bool>("empty");
        QTest::newRow("usual") << QString() << false;
        QTest::newRow("empty fields") << QString() << true;
        QTest::newRow("many short words") << u"A wide Wagner"_s << false;
        QTest::newRow("one endless word")
            << u"Donaudampfschifffahrtsgesellschaftskapitaensmuetze"_s.repeated(4) << false;
        QTest::newRow("umlauts") << u"ÄÖÜ ÅÅ"_s << false;
        QTest::newRow("Arabic") << u"\u0645\u0631\u062D\u0628\u0627"_s << false;
        QTest::newRow("Thai") << u"\u0E2A\u0E27\u0E31\u0E2A\u0E14\u0E35"_s << false;
    }
    void nothingOverlaps()
    {
        QFETCH(const QString, word);
        QFETCH(const bool, empty);
        TicketSheet sheet = aSheet(1);
        PrintedTicket &ticket = sheet.tickets.front();
        if (empty) {
            sheet = {.eventTitle = u"X"_s, .startsAt = sheet.startsAt, .tickets = {{.qrText = ticket.qrText}}};
        } else if (!word.isEmpty()) {
            for (QString *text :
                 {&sheet.eventTitle, &sheet.subtitle, &sheet.venueName, &sheet.venueAddress, &sheet.buyerName,
                  &sheet.orderNumber, &ticket.humanCode, &ticket.zoneName, &ticket.priceTypeName, &ticket.note})
                *text = longName(word);
            ticket.placeName = u"%1, row %1, seat %1"_s.arg(longName(word).left(40));
        }
        const TicketLayout layout = layoutTicket(sheet, sheet.tickets.front());
        const QRectF page(0, 0, ticketWidthMm * ticketUnitsPerMm, ticketHeightMm * ticketUnitsPerMm);
        const qreal tear = ticketTearMm * ticketUnitsPerMm;
        for (size_t i = 0; i < layout.texts.size(); ++i) {
            const TextBox &a = layout.texts[i];
            QVERIFY2(page.contains(a.box), qPrintable(a.text));
            QVERIFY2(a.box.right() < tear || a.box.left() > tear, qPrintable(a.text));
            QVERIFY2(!a.box.intersects(layout.qrBox), qPrintable(a.text));
            QVERIFY2(QFontMetricsF(a.font).horizontalAdvance(a.text) <= a.box.width() + 1,
                     qPrintable(u"%1: %2 in %3"_s.arg(a.text)
                                    .arg(QFontMetricsF(a.font).horizontalAdvance(a.text))
                                    .arg(a.box.width())));
            for (size_t j = i + 1; j < layout.texts.size(); ++j)
                QVERIFY2(!a.box.adjusted(0, 1, 0, -1).intersects(layout.texts[j].box),
                         qPrintable(a.text + u" | "_s + layout.texts[j].text));
        }
    }

    void theVenuesZoneRulesTheTime_data()
    {
        QTest::addColumn<QString>("zone");
        QTest::addColumn<QString>("time");
        QTest::newRow("Vienna") << u"Europe/Vienna"_s << u"19:30"_s;
        QTest::newRow("New York") << u"America/New_York"_s << u"13:30"_s;
        QTest::newRow("unknown") << u"Nowhere/Land"_s << u"18:30 UTC"_s;
    }
    void theVenuesZoneRulesTheTime()
    {
        QFETCH(const QString, zone);
        QFETCH(const QString, time);
        TicketSheet sheet = aSheet(1);
        sheet.timeZone = zone;
        const TicketLayout layout = layoutTicket(sheet, sheet.tickets.front());
        QVERIFY(std::ranges::any_of(layout.texts, [&time](const TextBox &box) { return box.text == time; }));
    }

    void aPlaceIsTakenApartFromItsEnd()
    {
        QVERIFY((splitPlaceName(u"Balcony, left, row B, seat 12"_s) ==
                 std::vector<PlacePart>{{u"Section"_s, u"Balcony, left"_s}, {u"Row"_s, u"B"_s}, {u"Seat"_s, u"12"_s}}));
        QVERIFY((splitPlaceName(u"Standing"_s) == std::vector<PlacePart>{{u"Admission"_s, u"Standing"_s}}));
        QVERIFY(splitPlaceName(QString()).empty());
    }

    void aSheetWithoutTicketsIsRefused() { QVERIFY(!renderTicketsPdf(aSheet(0)).has_value()); }

    void aTicketWithoutCodeIsRefused()
    {
        TicketSheet sheet = aSheet(1);
        sheet.tickets.front().qrText.clear();
        QVERIFY(!renderTicketsPdf(sheet).has_value());
    }

    void workersMayRenderAtTheSameTime()
    {
        std::array<qsizetype, 4> sizes{};
        {
            std::vector<std::jthread> workers;
            for (qsizetype &size : sizes)
                workers.emplace_back([&size] { size = renderTicketsPdf(aSheet(3)).value_or(QByteArray()).size(); });
        }
        for (const qsizetype size : sizes)
            QVERIFY(size > 1000);
    }
};

QTEST_MAIN(TestTicketPdf)
#include "tst_ticketpdf.moc"
