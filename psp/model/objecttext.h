#pragma once

#include <QByteArray>
#include <QString>

namespace parterre::psp {

/// Writes one JSON object straight into bytes, field by field. What every payment is shown as eight times would as a
/// tree of values cost more than everything else that is done for it.
class ObjectText
{
public:
    explicit ObjectText(qsizetype bytesExpected = 256);

    ObjectText &text(const char *name, const QString &value);
    ObjectText &text(const char *name, const char *value) { return json(name, quoted(value)); }
    /// An empty text is null, as on the wire.
    ObjectText &textOrNull(const char *name, const QString &value);
    ObjectText &number(const char *name, qint64 value);
    ObjectText &flag(const char *name, bool value) { return json(name, value ? "true" : "false"); }
    ObjectText &null(const char *name) { return json(name, "null"); }
    /// What is JSON already.
    ObjectText &json(const char *name, QByteArrayView value);
    /// Ends the object.
    [[nodiscard]] QByteArray take();

    /// Of ASCII, with nothing in it that JSON escapes.
    [[nodiscard]] static QByteArray quoted(const char *plain) { return '"' + QByteArray(plain) + '"'; }

private:
    void addName(const char *name);

    QByteArray m_bytes;
};

} // namespace parterre::psp
