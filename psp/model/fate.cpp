#include "model/intents.h"

namespace parterre::psp {

using namespace Qt::StringLiterals;

QJsonObject Fate::toJson() const
{
    QJsonObject result;
    if (failure != Failure::None)
        result.insert(u"failure"_s, static_cast<int>(failure));
    if (!declineCode.isEmpty())
        result.insert(u"decline"_s, declineCode);
    if (processing.count() > 0)
        result.insert(u"processing_ms"_s, static_cast<qint64>(processing.count()));
    return result;
}

Fate Fate::fromJson(const QJsonObject &object)
{
    return {.failure = static_cast<Failure>(object.value(u"failure"_s).toInt()),
            .declineCode = object.value(u"decline"_s).toString(),
            .processing = std::chrono::milliseconds(object.value(u"processing_ms"_s).toInteger())};
}

} // namespace parterre::psp
