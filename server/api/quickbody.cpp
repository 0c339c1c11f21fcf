#include "api/quickbody.h"

#include <rapidjson/document.h>

#include <array>
#include <new>
#include <string_view>

namespace parterre::server::api {

namespace {

// Enough for a usual hold; more is taken from the heap.
constexpr size_t poolBytes = 1'024;
constexpr size_t stackBytes = 1'024;

/// Without recursion, so that no nesting costs stack; names and texts are valid UTF-8.
constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

using Pool = rapidjson::MemoryPoolAllocator<>;
using Document = rapidjson::GenericDocument<rapidjson::UTF8<>, Pool, Pool>;
using Value = Document::ValueType;

const Value &valueOf(QuickValue value)
{
    return *static_cast<const Value *>(value);
}

std::string_view textOf(const Value &value)
{
    return {value.GetString(), value.GetStringLength()};
}

} // namespace

class QuickDocument::Private
{
public:
    Private() {} // Leaves the arrays as they are.

    alignas(16) std::array<char, poolBytes> values;
    alignas(16) std::array<char, stackBytes> stack;
    Pool valuePool{values.data(), values.size()};
    Pool stackPool{stack.data(), stack.size()};
    Document document{&valuePool, stackBytes / 2, &stackPool};
};

QuickDocument::QuickDocument(const QByteArray &bytes)
{
    if (bytes.isEmpty() || bytes.size() > bytesMax)
        return;
    static_assert(sizeof(Private) <= sizeof m_memory);
    m_private = new (m_memory.data()) Private;
    m_private->document.Parse<flags>(bytes.constData(), static_cast<size_t>(bytes.size()));
}

QuickDocument::~QuickDocument()
{
    if (m_private)
        m_private->~Private();
}

QuickValue QuickDocument::object() const
{
    const bool isRead = m_private && !m_private->document.HasParseError() && m_private->document.IsObject();
    return isRead ? static_cast<const Value *>(&m_private->document) : nullptr;
}

namespace quick {

QuickValue member(QuickValue object, const char *name)
{
    const auto found = valueOf(object).FindMember(name);
    return found == valueOf(object).MemberEnd() ? nullptr : &found->value;
}

int memberCount(QuickValue object)
{
    return static_cast<int>(valueOf(object).MemberCount());
}

bool isObject(QuickValue value)
{
    return valueOf(value).IsObject();
}

bool isNull(QuickValue value)
{
    return valueOf(value).IsNull();
}

int entryCount(QuickValue value)
{
    return valueOf(value).IsArray() ? static_cast<int>(valueOf(value).Size()) : -1;
}

QuickValue entry(QuickValue list, int index)
{
    return &valueOf(list)[static_cast<rapidjson::SizeType>(index)];
}

bool read(QuickValue value, QString &text, const FieldLimits &limits)
{
    if (!valueOf(value).IsString())
        return false;
    const std::string_view utf8 = textOf(valueOf(value));
    if (utf8.find('\0') != utf8.npos)
        return false;
    text = QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
    return text.size() >= limits.charactersMin && text.size() <= limits.charactersMax;
}

bool read(QuickValue value, qint64 &number, const FieldLimits &limits)
{
    if (!valueOf(value).IsInt64())
        return false;
    number = valueOf(value).GetInt64();
    constexpr qint64 exactMax = 9'007'199'254'740'991; // As JsonReader, whatever the limits.
    return number >= std::max(limits.min, -exactMax) && number <= std::min(limits.max, exactMax);
}

bool read(QuickValue value, bool &flag, const FieldLimits &)
{
    if (!valueOf(value).IsBool())
        return false;
    flag = valueOf(value).GetBool();
    return true;
}

bool read(QuickValue value, QUuid &uuid)
{
    if (!valueOf(value).IsString())
        return false;
    const std::string_view text = textOf(valueOf(value));
    const auto read = uuidFromText(QLatin1StringView(text.data(), static_cast<qsizetype>(text.size())));
    if (!read)
        return false;
    uuid = *read;
    return true;
}

} // namespace quick

} // namespace parterre::server::api
