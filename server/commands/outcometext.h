#pragma once

#include "base/jsontext.h"
#include "commands/commandlog.h"

#include <QJsonDocument>

namespace parterre::server::commandlog {

/// A command and its outcome, written as outcomeToJson() would be: for orders, since a tree of values for each of them
/// was half of what a server did to make one.
struct FinishedText
{
    const CommandKey *key = nullptr;
    QByteArray outcome{};
};
void finishAll(Transaction &transaction, const std::vector<FinishedText> &finished);

template <Described View>
[[nodiscard]] QByteArray outcomeToText(const Result<View> &outcome)
{
    if (outcome)
        return "{\"ok\":" + JsonText::of(*outcome) + '}';
    return QJsonDocument(outcomeToJson(outcome)).toJson(QJsonDocument::Compact);
}

} // namespace parterre::server::commandlog
