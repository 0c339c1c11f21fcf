// Draws the pictures of docs/images that need no server: the demo house on the seat map, and a sheet of its tickets.
//
//     pictures FOLDER      writes globe.png and ticket.pdf; pdftoppm makes a picture of the latter

#include "common/theme.h"
#include "domain/layout/layoutannotations.h"
#include "domain/layout/pretixplan.h"
#include "seatmap/seatmapcanvas.h"
#include "seatmap/seatmapview.h"
#include "support/sampleplan.h"
#include "ticketing/ticketpdf.h"
#include "ticketing/ticketsigner.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QJsonDocument>

#include <cstdio>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

QByteArray demoFile(const QString &name)
{
    QFile file(QStringLiteral(PARTERRE_SOURCE_DIR "/resources/demo/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(name));
    return file.readAll();
}

std::shared_ptr<const LayoutIndex> demoHouse()
{
    const auto plan = importPretixPlan(demoFile(u"globe.pretix.json"_s));
    if (!plan)
        qFatal("%s", qPrintable(plan.error().message));
    const auto notes = QJsonDocument::fromJson(demoFile(u"globe.annotations.json"_s)).object();
    auto house = applyLayoutAnnotations(plan->layout, notes);
    if (!house)
        qFatal("%s", qPrintable(house.error().message));
    return std::make_shared<const LayoutIndex>(*std::move(house));
}

QByteArray ticketsFor(const LayoutIndex &house)
{
    server::TicketSheet sheet{.eventTitle = u"Twelfth Night"_s,
                              .subtitle = u"by William Shakespeare"_s,
                              .venueName = u"Shakespeare's Globe"_s,
                              .venueAddress = u"21 New Globe Walk, Bankside, London SE1 9DT"_s,
                              .startsAt = *instantFromText(u"2026-12-04T19:30:00Z"_s),
                              .doorsAt = *instantFromText(u"2026-12-04T18:45:00Z"_s),
                              .timeZone = u"Europe/London"_s,
                              .orderNumber = u"P-000123"_s,
                              .buyerName = u"Judith Quiney"_s,
                              .tickets = {}};
    const auto signer = server::TicketSigner::fromSeed(1, QByteArray(server::ticketSeedBytes, 's'));
    const auto add = [&](const QString &place, const QString &zone, const QString &note, bool isArea, int number) {
        const TicketPayload payload{.ticket = TicketId::create(),
                                    .performance = 9,
                                    .placeNumber = static_cast<quint32>(number),
                                    .isArea = isArea,
                                    .notAfter = std::chrono::floor<Seconds>(sheet.startsAt)};
        sheet.tickets.push_back({.id = payload.ticket,
                                 .humanCode = QStringList{u"K7QM-2XWD"_s, u"0FHP-9TRB"_s, u"MZ4C-61VA"_s}.at(
                                     static_cast<qsizetype>(sheet.tickets.size())),
                                 .placeName = place,
                                 .zoneName = zone,
                                 .priceTypeName = u"Adult"_s,
                                 .price = Money(isArea ? 1'000 : 5'500, *Currency::fromCode(u"GBP"_s)),
                                 .note = note,
                                 .qrText = signer->sign(payload)});
    };
    int plain = -1;
    int restricted = -1;
    for (int i = house.seatCount() - 1; i >= 0; --i)
        (house.seat(i).restrictedView ? restricted : plain) = i;
    for (const int seat : {plain, restricted}) {
        add(house.seatName(seat), house.layout().categories.at(static_cast<size_t>(house.seat(seat).category)).name,
            house.seat(seat).note, false, seat);
    }
    add(house.area(0).name, house.layout().categories.at(static_cast<size_t>(house.area(0).category)).name, {}, true,
        0);
    const auto pdf = server::renderTicketsPdf(sheet, server::TicketPaper::A4);
    if (!pdf)
        qFatal("%s", qPrintable(pdf.error().message));
    return *pdf;
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    if (argc != 2) {
        std::fprintf(stderr, "usage: pictures FOLDER\n");
        return 2;
    }
    ui::applyTheme(application, ui::ThemeMode::Light);
    const QDir folder(QString::fromLocal8Bit(argv[1]));
    const auto house = demoHouse();
    ui::SeatMapView view;
    view.resize(1500, 1150);
    view.canvas()->setLayout(house);
    view.canvas()->setSnapshot(tests::mixedStates(*house, 7));
    view.show();
    QApplication::processEvents();
    if (!view.grab().save(folder.filePath(u"globe.png"_s)))
        qFatal("globe.png cannot be written");
    QFile file(folder.filePath(u"ticket.pdf"_s));
    if (!file.open(QIODevice::WriteOnly))
        qFatal("ticket.pdf cannot be written");
    file.write(ticketsFor(*house));
    return 0;
}
