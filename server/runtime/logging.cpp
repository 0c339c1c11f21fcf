#include "runtime/logging.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLoggingCategory>
#include <QRegularExpression>

#include <atomic>
#include <cstdio>

#include <unistd.h>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

std::atomic<LogFormat> chosenFormat = LogFormat::Json;

QString levelName(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return u"debug"_s;
    case QtInfoMsg:
        return u"info"_s;
    case QtWarningMsg:
        return u"warning"_s;
    case QtCriticalMsg:
    case QtFatalMsg:
        break;
    }
    return u"error"_s;
}

void write(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const LogRecord record{.time = SystemClock().now(),
                           .level = levelName(type),
                           .logger = QString::fromUtf8(context.category),
                           .message = message};
    const QByteArray line = formatLogRecord(record, chosenFormat).toUtf8() + '\n';
    // One write a line, so that lines of several threads do not mix.
    (void)!::write(STDERR_FILENO, line.constData(), static_cast<size_t>(line.size()));
}

QString escaped(const QString &text)
{
    QString result;
    result.reserve(text.size());
    for (const QChar character : text) {
        if (character == u'\n')
            result += u"\\n"_s;
        else if (character == u'\r')
            result += u"\\r"_s;
        else if (character.category() == QChar::Other_Control || character == QChar(0x2028) ||
                 character == QChar(0x2029))
            result += u"\\u%1"_s.arg(character.unicode(), 4, 16, QLatin1Char('0'));
        else
            result += character;
    }
    return result;
}

} // namespace

QString redacted(const QString &text)
{
    static const QRegularExpression email(u"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+"_s);
    static const QRegularExpression token(
        u"(?i)(bearer\\s+|pt_(?:live|test)_|password=|token=|sid=)(?:'[^']*'|[^\\s\"',;&]+)"_s);
    static const QRegularExpression userInfo(u"(://[^/\\s:@]*:)[^/\\s@]+@"_s);
    return QString(text)
        .replace(userInfo, u"\\1[redacted]@"_s)
        .replace(email, u"[email]"_s)
        .replace(token, u"\\1[redacted]"_s);
}

QString formatLogRecord(const LogRecord &record, LogFormat format)
{
    const QString message = redacted(record.message);
    if (format == LogFormat::Text)
        return u"%1 %2 %3: %4"_s.arg(instantToText(record.time), record.level.leftJustified(7), record.logger,
                                     escaped(message));
    const QJsonObject object{{u"ts"_s, instantToText(record.time)},
                             {u"level"_s, record.level},
                             {u"logger"_s, record.logger},
                             {u"msg"_s, message}};
    // Compact JSON has control characters only inside of its strings, where the same escapes are valid.
    return escaped(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
}

void installLogging(const QString &level, const QString &format)
{
    const bool isText = format == u"text" || (format == u"auto" && ::isatty(STDERR_FILENO) == 1);
    chosenFormat = isText ? LogFormat::Text : LogFormat::Json;
    QString rules = u"*.debug=%1\n*.info=%2\n*.warning=%3\nqt.*.debug=false\n"_s;
    const auto onOff = [](bool isOn) { return isOn ? u"true"_s : u"false"_s; };
    rules = rules.arg(onOff(level == u"debug"), onOff(level == u"debug" || level == u"info"), onOff(level != u"error"));
    QLoggingCategory::setFilterRules(rules);
    qInstallMessageHandler(write);
}

} // namespace parterre::server
