#include "webhooks/webhookcommand.h"

#include "db/database.h"
#include "runtime/arguments.h"
#include "webhooks/standardwebhook.h"

#include <QRegularExpression>
#include <QTextStream>
#include <QUrl>

#include <map>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int exitRefused = 1;
constexpr qsizetype urlCharactersMax = 2'000;
constexpr qsizetype typesMax = 20;
constexpr int deliveriesShown = 50;

int refused(const Error &error, QTextStream &err)
{
    err << "parterred webhook: " << error.message << '\n';
    return exitRefused;
}

Status checkUrl(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    if (text.size() > urlCharactersMax)
        return refuse(ErrorCode::TooLarge, u"the address has at most %1 characters."_s.arg(urlCharactersMax),
                      u"/url"_s);
    if (!url.isValid() || (url.scheme() != u"https" && url.scheme() != u"http") || url.host().isEmpty())
        return refuse(ErrorCode::InvalidInput, u"the address is one such as https://example.org/hooks."_s, u"/url"_s);
    if (!url.userInfo().isEmpty() || url.hasFragment())
        return refuse(ErrorCode::InvalidInput,
                      u"the address has no user, password or #; the signature proves who sends."_s, u"/url"_s);
    return {};
}

Status checkTypes(const QStringList &types)
{
    static const QRegularExpression allowed(u"^[a-z][a-z0-9_.]{0,99}$"_s);
    if (types.size() > typesMax)
        return refuse(ErrorCode::TooLarge, u"--type comes at most %1 times."_s.arg(typesMax), u"/type"_s);
    for (const QString &type : types) {
        if (!allowed.match(type).hasMatch())
            return refuse(ErrorCode::InvalidInput, u"--type is one such as order.confirmed."_s, u"/type"_s);
    }
    return {};
}

/// What the words after the verb are, by what the verb needs.
Status readSubject(WebhookCommand &command, const QString &word)
{
    using Verb = WebhookCommand::Verb;
    switch (command.verb) {
    case Verb::List:
        return refuse(ErrorCode::InvalidInput, u"list has no more words."_s);
    case Verb::Add:
        command.url = word;
        return checkUrl(word);
    case Verb::Replay: {
        bool isNumber = false;
        command.delivery = word.toLongLong(&isNumber);
        if (isNumber && *command.delivery > 0)
            return {};
        return refuse(ErrorCode::InvalidInput,
                      u"replay needs the number of a delivery; `webhook deliveries` shows them."_s);
    }
    case Verb::Disable:
    case Verb::Enable:
    case Verb::Remove:
    case Verb::Deliveries:
        command.endpoint = WebhookEndpointId::fromText(word);
        if (command.endpoint)
            return {};
        return refuse(ErrorCode::InvalidInput, u"that is not the id of an endpoint; `webhook list` shows them."_s);
    }
    return {};
}

int add(const WebhookCommand &command, const AddressRule &rule, Database &database, QTextStream &out, QTextStream &err)
{
    // Names are looked up when they are called, and only then; an address in numbers can be refused at once.
    const QString host = QUrl(command.url).host();
    if (AddressRule::isNetwork(host) && !rule.permits(host))
        return refused(
            {.code = ErrorCode::Forbidden,
             .message = u"%1 is in a private network. webhook-allowed-networks says which may be called."_s.arg(host)},
            err);
    const webhooks::Endpoint endpoint{.id = WebhookEndpointId::create(),
                                      .url = command.url,
                                      .secret = standardwebhook::createSecret(),
                                      .types = command.types};
    const Status added = database.transact([&](Transaction &transaction) -> Status {
        webhooks::addEndpoint(transaction, endpoint);
        return {};
    });
    if (!added)
        return refused(added.error(), err);
    out << "endpoint: " << endpoint.id.text() << "\nsecret: " << endpoint.secret
        << "\nThe secret is shown this once; the receiver checks signatures with it (standardwebhooks.com).\n";
    return 0;
}

int list(Database &database, QTextStream &out, QTextStream &err)
{
    const auto all = database.transact([](Transaction &transaction) -> Result<std::vector<webhooks::Endpoint>> {
        return webhooks::endpoints(transaction);
    });
    if (!all)
        return refused(all.error(), err);
    for (const auto &one : *all) {
        out << one.id.text() << "  " << one.url << "  "
            << (one.types.isEmpty() ? u"every type"_s : one.types.join(u", ")) << "  " << one.waiting << " waiting, "
            << one.failed << " failed";
        if (one.disabledAt)
            out << "\n    disabled " << instantToText(*one.disabledAt) << ": " << one.disabledReason;
        out << '\n';
    }
    if (all->empty())
        out << "Nobody is told by webhooks.\n";
    return 0;
}

