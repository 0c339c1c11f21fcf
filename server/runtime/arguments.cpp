#include "runtime/arguments.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

Result<std::optional<QString>> takeOption(QStringList &arguments, const QString &option)
{
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        if (arguments[i].startsWith(option + u'='))
            return arguments.takeAt(i).mid(option.size() + 1);
        if (arguments[i] != option)
            continue;
        if (i + 1 >= arguments.size())
            return refuse(ErrorCode::InvalidInput, u"%1 needs a value after it."_s.arg(option));
        arguments.removeAt(i);
        return arguments.takeAt(i);
    }
    return std::optional<QString>();
}

Result<QStringList> takeOptions(QStringList &arguments, const QString &option)
{
    QStringList values;
    for (;;) {
        PT_TRY(const auto value, takeOption(arguments, option));
        if (!value)
            return values;
        values << *value;
    }
}

bool takeFlag(QStringList &arguments, const QString &flag)
{
    return arguments.removeAll(flag) > 0;
}

QStringList takeWords(QStringList &arguments)
{
    QStringList words;
    while (!arguments.isEmpty() && !arguments.first().startsWith(u'-'))
        words << arguments.takeFirst();
    return words;
}

} // namespace parterre::server
