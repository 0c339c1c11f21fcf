#include "check/providerbook.h"

#include <QFile>
#include <QJsonDocument>
#include <QSaveFile>

namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

Error inLine(Error error, qsizetype line)
{
    error.field = u"/%1"_s.arg(line) + error.field;
    error.message = u"Line %1 of the provider's book: %2"_s.arg(line).arg(error.message);
    return error;
}

} // namespace

Result<ProviderBook> readProviderBook(QIODevice &device)
{
    ProviderBook book;
    for (qsizetype number = 1; !device.atEnd(); ++number) {
        const QByteArray line = device.readLine(providerLineBytesMax + 2).trimmed();
        if (number > providerEntriesMax) {
            return refuse(inLine({.code = ErrorCode::InvalidInput,
                                  .message = u"there are more than %1 entries."_s.arg(providerEntriesMax)},
                                 number));
        }
        const auto object = parseJsonObject(line, providerLineBytesMax, u"It"_s);
        if (!object)
            return refuse(inLine(object.error(), number));
        auto entry = fromJson<ProviderEntry>(*object, UnknownFields::Refuse);
        if (!entry)
            return refuse(inLine(entry.error(), number));
        book.push_back(*std::move(entry));
    }
    return book;
}

Result<ProviderBook> readProviderBookFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(ErrorCode::NotFound,
                      u"The provider's book %1 cannot be read: %2."_s.arg(path, file.errorString()));
    return readProviderBook(file);
}

Status writeProviderBookFile(const QString &path, const ProviderBook &book)
{
    QSaveFile file(path);
    const bool isOpen = file.open(QIODevice::WriteOnly);
    for (const ProviderEntry &entry : book)
        file.write(QJsonDocument(toJson(entry)).toJson(QJsonDocument::Compact) + '\n');
    if (isOpen && file.commit())
        return {};
    return refuse(ErrorCode::Unavailable,
                  u"The provider's book %1 cannot be written: %2."_s.arg(path, file.errorString()));
}

} // namespace parterre::check