void print(const webhooks::Attempt &attempt, QTextStream &out)
{
    out << "    " << attempt.number << ". " << instantToText(attempt.at) << "  "
        << (attempt.status > 0 ? QString::number(attempt.status) : u"---"_s) << "  " << attempt.took.count() << " ms  "
        << attempt.error;
    if (attempt.nextAt)
        out << "; again at " << instantToText(*attempt.nextAt);
    out << '\n';
}

int deliveries(const WebhookCommand &command, Database &database, QTextStream &out, QTextStream &err)
{
    const auto all = database.transact([&](Transaction &transaction) -> Result<std::vector<webhooks::Delivery>> {
        return webhooks::deliveries(transaction, command.endpoint, deliveriesShown);
    });
    if (!all)
        return refused(all.error(), err);
    for (const auto &one : *all) {
        out << one.id << "  " << one.state << "  " << one.type << "  " << one.messageId << "  " << one.url << '\n';
        for (const auto &attempt : one.attempts)
            print(attempt, out);
    }
    if (all->empty())
        out << "Nothing was sent.\n";
    return 0;
}

int change(const WebhookCommand &command, Database &database, QTextStream &out, QTextStream &err)
{
    using Verb = WebhookCommand::Verb;
    const auto changed = database.transact([&](Transaction &transaction) -> Result<qint64> {
        switch (command.verb) {
        case Verb::Disable:
            return webhooks::disable(transaction, *command.endpoint, u"By hand."_s);
        case Verb::Enable:
            return webhooks::enable(transaction, *command.endpoint);
        case Verb::Remove:
            return webhooks::remove(transaction, *command.endpoint);
        default:
            return webhooks::replay(transaction, command.delivery);
        }
    });
    if (!changed)
        return refused(changed.error(), err);
    if (*changed == 0)
        return refused(
            {.code = ErrorCode::NotFound,
             .message = u"there is nothing of that kind: no such endpoint or delivery, or it is so already."_s},
            err);
    out << "Done" << (command.verb == Verb::Replay ? u": %1 will be sent again"_s.arg(*changed) : QString()) << ".\n";
    return 0;
}

} // namespace

Result<WebhookCommand> WebhookCommand::takeFrom(QStringList &arguments)
{
    static const std::map<QString, Verb> verbs{
        {u"add"_s, Verb::Add},       {u"list"_s, Verb::List},     {u"disable"_s, Verb::Disable},
        {u"enable"_s, Verb::Enable}, {u"remove"_s, Verb::Remove}, {u"deliveries"_s, Verb::Deliveries},
        {u"replay"_s, Verb::Replay},
    };
    const QStringList words = takeWords(arguments);
    const auto verb = verbs.find(words.value(0, u"list"_s));
    if (verb == verbs.end() || words.size() > 2)
        return refuse(
            ErrorCode::InvalidInput,
            u"it is add URL, list, disable ID, enable ID, remove ID, deliveries [ID], or replay NUMBER|--failed."_s);
    WebhookCommand command{.verb = verb->second};
    PT_TRY(command.types, takeOptions(arguments, u"--type"_s));
    PT_CHECK(checkTypes(command.types));
    const bool isFailed = takeFlag(arguments, u"--failed"_s);
    if (words.size() == 2)
        PT_CHECK(readSubject(command, words[1]));
    const bool isAlone =
        command.verb == Verb::List || command.verb == Verb::Deliveries || (command.verb == Verb::Replay && isFailed);
    if (words.size() < 2 && !isAlone)
        return refuse(ErrorCode::InvalidInput, u"%1 needs to be told what."_s.arg(words[0]));
    return command;
}

int runWebhook(const WebhookCommand &command, const AddressRule &rule, Database &database, QTextStream &out,
               QTextStream &err)
{
    switch (command.verb) {
    case WebhookCommand::Verb::Add:
        return add(command, rule, database, out, err);
    case WebhookCommand::Verb::List:
        return list(database, out, err);
    case WebhookCommand::Verb::Deliveries:
        return deliveries(command, database, out, err);
    default:
        return change(command, database, out, err);
    }
}

QString webhookCommandHelp()
{
    return u"  parterred webhook add URL [--type TYPE]...     tell this address of facts; prints its secret once\n"
           "  parterred webhook list                         who is told\n"
           "  parterred webhook disable|enable|remove ID     stop telling one, go on, or forget it\n"
           "  parterred webhook deliveries [ID]              what was sent and answered, the newest first\n"
           "  parterred webhook replay NUMBER|--failed       send it again\n"_s;
}

} // namespace parterre::server
