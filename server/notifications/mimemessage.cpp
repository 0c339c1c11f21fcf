#include "notifications/mimemessage.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype lineMax = 76;
constexpr qsizetype encodedWordBytes = 42; // Of UTF-8: 56 of Base64 and 12 around it stay below the 75 of RFC 2047.

/// One line of a header: whatever would end it or hide in it is a space.
QString oneLine(const QString &text)
{
    QString safe;
    for (const QChar c : text) {
        const bool isControl = c.category() == QChar::Other_Control || c.category() == QChar::Separator_Line ||
                               c.category() == QChar::Separator_Paragraph;
        safe += isControl ? QChar(u' ') : c;
    }
    return safe.simplified();
}

bool isPlain(const QString &text)
{
    return std::ranges::all_of(text, [](QChar c) { return c.unicode() >= 0x20 && c.unicode() < 0x7F; });
}

/// RFC 2047 section 2, in words of whole characters, one a line.
QByteArray encodedWords(const QString &text)
{
    QByteArray words;
    QByteArray word;
    const auto flush = [&] {
        if (word.isEmpty())
            return;
        words += (words.isEmpty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + word.toBase64() + "?=";
        word.clear();
    };
    for (const char32_t character : text.toUcs4()) {
        const QByteArray bytes = QString::fromUcs4(&character, 1).toUtf8();
        if (word.size() + bytes.size() > encodedWordBytes)
            flush();
        word += bytes;
    }
    flush();
    return words;
}

/// Unstructured (RFC 5322 section 2.2.1): plain where it fits on its line, encoded else. What looks like an encoded
/// word is encoded too, or its reader would decode it.
QByteArray unstructured(const QByteArray &name, const QString &value)
{
    const QString line = oneLine(value);
    const bool isSimple = isPlain(line) && line.size() + name.size() + 2 <= lineMax && !line.contains(u"=?"_s);
    return name + ": " + (isSimple ? line.toLatin1() : encodedWords(line)) + "\r\n";
}

QByteArray mailbox(const QByteArray &header, const MailAddress &who, const QString &envelope)
{
    const QString name = oneLine(who.name);
    const QByteArray address = '<' + envelope.toLatin1() + '>';
    if (name.isEmpty())
        return header + ": " + address + "\r\n";
    static const QRegularExpression atoms(u"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$"_s);
    const bool isSimple = atoms.match(name).hasMatch() && name.size() <= 50 && !name.contains(u"=?"_s);
    return header + ": " + (isSimple ? name.toLatin1() : encodedWords(name)) + "\r\n " + address + "\r\n";
}

/// Straight into the mail, since most of it is files: each copy of them costs as much as encoding them.
void addBase64Lines(QByteArray &out, const QByteArray &bytes)
{
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    constexpr qsizetype bytesOfALine = lineMax / 4 * 3;
    const qsizetype groups = (bytes.size() + 2) / 3;
    const qsizetype lines = (bytes.size() + bytesOfALine - 1) / bytesOfALine;
    const qsizetype begin = out.size();
    out.resize(begin + groups * 4 + lines * 2);
    char *at = out.data() + begin;
    const auto *from = reinterpret_cast<const uchar *>(bytes.constData());
    for (qsizetype line = 0; line < lines; ++line) {
        qsizetype left = std::min(bytesOfALine, bytes.size() - line * bytesOfALine);
        for (; left >= 3; left -= 3, from += 3) {
            const quint32 three = quint32(from[0]) << 16 | quint32(from[1]) << 8 | from[2];
            *at++ = digits[three >> 18];
            *at++ = digits[three >> 12 & 63];
            *at++ = digits[three >> 6 & 63];
            *at++ = digits[three & 63];
        }
        if (left > 0) {
            const quint32 rest = quint32(from[0]) << 16 | (left > 1 ? quint32(from[1]) << 8 : 0);
            *at++ = digits[rest >> 18];
            *at++ = digits[rest >> 12 & 63];
            *at++ = left > 1 ? digits[rest >> 6 & 63] : '=';
            *at++ = '=';
        }
        *at++ = '\r';
        *at++ = '\n';
    }
}

/// RFC 2045 section 6.7.
void addQuotedPrintable(QByteArray &out, const QString &text)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    QByteArray utf8 = text.toUtf8();
    if (utf8.contains('\r'))
        utf8.replace("\r\n", "\n").replace('\r', '\n');
    // Byte by byte, since a piece of its own for each was a tenth of what a mail cost; at worst each is three.
    QByteArray encoded(utf8.size() * 3 + utf8.size() / 8 + utf8.count('\n') * 2 + 8, Qt::Uninitialized);
    char *at = encoded.data();
    for (qsizetype begin = 0; begin <= utf8.size();) {
        const qsizetype found = utf8.indexOf('\n', begin);
        const qsizetype end = found < 0 ? utf8.size() : found;
        qsizetype column = 0;
        for (qsizetype i = begin; i < end; ++i) {
            const char c = utf8.at(i);
            const bool isBlank = c == ' ' || c == '\t';
            // A blank at the end is lost on the way, and a lone dot ends a message of SMTP.
            const bool isLiteral =
                (c > ' ' && c <= '~' && c != '=' && !(c == '.' && column == 0)) || (isBlank && i + 1 < end);
            const qsizetype size = isLiteral ? 1 : 3;
            if (column + size > lineMax - 1) {
                *at++ = '=';
                *at++ = '\r';
                *at++ = '\n';
                column = 0;
            }
            if (isLiteral) {
                *at++ = c;
            } else {
                *at++ = '=';
                *at++ = digits[static_cast<uchar>(c) >> 4];
                *at++ = digits[static_cast<uchar>(c) & 15];
            }
            column += size;
        }
        *at++ = '\r';
        *at++ = '\n';
        begin = end + 1;
    }
    out.append(encoded.constData(), at - encoded.constData());
}

