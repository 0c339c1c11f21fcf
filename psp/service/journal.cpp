#include "service/journal.h"

#include "model/objecttext.h"

#include <QJsonDocument>

#include <utility>

namespace parterre::psp {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 lineBytesMax = 1024 * 1024;

qint64 micros(Instant instant)
{
    return instant.time_since_epoch().count();
}

/// False for a line that says nothing we know.
bool doAgain(const QJsonObject &line, Processor &processor)
{
    const Instant at{std::chrono::microseconds(line.value(u"at"_s).toInteger())};
    const QString what = line.value(u"what"_s).toString();
    if (what == u"call"_s) {
        Call call{.method = line.value(u"method"_s).toString(),
                  .path = line.value(u"path"_s).toString().split(u'/'),
                  .form = line.value(u"form"_s).toObject(),
                  .idempotencyKey = line.value(u"key"_s).toString(),
                  .requestId = line.value(u"request"_s).toString()};
        (void)processor.handle(call, Fate::fromJson(line.value(u"fate"_s).toObject()), at);
    } else if (what == u"due"_s) {
        processor.settleDue(at);
    } else if (what == u"action"_s) {
        const bool confirms = line.value(u"confirms"_s).toBool();
        (void)processor.answerAction(line.value(u"intent"_s).toString(), line.value(u"secret"_s).toString(),
                                     confirms ? Intents::Holder::Confirms : Intents::Holder::Refuses, at);
    } else if (what == u"delivered"_s) {
        processor.delivered(line.value(u"event"_s).toString(), line.value(u"endpoint"_s).toString());
    } else if (what == u"endpoint"_s) {
        (void)processor.keepEndpoint(line.value(u"url"_s).toString(), line.value(u"secret"_s).toString(), at);
    } else {
        return false;
    }
    return true;
}

} // namespace

Result<Journal> Journal::open(const QString &path, const QByteArray &seed)
{
    Journal journal;
    journal.m_seed = seed;
    if (path.isEmpty())
        return journal;
    journal.m_file = std::make_unique<QFile>(path);
    if (!journal.m_file->open(QIODevice::ReadWrite | QIODevice::Unbuffered))
        return refuse(ErrorCode::Unavailable,
                      u"The journal %1 cannot be opened: %2."_s.arg(path, journal.m_file->errorString()));
    journal.m_file->setPermissions(QFile::ReadOwner | QFile::WriteOwner); // It holds the secrets of webhooks.
    const QByteArray first = journal.m_file->readLine(lineBytesMax);
    if (first.endsWith('\n')) {
        journal.m_seed =
            QByteArray::fromHex(QJsonDocument::fromJson(first).object().value(u"seed"_s).toString().toLatin1());
        if (journal.m_seed.isEmpty())
            return refuse(ErrorCode::InvalidInput, u"%1 is not a journal of parterre-psp."_s.arg(path));
        return journal;
    }
    journal.m_file->resize(0);
    journal.m_file->seek(0);
    PT_CHECK(journal.write(ObjectText().text("seed", seed.toHex().constData()).take()));
    return journal;
}

Status Journal::replay(Processor &processor)
{
    while (m_file && !m_file->atEnd()) {
        const qint64 begin = m_file->pos();
        const QByteArray line = m_file->readLine(lineBytesMax);
        if (!line.endsWith('\n')) {
            m_file->resize(begin);
            m_file->seek(begin);
            break;
        }
        if (!doAgain(QJsonDocument::fromJson(line).object(), processor))
            return refuse(ErrorCode::InvalidInput,
                          u"The journal %1 cannot be read at byte %2."_s.arg(m_file->fileName()).arg(begin));
    }
    (void)processor.books().takeNewEvents(); // They were sent, or are still among the pending ones.
    return {};
}

Status Journal::write(const QByteArray &line)
{
    keep(line);
    return writeKept();
}

void Journal::keep(const QByteArray &line)
{
    if (m_file)
        m_kept += line + '\n';
}

Status Journal::writeKept()
{
    const QByteArray bytes = std::exchange(m_kept, {});
    if (!bytes.isEmpty() && m_file->write(bytes) != bytes.size())
        return refuse(ErrorCode::Unavailable, u"The journal cannot be written: %1."_s.arg(m_file->errorString()));
    return {};
}

QByteArray Journal::lineOf(const Call &call, const Fate &fate, Instant now)
{
    return ObjectText(1024)
        .text("what", "call")
        .number("at", micros(now))
        .text("method", call.method)
        .text("path", call.path.join(u'/'))
        .json("form", QJsonDocument(call.form).toJson(QJsonDocument::Compact))
        .text("key", call.idempotencyKey)
        .text("request", call.requestId)
        .json("fate", QJsonDocument(fate.toJson()).toJson(QJsonDocument::Compact))
        .take();
}

QByteArray Journal::lineOfAction(const QString &intent, const QString &secret, Intents::Holder holder, Instant now)
{
    return ObjectText()
        .text("what", "action")
        .number("at", micros(now))
        .text("intent", intent)
        .text("secret", secret)
        .flag("confirms", holder == Intents::Holder::Confirms)
        .take();
}

QByteArray Journal::lineOfDue(Instant now)
{
    return ObjectText().text("what", "due").number("at", micros(now)).take();
}

QByteArray Journal::lineOfDelivery(const QString &event, const QString &endpoint)
{
    return ObjectText().text("what", "delivered").text("event", event).text("endpoint", endpoint).take();
}

QByteArray Journal::lineOfEndpoint(const QString &url, const QString &secret, Instant now)
{
    return ObjectText()
        .text("what", "endpoint")
        .number("at", micros(now))
        .text("url", url)
        .text("secret", secret)
        .take();
}

} // namespace parterre::psp
