#pragma once

#include "commands/commandlog.h"

#include <QHash>
#include <QUuid>

#include <span>
#include <vector>

namespace parterre::server {

/// The first outcomes of commands on holds (design D5), as `hold_command` keeps them. What `command_log` is for the
/// rest, in the form that suits a batch: written once, at its end, and found by sixteen bytes.
namespace holdcommands {

/// The place of a command in the table: half of the SHA-256 of principal and key. Where the key is a UUID of version 7,
/// as ours are, it begins with that key's time, so that commands come to the end of the index, not all over it.
[[nodiscard]] QUuid idOf(const CommandKey &key);

struct Kept
{
    QByteArray fingerprint;
    QByteArray outcome;
};
/// Those of the commands that have an outcome already.
[[nodiscard]] QHash<QUuid, Kept> find(Transaction &transaction, const std::vector<QUuid> &commands);

struct Outcome
{
    QUuid command;
    QByteArray fingerprint;
    QByteArray outcome;
};
/// Keeps outcomes, in the order of their ids, whatever the order given. Where another transaction has kept one of them
/// meanwhile, after waiting for it, this one is over as ErrorCode::InProgress: answer from what it kept.
void keep(Transaction &transaction, std::vector<Outcome> outcomes);

/// Outcomes as columns for unnest(), in the order of their ids.
struct OutcomeColumns
{
    explicit OutcomeColumns(std::vector<Outcome> outcomes);

    QByteArray ids;
    QByteArray fingerprints;
    QByteArray texts;
};

/// Forgets what is older than commandlog::hoursKept; returns how many rows went.
qint64 forgetOld(Transaction &transaction, int countMax);

} // namespace holdcommands

} // namespace parterre::server