/// RFC 6266 and RFC 2183 readers agree on names of these characters alone.
QByteArray safeFileName(const QString &name)
{
    static const QRegularExpression others(u"[^A-Za-z0-9._-]+"_s);
    QString safe = name;
    safe.replace(others, u"-"_s);
    while (safe.startsWith(u'.') || safe.startsWith(u'-'))
        safe.remove(0, 1);
    return safe.isEmpty() ? QByteArray("attachment") : safe.left(60).toLatin1();
}

/// Neither Base64 nor quoted-printable can hold `=_`, so no part can hold the boundary.
class Boundaries
{
public:
    explicit Boundaries(const QString &messageId)
        : m_stem(QCryptographicHash::hash(messageId.toUtf8(), QCryptographicHash::Sha256).toHex().left(24))
    {}
    [[nodiscard]] QByteArray of(const char *kind) const { return QByteArray("=_") + kind + '_' + m_stem; }

private:
    QByteArray m_stem;
};

/// Writes the parts of a mail one after the other into one place.
class PartWriter
{
public:
    explicit PartWriter(QByteArray &out)
        : m_out(out)
    {}

    /// Until endMultipart() of the same boundary, each part begins with beginPart().
    void beginMultipart(const char *subtype, const QByteArray &boundary)
    {
        m_out += QByteArray("Content-Type: multipart/") + subtype + ";\r\n boundary=\"" + boundary + "\"\r\n\r\n";
    }
    void beginPart(const QByteArray &boundary) { m_out += "--" + boundary + "\r\n"; }
    void endPart() { m_out += "\r\n"; }
    void endMultipart(const QByteArray &boundary) { m_out += "--" + boundary + "--\r\n"; }

