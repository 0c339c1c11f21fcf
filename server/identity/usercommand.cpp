#include "identity/usercommand.h"

#include "identity/commandexit.h"
#include "identity/identityservice.h"

#include <QTextStream>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

int usage(QTextStream &err)
{
    err << userCommandHelp();
    return CommandMisused;
}

int add(const QStringList &arguments, IdentityService &identity, QTextStream &out, QTextStream &err)
{
    const auto role = enumFromName<Role>(arguments.at(2));
    if (!role) {
        err << "parterred user: \"" << arguments.at(2) << "\" is no role; use clerk, supervisor, manager or admin.\n";
        return CommandMisused;
    }
    const QString name = arguments.at(1);
    const auto password = identity.addUser(name, arguments.size() > 3 ? arguments.mid(3).join(u' ') : name, *role);
    if (!password)
        return refuseCommand(u"user", password.error(), err);
    out << "User " << name << " (" << enumName(*role) << ") was made.\nOne-time password: " << *password
        << "\nIt must be changed at the first sign-in.\n";
    return 0;
}

int list(IdentityService &identity, QTextStream &out, QTextStream &err)
{
    const auto users = identity.users();
    if (!users)
        return refuseCommand(u"user", users.error(), err);
    for (const UserListEntry &entry : *users) {
        QStringList notes;
        if (entry.disabled)
            notes.append(u"disabled"_s);
        if (entry.locked)
            notes.append(u"locked after failed sign-ins"_s);
        if (entry.user.mustChangePassword)
            notes.append(u"must change the password"_s);
        out << entry.user.name.leftJustified(20) << ' ' << enumName(entry.user.role).leftJustified(10) << ' '
            << entry.user.displayName << (notes.isEmpty() ? QString() : u" ("_s + notes.join(u", "_s) + u')') << '\n';
    }
    return 0;
}

int disable(const QString &name, IdentityService &identity, QTextStream &out, QTextStream &err)
{
    if (const Status done = identity.disableUser(name); !done)
        return refuseCommand(u"user", done.error(), err);
    out << "User " << name << " can no longer sign in, and all sessions of that user have ended.\n";
    return 0;
}

int resetPassword(const QString &name, IdentityService &identity, QTextStream &out, QTextStream &err)
{
    const auto password = identity.resetPassword(name);
    if (!password)
        return refuseCommand(u"user", password.error(), err);
    out << "One-time password of " << name << ": " << *password << "\nIt must be changed at the next sign-in.\n";
    return 0;
}

} // namespace

QString userCommandHelp()
{
    return u"  parterred user add NAME ROLE [DISPLAY NAME]   make a user; prints a one-time password\n"
           "  parterred user list                           who there is\n"
           "  parterred user disable NAME                   end all sessions, allow no more\n"
           "  parterred user password NAME                  a new one-time password; enables again\n"_s;
}

int runUser(const QStringList &arguments, Database &database, QTextStream &out, QTextStream &err)
{
    const QString verb = arguments.value(0);
    IdentityService identity(database);
    if (verb == u"add" && arguments.size() >= 3)
        return add(arguments, identity, out, err);
    if (verb == u"list" && arguments.size() == 1)
        return list(identity, out, err);
    if (verb == u"disable" && arguments.size() == 2)
        return disable(arguments.at(1), identity, out, err);
    if (verb == u"password" && arguments.size() == 2)
        return resetPassword(arguments.at(1), identity, out, err);
    return usage(err);
}

} // namespace parterre::server
