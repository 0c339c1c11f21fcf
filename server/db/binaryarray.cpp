#include "db/binaryarray.h"

#include "base/assert.h"

#include <QtEndian>

#include <array>
#include <chrono>
#include <cstring>

namespace parterre::server {

namespace {

/// Of PostgreSQL's timestamps.
constexpr std::chrono::sys_days postgresEpoch = std::chrono::year(2000) / std::chrono::January / 1;
constexpr qsizetype usualElementBytes = 24;

template <class Bytes>
void appendWord(Bytes &bytes, quint32 word)
{
    const quint32 swapped = qToBigEndian(word);
    bytes.append(reinterpret_cast<const char *>(&swapped), sizeof swapped);
}

} // namespace

BinaryArray::BinaryArray(Of type, qsizetype countExpected)
    : m_type(type)
{
    m_elements.reserve(countExpected * usualElementBytes);
}

void BinaryArray::addElement(const void *data, qsizetype size)
{
    appendWord(m_elements, static_cast<quint32>(size));
    m_elements.append(static_cast<const char *>(data), size);
    ++m_count;
}

void BinaryArray::addNull()
{
    appendWord(m_elements, 0xFFFF'FFFF);
    m_hasNull = true;
    ++m_count;
}

void BinaryArray::add(int value)
{
    PT_ASSERT(m_type == Of::Int, "a column has one type");
    const qint32 swapped = qToBigEndian(value);
    addElement(&swapped, sizeof swapped);
}

void BinaryArray::add(bool value)
{
    PT_ASSERT(m_type == Of::Flag, "a column has one type");
    const char byte = value ? 1 : 0;
    addElement(&byte, 1);
}

void BinaryArray::add(Instant value)
{
    PT_ASSERT(m_type == Of::Instant, "a column has one type");
    const qint64 swapped = qToBigEndian<qint64>((value - postgresEpoch).count());
    addElement(&swapped, sizeof swapped);
}

void BinaryArray::add(const QUuid &uuid)
{
    PT_ASSERT(m_type == Of::Uuid, "a column has one type");
    if (uuid.isNull())
        return addNull();
    std::array<uchar, 16> bytes{};
    qToBigEndian(uuid.data1, bytes.data());
    qToBigEndian(uuid.data2, bytes.data() + 4);
    qToBigEndian(uuid.data3, bytes.data() + 6);
    std::memcpy(bytes.data() + 8, uuid.data4, 8);
    addElement(bytes.data(), bytes.size());
}

void BinaryArray::add(const QString &text)
{
    add(text.toUtf8());
}

void BinaryArray::add(const QByteArray &bytes)
{
    PT_ASSERT(m_type == Of::Bytes || m_type == Of::Text, "a column has one type");
    addElement(bytes.constData(), bytes.size());
}

void BinaryArray::addWord(std::string_view word)
{
    PT_ASSERT(m_type == Of::Text, "a column has one type");
    addElement(word.data(), static_cast<qsizetype>(word.size()));
}

void BinaryArray::addPlace(quint32 block, quint16 offset)
{
    PT_ASSERT(m_type == Of::Place, "a column has one type");
    std::array<uchar, 6> bytes{};
    qToBigEndian(block, bytes.data());
    qToBigEndian(offset, bytes.data() + 4);
    addElement(bytes.data(), bytes.size());
}

QByteArray BinaryArray::bytes() const
{
    constexpr qsizetype headBytes = 20;
    QByteArray all;
    all.reserve(headBytes + m_elements.size());
    appendWord(all, m_count > 0 ? 1 : 0); // Dimensions; an empty array has none.
    appendWord(all, m_hasNull ? 1 : 0);
    appendWord(all, static_cast<quint32>(m_type));
    if (m_count > 0) {
        appendWord(all, static_cast<quint32>(m_count));
        appendWord(all, 1); // The index of the first.
    }
    return all.append(m_elements.constData(), m_elements.size());
}

} // namespace parterre::server