    void addText(const char *subtype, const QString &text)
    {
        m_out += QByteArray("Content-Type: text/") + subtype +
                 "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
        addQuotedPrintable(m_out, text);
    }
    void addFile(const MailFile &file, const char *disposition)
    {
        const QByteArray name = safeFileName(file.fileName);
        m_out += "Content-Type: " + file.contentType + ";\r\n name=\"" + name +
                 "\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: " + disposition +
                 ";\r\n filename=\"" + name + "\"\r\n";
        if (!file.contentId.isEmpty())
            m_out += "Content-ID: <" + file.contentId.toLatin1() + ">\r\n";
        m_out += "\r\n";
        addBase64Lines(m_out, file.bytes);
    }

private:
    QByteArray &m_out;
};

/// mixed( alternative( text/plain, related( text/html, pictures ) ), attachments )
void addParts(QByteArray &out, const MailMessage &message)
{
    const Boundaries boundaries(message.messageId);
    const QByteArray mixed = boundaries.of("mixed");
    const QByteArray alternative = boundaries.of("alternative");
    const QByteArray related = boundaries.of("related");
    PartWriter writer(out);
    writer.beginMultipart("mixed", mixed);
    writer.beginPart(mixed);
    writer.beginMultipart("alternative", alternative);
    writer.beginPart(alternative);
    writer.addText("plain", message.text);
    writer.endPart();
    writer.beginPart(alternative);
    writer.beginMultipart("related", related);
    writer.beginPart(related);
    writer.addText("html", message.html);
    writer.endPart();
    for (const MailFile &picture : message.pictures) {
        writer.beginPart(related);
        writer.addFile(picture, "inline");
        writer.endPart();
    }
    writer.endMultipart(related);
    writer.endPart();
    writer.endMultipart(alternative);
    writer.endPart();
    for (const MailFile &file : message.attachments) {
        writer.beginPart(mixed);
        writer.addFile(file, "attachment");
        writer.endPart();
    }
    writer.endMultipart(mixed);
}

qsizetype sizeExpected(const MailMessage &message)
{
    qsizetype files = 0;
    for (const std::vector<MailFile> *some : {&message.pictures, &message.attachments}) {
        for (const MailFile &file : *some)
            files += file.bytes.size() + 512;
    }
    constexpr qsizetype headers = 2'048;
    return headers + (message.text.size() + message.html.size()) * 9 / 8 + files / 3 * 4 + files / 30;
}

} // namespace

Result<QString> envelopeAddress(const QString &address)
{
    const auto refused = [] {
        return refuse(ErrorCode::InvalidInput,
                      u"Mail cannot be sent to this address. Use one such as name@example.org, with letters A to Z "
                      "before the @."_s,
                      u"/email"_s);
    };
    const qsizetype at = address.lastIndexOf(u'@');
    if (at < 1)
        return refused();
    const QString domain = QString::fromLatin1(QUrl::toAce(address.mid(at + 1)));
    static const QRegularExpression local(u"\\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
                                          "(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\\z"_s);
    static const QRegularExpression host(u"\\A[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
                                         "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\\z"_s);
    if (at > 64 || domain.size() > 189 || !local.match(address.left(at)).hasMatch() || !host.match(domain).hasMatch())
        return refused();
    return QString(address.left(at) + u'@' + domain);
}

Result<QByteArray> composeMail(const MailMessage &message)
{
    PT_TRY(const QString from, envelopeAddress(message.from.address));
    PT_TRY(const QString to, envelopeAddress(message.to.address));
    const qint64 seconds = std::chrono::floor<Seconds>(message.date).time_since_epoch().count();
    const QString date = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(Qt::RFC2822Date);
    QByteArray mail;
    mail.reserve(sizeExpected(message));
    mail += "Date: " + date.toLatin1() + "\r\nMessage-ID: <" + oneLine(message.messageId).remove(u' ').toLatin1() +
            ">\r\n" + mailbox("From", message.from, from) + mailbox("To", message.to, to) +
            unstructured("Subject", message.subject) + "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
    addParts(mail, message);
    return mail;
}

} // namespace parterre::server
