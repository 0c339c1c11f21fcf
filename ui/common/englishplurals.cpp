#include "common/englishplurals.h"

namespace parterre::ui {

using namespace Qt::StringLiterals;

QString EnglishPlurals::translate(const char *, const char *source, const char *, int count) const
{
    if (count < 0)
        return {};
    QString text = QString::fromUtf8(source);
    return text.contains(u"(s)"_s) ? text.replace(u"(s)"_s, count == 1 ? QString() : u"s"_s) : QString();
}

} // namespace parterre::ui
