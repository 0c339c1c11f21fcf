#include "outbox/outboxcommand.h"

#include "base/clock.h"
#include "base/limits.h"
#include "db/database.h"
#include "outbox/outboxrepository.h"
#include "runtime/arguments.h"

#include <QTextStream>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int exitRefused = 1;

int refused(const Error &error, QTextStream &err)
{
    err << "parterred outbox: " << error.message << '\n';
    return exitRefused;
}

void print(const outbox::Poisoned &one, QTextStream &out)
{
    out << one.fact << "  " << instantToText(one.since) << "  " << one.consumer << "  " << one.topic << "  order "
        << one.key << " fact " << one.sequence << "\n    refused " << one.attempts << " times, last: " << one.error
        << '\n';
    if (one.waiting > 0)
        out << "    later facts of this order that wait for it: " << one.waiting << '\n';
}

int list(Database &database, QTextStream &out, QTextStream &err)
{
    std::vector<outbox::Backlog> backlogs;
    const auto poisoned = database.transact([&](Transaction &transaction) -> Result<std::vector<outbox::Poisoned>> {
        backlogs = outbox::backlogs(transaction);
        return outbox::poisoned(transaction);
    });
    if (!poisoned)
        return refused(poisoned.error(), err);
    for (const auto &one : *poisoned)
        print(one, out);
    if (poisoned->empty())
        out << "No fact was refused for good.\n";
    for (const auto &backlog : backlogs) {
        out << (backlog.consumer.isEmpty() ? u"(nobody yet)"_s : backlog.consumer).leftJustified(16) << backlog.waiting
            << " waiting, " << backlog.poisoned << " refused";
        if (backlog.oldest)
            out << "; the oldest is of " << instantToText(*backlog.oldest);
        out << '\n';
    }
    return 0;
}

int change(const OutboxCommand &command, Database &database, QTextStream &out, QTextStream &err)
{
    const bool isReplay = command.verb == OutboxCommand::Verb::Replay;
    const auto changed = database.transact([&](Transaction &transaction) -> Result<qint64> {
        return isReplay ? outbox::replay(transaction, command.fact, command.consumer)
                        : outbox::skip(transaction, *command.fact, command.consumer, command.reason);
    });
    if (!changed)
        return refused(changed.error(), err);
    if (*changed == 0 && command.fact)
        return refused({.code = ErrorCode::NotFound,
                        .message = u"Fact %1 is not on the list of what was refused for good."_s.arg(*command.fact)},
                       err);
    out << *changed << (isReplay ? " told again within a second.\n" : " taken off the list; the reason is kept.\n");
    return 0;
}

Result<qint64> factFrom(const QString &word)
{
    bool isNumber = false;
    const qint64 fact = word.toLongLong(&isNumber);
    if (!isNumber || fact < 1)
        return refuse(ErrorCode::InvalidInput,
                      u"\"%1\" is no fact: `parterred outbox list` shows their numbers."_s.arg(word.left(40)));
    return fact;
}

} // namespace

Result<OutboxCommand> OutboxCommand::takeFrom(QStringList &arguments)
{
    const QStringList words = takeWords(arguments);
    OutboxCommand command;
    PT_TRY(const auto consumer, takeOption(arguments, u"--consumer"_s));
    command.consumer = consumer.value_or(QString());
    PT_TRY(const auto reason, takeOption(arguments, u"--reason"_s));
    command.reason = reason.value_or(QString()).trimmed();
    const bool isAll = takeFlag(arguments, u"--all"_s);
    const QString verb = words.value(0, u"list"_s);
    if (verb == u"list" && words.size() <= 1)
        return command;
    if (words.size() == 2) {
        PT_TRY(command.fact, factFrom(words[1]));
    }
    if (verb == u"replay" && words.size() <= 2 && isAll != command.fact.has_value()) {
        command.verb = Verb::Replay;
        return command;
    }
    if (verb != u"skip" || !command.fact || isAll)
        return refuse(ErrorCode::InvalidInput, u"it is list, replay ID, replay --all, or skip ID --reason TEXT."_s);
    command.verb = Verb::Skip;
    if (command.reason.isEmpty() || command.reason.size() > limits::noteCharactersMax)
        return refuse(
            ErrorCode::InvalidInput,
            u"--reason says why nobody is to hear of it, in 1 to %1 characters."_s.arg(limits::noteCharactersMax));
    return command;
}

int runOutbox(const OutboxCommand &command, Database &database, QTextStream &out, QTextStream &err)
{
    return command.verb == OutboxCommand::Verb::List ? list(database, out, err) : change(command, database, out, err);
}

QString outboxCommandHelp()
{
    return u"  parterred outbox list                          what waits for whom, and what was refused for good\n"
           "  parterred outbox replay ID|--all [--consumer NAME]      tell it again\n"
           "  parterred outbox skip ID --reason TEXT [--consumer NAME]  never tell it\n"_s;
}

} // namespace parterre::server
