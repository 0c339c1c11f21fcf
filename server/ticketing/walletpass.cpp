#include "ticketing/walletpass.h"

#include "base/assert.h"
#include "ticketing/sheettext.h"

#include <QBuffer>
#include <QCryptographicHash>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPainter>
#include <QPainterPath>

#include <zip.h>

#include <map>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr auto inkText = "rgb(255, 255, 255)";
constexpr auto labelText = "rgb(232, 205, 208)";
constexpr auto groundText = "rgb(122, 30, 46)";
constexpr QColor ground(0x7A, 0x1E, 0x2E);
constexpr int iconPoints = 29; ///< Apple's size; the names of larger ones end with their factor.
constexpr int logoPoints = 50;

using Files = std::map<QString, QByteArray>;

QJsonObject field(const QString &key, const QString &label, const QString &value)
{
    return {{u"key"_s, key}, {u"label"_s, label}, {u"value"_s, value}};
}

/// Fields without a value would leave a label with nothing under it.
void add(QJsonArray &fields, const QString &key, const QString &label, const QString &value)
{
    if (!value.simplified().isEmpty())
        fields.append(field(key, label, value.simplified()));
}

QJsonArray placeFields(const PrintedTicket &ticket)
{
    QJsonArray fields;
    for (const PlacePart &part : splitPlaceName(ticket.placeName))
        add(fields, part.label.toLower(), part.label, part.value);
    return fields;
}

QJsonArray backFields(const TicketSheet &sheet, const PrintedTicket &ticket)
{
    QJsonArray fields;
    add(fields, u"place"_s, u"Place"_s, ticket.placeName);
    add(fields, u"price"_s, u"Price"_s, u"%1, %2"_s.arg(ticket.priceTypeName, priceText(ticket.price)));
    add(fields, u"note"_s, u"Please note"_s, ticket.note);
    add(fields, u"holder"_s, u"Name"_s, ticket.holderName.isEmpty() ? sheet.buyerName : ticket.holderName);
    add(fields, u"address"_s, u"Address"_s, sheet.venueAddress);
    add(fields, u"order"_s, u"Order"_s, sheet.orderNumber);
    add(fields, u"code"_s, u"Ticket code"_s, ticket.humanCode);
    return fields;
}

/// Apple's names for the parts of a seat, for suggestions on the telephone.
QJsonObject seatSemantics(const PrintedTicket &ticket)
{
    QJsonObject seat;
    for (const PlacePart &part : splitPlaceName(ticket.placeName)) {
        if (part.label == u"Seat")
            seat.insert(u"seatNumber"_s, part.value);
        else if (part.label == u"Row")
            seat.insert(u"seatRow"_s, part.value);
        else
            seat.insert(u"seatSection"_s, part.value);
    }
    return seat;
}

QByteArray png(const QImage &image)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    const bool isWritten = image.save(&buffer, "PNG");
    PT_ASSERT(isWritten, "Qt writes PNG by itself");
    return bytes;
}

/// Three rows of seats in front of a stage, on a square of so many points.
void drawHouse(QPainter &painter, QRectF square, const QColor &color)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const qreal unit = square.width() / 20;
    const auto at = [&](qreal x, qreal y) { return square.topLeft() + QPointF(x, y) * unit; };
    painter.drawRoundedRect(QRectF(at(5, 3.2), at(15, 5.4)), unit * 0.7, unit * 0.7);
    constexpr qreal seatSide = 2.6;
    const auto row = [&](qreal y, int seats) {
        const qreal pitch = 3.6;
        const qreal first = 10 - ((seats - 1) * pitch + seatSide) / 2;
        for (int i = 0; i < seats; ++i) {
            const QPointF corner = at(first + i * pitch, y);
            painter.drawRoundedRect(QRectF(corner, QSizeF(seatSide, seatSide) * unit), unit * 0.8, unit * 0.8);
        }
    };
    row(7.4, 3);
    row(11, 4);
    row(14.6, 5);
}

QByteArray iconPng(int factor)
{
    QImage image(iconPoints * factor, iconPoints * factor, QImage::Format_ARGB32_Premultiplied);
    image.fill(ground);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    drawHouse(painter, image.rect(), Qt::white);
    painter.end();
    return png(image);
}

/// Beside it the telephone writes the venue's name (`logoText`).
QByteArray logoPng(int factor)
{
    QImage image(logoPoints * factor, logoPoints * factor, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    drawHouse(painter, image.rect(), Qt::white);
    painter.end();
    return png(image);
}

/// The pictures are the same in every pass.
const Files &pictures()
{
    static const Files drawn{{u"icon.png"_s, iconPng(1)},    {u"icon@2x.png"_s, iconPng(2)},
                             {u"icon@3x.png"_s, iconPng(3)}, {u"logo.png"_s, logoPng(1)},
                             {u"logo@2x.png"_s, logoPng(2)}, {u"logo@3x.png"_s, logoPng(3)}};
    return drawn;
}

QByteArray manifestOf(const Files &files)
{
    QJsonObject manifest;
    for (const auto &[name, bytes] : files) {
        // Apple's format asks for SHA-1; what is believed is the signature.
        manifest.insert(name, QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha1).toHex()));
    }
    return QJsonDocument(manifest).toJson();
}

