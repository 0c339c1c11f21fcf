#pragma once

#include "base/jsonfields.h"
#include "base/result.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

/// Who sent a command, under which id, and what was asked. Idempotency-Key of the API and command id of the desk
/// protocol are the same thing here.
struct CommandKey
{
    QString principal;
    QString key;
    QByteArray fingerprint; ///< SHA-256 of the command's name and body; a repeat must match.

    [[nodiscard]] static CommandKey make(const QString &principal, const QString &key, const QString &command,
                                         const QJsonObject &body);
};

/// The first outcome of every command, kept in the transaction that has its effect, so that a repeat after a lost
/// reply is answered with it and does nothing (design D5). Rows are kept for commandLogHoursKept.
namespace commandlog {

inline constexpr int hoursKept = 48; ///< The API promises 24.

struct Begun
{
    bool isNew = true;
    std::optional<QJsonObject> outcome; ///< Of the first time; absent while that is still being carried out.
};

/// Enters the command, or finds it. Waits for a transaction that is entering the same one. KeyReused where the
/// fingerprint differs.
[[nodiscard]] Result<Begun> begin(Transaction &transaction, const CommandKey &key);
void finish(Transaction &transaction, const CommandKey &key, const QJsonObject &outcome);

/// As begin() for many commands that come together; of each whether it is new and was entered. Whatever one of them
/// waits for keeps all of them waiting, so from here on this transaction waits for no lock longer than a second.
[[nodiscard]] std::vector<bool> beginAll(Transaction &transaction, const std::vector<const CommandKey *> &keys);
struct Finished
{
    const CommandKey *key = nullptr;
    QJsonObject outcome{};
};
void finishAll(Transaction &transaction, const std::vector<Finished> &finished);
/// Takes out what this transaction has entered, as if it had not.
void withdraw(Transaction &transaction, const std::vector<const CommandKey *> &keys);
/// Forgets what is older than hoursKept; returns how many rows went.
qint64 forgetOld(Transaction &transaction, int countMax);

template <Described View>
[[nodiscard]] QJsonObject outcomeToJson(const Result<View> &outcome)
{
    if (outcome)
        return {{QStringLiteral("ok"), toJson(*outcome)}};
    return {{QStringLiteral("refused"), errorToJson(outcome.error())}};
}

template <Described View>
[[nodiscard]] Result<View> outcomeFromJson(const QJsonObject &object)
{
    if (object.contains(QStringLiteral("refused")))
        return refuse(errorFromJson(object.value(QStringLiteral("refused")).toObject()));
    return fromJson<View>(object.value(QStringLiteral("ok")).toObject());
}

/// Runs `work(transaction) -> Result<View>` unless the command was run before, and keeps what came out, refusals too.
/// `work` must not write before it has decided not to refuse. For use inside Database::transact().
template <Described View, class Work>
[[nodiscard]] Result<Result<View>> runOnce(Transaction &transaction, const CommandKey &key, const Work &work)
{
    PT_TRY(const Begun begun, begin(transaction, key));
    if (begun.outcome)
        return outcomeFromJson<View>(*begun.outcome);
    if (!begun.isNew)
        return refuse(ErrorCode::InProgress,
                      QStringLiteral("This command is being carried out. Ask again in a moment."));
    Result<View> outcome = work(transaction);
    finish(transaction, key, outcomeToJson(outcome));
    return outcome;
}

} // namespace commandlog

/// Takes one layer off what transact() gives around runOnce().
template <class View>
[[nodiscard]] Result<View> flattened(Result<Result<View>> nested)
{
    if (!nested)
        return refuse(std::move(nested).error());
    return *std::move(nested);
}

} // namespace parterre::server
