#include "print/deflated.h"

#include "base/assert.h"

#include <zlib.h>

namespace parterre::server {

namespace {

class QuickDeflater
{
public:
    QuickDeflater()
    {
        const int begun = deflateInit(&m_stream, Z_BEST_SPEED);
        PT_ASSERT(begun == Z_OK, "zlib has its memory");
    }
    ~QuickDeflater() { deflateEnd(&m_stream); }
    QuickDeflater(const QuickDeflater &) = delete;
    QuickDeflater &operator=(const QuickDeflater &) = delete;

    QByteArray deflate(const QByteArray &bytes)
    {
        deflateReset(&m_stream);
        QByteArray out(static_cast<qsizetype>(deflateBound(&m_stream, static_cast<uLong>(bytes.size()))),
                       Qt::Uninitialized);
        m_stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.constData())); // zlib only reads it.
        m_stream.avail_in = static_cast<uInt>(bytes.size());
        m_stream.next_out = reinterpret_cast<Bytef *>(out.data());
        m_stream.avail_out = static_cast<uInt>(out.size());
        const int ended = ::deflate(&m_stream, Z_FINISH);
        PT_ASSERT(ended == Z_STREAM_END, "deflateBound() is room enough");
        out.truncate(static_cast<qsizetype>(m_stream.total_out));
        return out;
    }

private:
    z_stream m_stream{};
};

} // namespace

QByteArray deflatedQuickly(const QByteArray &bytes)
{
    static thread_local QuickDeflater deflater;
    return deflater.deflate(bytes);
}

QByteArray deflatedWell(const QByteArray &bytes)
{
    constexpr int sizeBefore = 4; // Which Qt writes before the stream.
    return qCompress(bytes, Z_BEST_COMPRESSION).mid(sizeBefore);
}

} // namespace parterre::server