Result<QByteArray> zipOf(const Files &files)
{
    const auto failed = [](const char *what) {
        return refuse(ErrorCode::Internal, u"The pass could not be packed: %1."_s.arg(QString::fromUtf8(what)));
    };
    zip_error_t error{};
    zip_source_t *target = zip_source_buffer_create(nullptr, 0, 0, &error);
    if (!target)
        return failed(zip_error_strerror(&error));
    zip_source_keep(target); // zip_close() gives one reference back, and what was written is read by ours.
    const std::unique_ptr<zip_source_t, void (*)(zip_source_t *)> kept(target, zip_source_free);
    zip_t *archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
    if (!archive) {
        zip_source_free(target);
        return failed(zip_error_strerror(&error));
    }
    for (const auto &[name, bytes] : files) {
        zip_source_t *source =
            zip_source_buffer(archive, bytes.constData(), static_cast<zip_uint64_t>(bytes.size()), 0);
        if (!source || zip_file_add(archive, name.toUtf8().constData(), source, ZIP_FL_ENC_UTF_8) < 0) {
            zip_source_free(source);
            zip_discard(archive);
            return failed("an entry was refused");
        }
    }
    if (zip_close(archive) != 0) {
        zip_discard(archive);
        return failed("it could not be closed");
    }
    zip_stat_t stat{};
    if (zip_source_stat(target, &stat) != 0 || zip_source_open(target) != 0)
        return failed("it could not be read again");
    QByteArray bytes(static_cast<qsizetype>(stat.size), Qt::Uninitialized);
    const zip_int64_t read = zip_source_read(target, bytes.data(), stat.size);
    zip_source_close(target);
    if (read != static_cast<zip_int64_t>(stat.size))
        return failed("it could not be read again");
    return bytes;
}

} // namespace

QJsonObject passJson(const TicketSheet &sheet, const PassSigner &signer)
{
    const PrintedTicket &ticket = sheet.tickets.front();
    const QJsonObject code{{u"format"_s, u"PKBarcodeFormatQR"_s},
                           {u"message"_s, ticket.qrText},
                           {u"messageEncoding"_s, u"iso-8859-1"_s},
                           {u"altText"_s, ticket.humanCode}};
    QJsonArray secondary;
    add(secondary, u"venue"_s, u"Venue"_s, sheet.venueName);
    add(secondary, u"doors"_s, u"Doors"_s, doorsText(sheet));
    add(secondary, u"type"_s, u"Ticket"_s, ticket.priceTypeName);
    const QString title = sheet.eventTitle.simplified();
    QJsonObject json{
        {u"formatVersion"_s, 1},
        {u"passTypeIdentifier"_s, signer.passType()},
        {u"teamIdentifier"_s, signer.team()},
        {u"serialNumber"_s, ticket.id.text()},
        {u"organizationName"_s, sheet.venueName.simplified()},
        {u"description"_s, u"Ticket: %1, %2"_s.arg(title, dateText(sheet))},
        {u"logoText"_s, sheet.venueName.simplified()},
        {u"foregroundColor"_s, QString::fromLatin1(inkText)},
        {u"labelColor"_s, QString::fromLatin1(labelText)},
        {u"backgroundColor"_s, QString::fromLatin1(groundText)},
        {u"groupingIdentifier"_s, sheet.orderNumber},
        {u"relevantDate"_s, instantToText(std::chrono::floor<Seconds>(sheet.startsAt))},
        {u"barcodes"_s, QJsonArray{code}},
        {u"eventTicket"_s,
         QJsonObject{{u"headerFields"_s, QJsonArray{field(u"time"_s, dateText(sheet), timeText(sheet))}},
                     {u"primaryFields"_s, QJsonArray{field(u"event"_s, sheet.subtitle.simplified(), title)}},
                     {u"secondaryFields"_s, secondary},
                     {u"auxiliaryFields"_s, placeFields(ticket)},
                     {u"backFields"_s, backFields(sheet, ticket)}}},
        {u"semantics"_s, QJsonObject{{u"eventName"_s, title},
                                     {u"venueName"_s, sheet.venueName.simplified()},
                                     {u"eventStartDate"_s, instantToText(std::chrono::floor<Seconds>(sheet.startsAt))},
                                     {u"seats"_s, QJsonArray{seatSemantics(ticket)}}}}};
    return json;
}

Result<QByteArray> makeWalletPass(const TicketSheet &sheet, const PassSigner &signer, Instant now)
{
    if (sheet.tickets.size() != 1)
        return refuse(ErrorCode::WrongState, u"A pass is of one ticket."_s, u"/ticket"_s);
    Files files = pictures();
    files.emplace(u"pass.json"_s, QJsonDocument(passJson(sheet, signer)).toJson());
    const QByteArray manifest = manifestOf(files);
    PT_TRY(QByteArray signature, signer.sign(manifest, now));
    files.emplace(u"manifest.json"_s, manifest);
    files.emplace(u"signature"_s, std::move(signature));
    return zipOf(files);
}

} // namespace parterre::server
