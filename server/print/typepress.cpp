#include "print/deflated.h"
#include "print/presses.h"
#include "print/typecase.h"

#include <QHash>

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <utility>

namespace parterre::server::print {

namespace {

constexpr qreal pointsPerPrintUnit = 72.0 / printUnitsPerInch;

/// With four decimals at most; a page has hundreds of numbers, and QByteArray::number() takes ten times as long.
void put(QByteArray &out, qreal number)
{
    constexpr int decimals = 4;
    constexpr quint64 whole = 10'000;
    std::array<char, 32> text{};
    auto at = text.end();
    *--at = ' ';
    auto left = static_cast<quint64>(std::llround(std::abs(number) * whole));
    const bool isNegative = number < 0 && left > 0;
    bool hasDigit = false;
    for (int i = 0; i < decimals; ++i, left /= 10) {
        if (hasDigit |= left % 10 != 0)
            *--at = static_cast<char>('0' + left % 10);
    }
    if (hasDigit)
        *--at = '.';
    do {
        *--at = static_cast<char>('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (isNegative)
        *--at = '-';
    out.append(at, text.end() - at);
}

/// ISO 32000-1 section 7.9.2.
QByteArray textString(const QString &text)
{
    QByteArray hex = "<FEFF";
    for (const QChar c : text)
        hex += QByteArray::number(c.unicode(), 16).rightJustified(4, '0');
    return hex + '>';
}

/// The operators of one page (ISO 32000-1 annex A).
class Page
{
public:
    explicit Page(qreal height)
        : m_height(height)
    {
        setTop(0);
    }

    void setTop(qreal top)
    {
        if (std::exchange(m_isBegun, true))
            m_out.append("Q\n");
        m_out.append("q ");
        // Down is more, as everywhere else of ours. A rounded scale would be seen at the other end of the page.
        const QByteArray scale = QByteArray::number(pointsPerPrintUnit, 'f', 10);
        m_out.append(scale).append(" 0 0 -").append(scale).append(' ');
        write("cm\n", 0, (m_height - top) * pointsPerPrintUnit);
        m_fill = {};
        m_stroke = {};
    }
    template <class... Numbers>
    void write(const char *what, Numbers... numbers)
    {
        (put(m_out, numbers), ...);
        m_out.append(what);
    }
    void fillColor(const QColor &color)
    {
        if (std::exchange(m_fill, color) != color)
            write("rg\n", color.redF(), color.greenF(), color.blueF());
    }
    void strokeColor(const QColor &color)
    {
        if (std::exchange(m_stroke, color) != color)
            write("RG\n", color.redF(), color.greenF(), color.blueF());
    }
    /// From `from`, a quarter of a circle, to the point that lies `turned` of the middle.
    void quarter(const QPointF &middle, const QPointF &from, const QPointF &to)
    {
        constexpr qreal kappa = 0.5522847498; // Where the handles of a quarter stand.
        const QPointF first = from + (to - middle) * kappa;
        const QPointF second = to + (from - middle) * kappa;
        write("c\n", first.x(), first.y(), second.x(), second.y(), to.x(), to.y());
    }
    void finish() { m_out.append("Q\n"); }
    /// What was written since the last time; the rest of the page goes on from there.
    [[nodiscard]] QByteArray take() { return std::exchange(m_out, {}); }
    [[nodiscard]] QByteArray &bytes() { return m_out; }

private:
    qreal m_height;
    bool m_isBegun = false;
    QByteArray m_out;
    QColor m_fill; ///< Invalid: not said yet.
    QColor m_stroke;
};

/// Numbers objects and remembers where each begins.
class ObjectFile
{
public:
    explicit ObjectFile(qsizetype sizeExpected)
    {
        m_out.reserve(sizeExpected);
        m_out.append("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n");
    }
    void add(const QByteArray &object)
    {
        begin();
        m_out.append(object).append("\nendobj\n");
    }
    void addStream(const QByteArray &entries, const QByteArray &bytes)
    {
        begin();
        m_out.append("<< ").append(entries).append(" /Length ").append(QByteArray::number(bytes.size()));
        m_out.append(" /Filter /FlateDecode >>\nstream\n").append(bytes).append("\nendstream\nendobj\n");
    }
    [[nodiscard]] QByteArray finish()
    {
        const qsizetype table = m_out.size();
        const QByteArray count = QByteArray::number(m_places.size() + 1);
        m_out.append("xref\n0 " + count + "\n0000000000 65535 f \n");
        for (const qsizetype place : m_places)
            m_out.append(QByteArray::number(place).rightJustified(10, '0')).append(" 00000 n \n");
        m_out.append("trailer\n<< /Size " + count + " /Root 1 0 R /Info 3 0 R >>\nstartxref\n" +
                     QByteArray::number(table) + "\n%%EOF\n");
        return std::move(m_out);
    }

private:
    void begin()
    {
        m_places.push_back(m_out.size());
        m_out.append(QByteArray::number(m_places.size())).append(" 0 obj\n");
    }

    QByteArray m_out;
    QList<qsizetype> m_places;
};

/// Objects 1 to 4 are the catalog, the pages, the information and the resources; then come five for each block of
/// letters, one for each picture, one for each page and one for each stream.
constexpr int firstFont = 5;
constexpr int objectsOfAFont = 5;

QByteArray reference(qsizetype number)
{
    return QByteArray::number(number) + " 0 R";
}

void addFont(ObjectFile &file, const TypeCase &letters, qsizetype first)
{
    file.add("<< /Type /Font /Subtype /Type0 /BaseFont /" + letters.fontName +
             " /Encoding /Identity-H /DescendantFonts [" + reference(first + 1) + "] /ToUnicode " +
             reference(first + 4) + " >>");
    file.add("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /" + letters.fontName +
             " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /CIDToGIDMap /Identity "
             "/FontDescriptor " +
             reference(first + 2) + " /W " + letters.widths + " >>");
    file.add("<< /Type /FontDescriptor /FontName /" + letters.fontName + ' ' + letters.descriptor + " /FontFile2 " +
             reference(first + 3) + " >>");
    file.addStream("/Length1 " + QByteArray::number(letters.programSize), letters.program);
    file.addStream({}, letters.toUnicode);
}

void addPicture(ObjectFile &file, const ModulePicture &picture)
{
    const QByteArray side = QByteArray::number(picture.side());
    file.addStream("/Type /XObject /Subtype /Image /ImageMask true /BitsPerComponent 1 /Width " + side + " /Height " +
                       side + " /DecodeParms << /Predictor 15 /Colors 1 /BitsPerComponent 1 /Columns " + side + " >>",
                   picture.deflatedRows());
}

/// What is drawn around the words is the same on every ticket and most of its page, and was deflated anew each time.
QByteArray knownDeflated(const QByteArray &drawn)
{
    constexpr qsizetype keptMax = 100;
    static thread_local QHash<QByteArray, QByteArray> known;
    if (const auto found = known.constFind(drawn); found != known.cend())
        return *found;
    if (known.size() >= keptMax)
        known.clear();
    return *known.insert(drawn, deflatedQuickly(drawn));
}

class TypePress
{
public:
    explicit TypePress(const Document &document)
        : m_document(document)
        , m_page(document.height)
    {}

    /// False where a line cannot be set in type.
    [[nodiscard]] bool print()
    {
        const bool isWhole = std::ranges::all_of(m_document.steps, [this](const Step &step) {
            return std::visit(
                [this](const auto &it) {
                    turnTo(it);
                    return set(it);
                },
                step);
        });
        endPage();
        return isWhole;
    }

    [[nodiscard]] QByteArray finish()
    {
        qsizetype size = 8'192;
        for (const TypeCase *letters : m_letters)
            size += letters->program.size() + letters->toUnicode.size() + letters->widths.size() + 1'024;
        for (const ModulePicture &picture : m_pictures)
            size += picture.deflatedRows().size() + 512;
        for (const QByteArray &stream : m_streams)
            size += stream.size() + 512;
        const qsizetype firstPicture = firstFont + objectsOfAFont * m_letters.size();
        const qsizetype firstPage = firstPicture + m_pictures.size();
        ObjectFile file(size);
        addFront(file, firstPicture, firstPage);
        for (qsizetype i = 0; i < m_letters.size(); ++i)
            addFont(file, *m_letters[i], firstFont + objectsOfAFont * i);
        for (const ModulePicture &picture : m_pictures)
            addPicture(file, picture);
        QByteArray box = "[0 0 ";
        put(box, m_document.width * pointsPerPrintUnit);
        put(box, m_document.height * pointsPerPrintUnit);
        for (const auto &page : m_pages) {
            QByteArrayList contents;
            for (const qsizetype stream : page)
                contents.append(reference(firstPage + m_pages.size() + stream));
            file.add("<< /Type /Page /Parent 2 0 R /Resources 4 0 R /MediaBox " + box + "] /Contents [" +
                     contents.join(' ') + "] >>");
        }
        for (const QByteArray &stream : m_streams)
            file.addStream({}, stream);
        return file.finish();
    }

private:
    void addFront(ObjectFile &file, qsizetype firstPicture, qsizetype firstPage) const
    {
        QByteArrayList kids;
        for (qsizetype i = 0; i < m_pages.size(); ++i)
            kids.append(reference(firstPage + i));
        QByteArray resources = "<< /ProcSet [/PDF /Text /ImageB] /Font <<";
        for (qsizetype i = 0; i < m_letters.size(); ++i)
            resources += " /F" + QByteArray::number(i) + ' ' + reference(firstFont + objectsOfAFont * i);
        resources += " >> /XObject <<";
        for (qsizetype i = 0; i < m_pictures.size(); ++i)
            resources += " /M" + QByteArray::number(i) + ' ' + reference(firstPicture + i);
        file.add("<< /Type /Catalog /Pages 2 0 R >>");
        file.add("<< /Type /Pages /Kids [" + kids.join(' ') + "] /Count " + QByteArray::number(kids.size()) + " >>");
        file.add("<< /Title " + textString(m_document.title) + " /Creator (Parterre) /Producer (Parterre) >>");
        file.add(resources + " >> >>");
    }
    /// Words and codes go into streams of their own, since they alone are new.
    template <class Kind>
    void turnTo(const Kind &)
    {
        constexpr bool isOfTicket = std::is_same_v<Kind, Words> || std::is_same_v<Kind, Modules>;
        if (std::is_same_v<Kind, NextPage> || m_isOfTicket == isOfTicket)
            return;
        endStream();
        m_isOfTicket = isOfTicket;
    }
    void endStream()
    {
        const QByteArray written = m_page.take();
        if (written.isEmpty())
            return;
        if (const auto found = m_drawn.constFind(written); found != m_drawn.cend()) {
            m_contents.append(*found);
            return;
        }
        m_contents.append(m_streams.size());
        if (!m_isOfTicket)
            m_drawn.insert(written, m_streams.size());
        m_streams.append(m_isOfTicket ? deflatedQuickly(written) : knownDeflated(written));
    }
    void endPage()
    {
        m_page.finish();
        endStream();
        m_pages.append(std::exchange(m_contents, {}));
        m_isOfTicket = false;
    }

    bool set(const NextPage &)
    {
        endPage();
        m_page = Page(m_document.height);
        return true;
    }
    bool set(const Top &it)
    {
        m_page.setTop(it.top);
        return true;
    }
    bool set(const Box &it)
    {
        m_page.fillColor(it.color);
        if (it.cornerRadius <= 0) {
            m_page.write("re f\n", it.box.x(), it.box.y(), it.box.width(), it.box.height());
            return true;
        }
        const qreal r = it.cornerRadius;
        const QRectF in = it.box.adjusted(r, r, -r, -r);
        const QPointF right(r, 0);
        const QPointF down(0, r);
        m_page.write("m\n", in.left(), it.box.top());
        m_page.write("l\n", in.right(), it.box.top());
        m_page.quarter(in.topRight(), in.topRight() - down, in.topRight() + right);
        m_page.write("l\n", it.box.right(), in.bottom());
        m_page.quarter(in.bottomRight(), in.bottomRight() + right, in.bottomRight() + down);
        m_page.write("l\n", in.left(), it.box.bottom());
        m_page.quarter(in.bottomLeft(), in.bottomLeft() + down, in.bottomLeft() - right);
        m_page.write("l\n", it.box.left(), in.top());
        m_page.quarter(in.topLeft(), in.topLeft() - right, in.topLeft() - down);
        m_page.write("h f\n");
        return true;
    }
    bool set(const Discs &it)
    {
        m_page.fillColor(it.color);
        const QPointF right(it.radius, 0);
        const QPointF down(0, it.radius);
        for (const QPointF &middle : it.middles) {
            m_page.write("m\n", middle.x() + it.radius, middle.y());
            m_page.quarter(middle, middle + right, middle + down);
            m_page.quarter(middle, middle + down, middle - right);
            m_page.quarter(middle, middle - right, middle - down);
            m_page.quarter(middle, middle - down, middle + right);
            m_page.write("h\n");
        }
        m_page.write("f\n");
        return true;
    }
    bool set(const HalfDisc &it)
    {
        const qreal sign = it.half == PdfCanvas::Half::Lower ? 1 : -1;
        const QPointF side(sign * it.radius, 0);
        const QPointF end(0, sign * it.radius);
        m_page.fillColor(it.inside);
        m_page.strokeColor(it.outline);
        m_page.write("w [] 0 d\n", it.outlineWidth);
        m_page.write("m\n", it.middle.x() + side.x(), it.middle.y());
        m_page.quarter(it.middle, it.middle + side, it.middle + end);
        m_page.quarter(it.middle, it.middle + end, it.middle - side);
        m_page.write("h B\n");
        return true;
    }
    bool set(const Dashes &it)
    {
        m_page.strokeColor(it.color);
        m_page.write("w [", it.width);
        m_page.write("] 0 d\n", it.dash);
        m_page.write("m\n", it.from.x(), it.from.y());
        m_page.write("l S\n", it.to.x(), it.to.y());
        return true;
    }
    bool set(const Modules &it)
    {
        m_page.fillColor(Qt::black);
        m_page.write("q ");
        m_page.write("cm /M", it.box.width(), 0, 0, -it.box.height(), it.box.left(), it.box.bottom());
        m_page.bytes().append(QByteArray::number(m_pictures.size())).append(" Do Q\n");
        m_pictures.append(it.picture);
        return true;
    }
    bool set(const Words &it)
    {
        const auto line = typeLine(it.words, it.font);
        if (!line)
            return false;
        const qreal size = it.font.pixelSize();
        const qreal width = line->width * size;
        m_page.fillColor(it.color);
        m_page.write("BT ");
        m_page.write("Tm\n", width > it.widthMax ? it.widthMax / width : 1.0, 0, 0, -1, it.baseline.x(),
                     it.baseline.y());
        for (const TypeLine::Run &run : line->runs) {
            QByteArray &out = m_page.bytes();
            out.append("/F").append(QByteArray::number(numberOf(run.letters))).append(' ');
            put(out, size);
            out.append("Tf ").append(run.shown).append(" TJ\n");
        }
        m_page.write("ET\n");
        return true;
    }
    qsizetype numberOf(const TypeCase *letters)
    {
        const qsizetype found = m_letters.indexOf(letters);
        if (found >= 0)
            return found;
        m_letters.append(letters);
        return m_letters.size() - 1;
    }

    const Document &m_document;
    Page m_page;
    bool m_isOfTicket = false;            ///< What the stream is of that is being written.
    QList<QByteArray> m_streams;          ///< Deflated.
    QHash<QByteArray, qsizetype> m_drawn; ///< Those that more than one page may show.
    QList<qsizetype> m_contents;          ///< Of the page, by their places in `m_streams`.
    QList<QList<qsizetype>> m_pages;
    QList<ModulePicture> m_pictures;
    QList<const TypeCase *> m_letters;
};

} // namespace

std::optional<QByteArray> printedInType(const Document &document)
{
    TypePress press(document);
    if (!press.print())
        return std::nullopt;
    return press.finish();
}

} // namespace parterre::server::print
