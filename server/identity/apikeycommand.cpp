#include "identity/apikeycommand.h"

#include "base/limits.h"
#include "db/database.h"
#include "identity/apikeyrepository.h"
#include "identity/commandexit.h"
#include "identity/tokens.h"
#include "runtime/arguments.h"

#include <QTextStream>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int placesMaxMax = 100'000; // More than one seller sells of one performance.

Status checkName(const QString &name)
{
    if (!name.trimmed().isEmpty() && name.size() <= limits::nameCharactersMax)
        return {};
    return refuse(ErrorCode::InvalidInput,
                  u"--name says whose key it is, in 1 to %1 characters."_s.arg(limits::nameCharactersMax), u"/name"_s);
}

int create(const ApiKeyCommand &command, Database &database, QTextStream &out, QTextStream &err)
{
    const QString key = tokens::createApiKey();
    const auto made = database.transact([&](Transaction &transaction) -> Status {
        const ApiKeyRow row{.id = ApiKeyId::create(), .name = command.name.trimmed(), .placesMax = command.placesMax};
        if (apikeys::insert(transaction, row, tokens::sha256(key)))
            return {};
        return refuse(ErrorCode::WrongState,
                      u"There is a key \"%1\" already. Revoke it first, or choose another name."_s.arg(row.name));
    });
    if (!made)
        return refuseCommand(u"api-key", made.error(), err);
    out << "API key of " << command.name.trimmed() << ": " << key
        << "\nIt is shown this once. Send it as Authorization: Bearer.\n";
    return 0;
}

int list(Database &database, QTextStream &out, QTextStream &err)
{
    const auto keys = database.transact(
        [](Transaction &transaction) { return Result<std::vector<ApiKeyRow>>(apikeys::all(transaction)); });
    if (!keys)
        return refuseCommand(u"api-key", keys.error(), err);
    for (const ApiKeyRow &key : *keys) {
        out << key.name.leftJustified(24) << " made " << instantToText(key.createdAt)
            << (key.placesMax > 0 ? u", at most %1 places of a performance"_s.arg(key.placesMax) : QString())
            << (key.seenAt ? u", seen "_s + instantToText(*key.seenAt) : u", never used"_s)
            << (key.revokedAt ? u", revoked "_s + instantToText(*key.revokedAt) : QString()) << '\n';
    }
    return 0;
}

int revoke(const QString &name, Database &database, QTextStream &out, QTextStream &err)
{
    const auto revoked = database.transact([&](Transaction &transaction) -> Status {
        if (apikeys::revoke(transaction, name.trimmed()))
            return {};
        return refuse(ErrorCode::NotFound, u"There is no key \"%1\" that could be revoked."_s.arg(name.trimmed()));
    });
    if (!revoked)
        return refuseCommand(u"api-key", revoked.error(), err);
    out << "The key of " << name.trimmed() << " is good no more. What it holds ends by itself; its orders stay.\n";
    return 0;
}

} // namespace

Result<ApiKeyCommand> ApiKeyCommand::takeFrom(QStringList &arguments)
{
    ApiKeyCommand command;
    if (!arguments.isEmpty() && !arguments.first().startsWith(u'-'))
        command.verb = arguments.takeFirst();
    PT_TRY(const auto name, takeOption(arguments, u"--name"_s));
    command.name = name.value_or(QString());
    PT_TRY(const auto placesMax, takeOption(arguments, u"--places-max"_s));
    if (!placesMax)
        return command;
    bool isNumber = false;
    command.placesMax = placesMax->toInt(&isNumber);
    if (!isNumber || command.placesMax < 1 || command.placesMax > placesMaxMax)
        return refuse(ErrorCode::InvalidInput, u"--places-max is a number from 1 to %1."_s.arg(placesMaxMax));
    return command;
}

QString apiKeyCommandHelp()
{
    return u"  parterred api-key create --name NAME [--places-max N]   a key for a seller; prints it once\n"
           "  parterred api-key list                        which there are, and when each was seen\n"
           "  parterred api-key revoke --name NAME          good no more\n"_s;
}

int runApiKey(const ApiKeyCommand &command, Database &database, QTextStream &out, QTextStream &err)
{
    if (command.verb == u"list" && command.name.isEmpty())
        return list(database, out, err);
    if (command.verb != u"create" && command.verb != u"revoke") {
        err << apiKeyCommandHelp();
        return CommandMisused;
    }
    if (const Status named = checkName(command.name); !named) {
        (void)refuseCommand(u"api-key", named.error(), err);
        return CommandMisused;
    }
    return command.verb == u"create" ? create(command, database, out, err) : revoke(command.name, database, out, err);
}

} // namespace parterre::server
