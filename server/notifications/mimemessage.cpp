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

QByteArray base64Lines(const QByteArray &bytes)
{
    const QByteArray text = bytes.toBase64();
    QByteArray lines;
    lines.reserve(text.size() + text.size() / lineMax * 2 + 2);
    for (qsizetype i = 0; i < text.size(); i += lineMax)
        lines.append(text.constData() + i, std::min(lineMax, text.size() - i)).append("\r\n", 2);
    return lines;
}

/// RFC 2045 section 6.7.
QByteArray quotedPrintable(const QString &text)
{
    QString plain = text;
    plain.replace(u"\r\n"_s, u"\n"_s).replace(u'\r', u'\n');
    static constexpr char digits[] = "0123456789ABCDEF";
    const QByteArray utf8 = plain.toUtf8();
    QByteArray out; // Byte by byte, since a piece of its own for each was a tenth of what a mail cost.
    out.reserve(utf8.size() + utf8.size() / 8);
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
                out.append("=\r\n", 3);
                column = 0;
            }
            if (isLiteral)
                out.append(c);
            else
                out.append('=').append(digits[static_cast<uchar>(c) >> 4]).append(digits[static_cast<uchar>(c) & 15]);
            column += size;
        }
        out.append("\r\n", 2);
        begin = end + 1;
    }
    return out;
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

QByteArray joined(const QByteArray &boundary, const QByteArrayList &parts)
{
    QByteArray out;
    for (const QByteArray &part : parts)
        out += "--" + boundary + "\r\n" + part + "\r\n";
    return out + "--" + boundary + "--\r\n";
}

QByteArray multipart(const QByteArray &subtype, const QByteArray &boundary, const QByteArrayList &parts)
{
    return "Content-Type: multipart/" + subtype + ";\r\n boundary=\"" + boundary + "\"\r\n\r\n" +
           joined(boundary, parts);
}

QByteArray textPart(const QByteArray &subtype, const QString &text)
{
    return "Content-Type: text/" + subtype + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
           quotedPrintable(text);
}

QByteArray filePart(const MailFile &file, const QByteArray &disposition)
{
    const QByteArray name = safeFileName(file.fileName);
    QByteArray part = "Content-Type: " + file.contentType + ";\r\n name=\"" + name +
                      "\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: " + disposition +
                      ";\r\n filename=\"" + name + "\"\r\n";
    if (!file.contentId.isEmpty())
        part += "Content-ID: <" + file.contentId.toLatin1() + ">\r\n";
    return part + "\r\n" + base64Lines(file.bytes);
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
    const Boundaries boundaries(message.messageId);

    QByteArrayList related{textPart("html", message.html)};
    for (const MailFile &picture : message.pictures)
        related.append(filePart(picture, "inline"));
    const QByteArray html = multipart("related", boundaries.of("related"), related);
    QByteArrayList mixed{
        multipart("alternative", boundaries.of("alternative"), {textPart("plain", message.text), html})};
    for (const MailFile &file : message.attachments)
        mixed.append(filePart(file, "attachment"));

    const qint64 seconds = std::chrono::floor<Seconds>(message.date).time_since_epoch().count();
    const QString date = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(Qt::RFC2822Date);
    return "Date: " + date.toLatin1() + "\r\nMessage-ID: <" + oneLine(message.messageId).remove(u' ').toLatin1() +
           ">\r\n" + mailbox("From", message.from, from) + mailbox("To", message.to, to) +
           unstructured("Subject", message.subject) + "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" +
           multipart("mixed", boundaries.of("mixed"), mixed);
}

} // namespace parterre::server
