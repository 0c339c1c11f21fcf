#include "checkout/pdfpages.h"

#include <QCoreApplication>

#include <poppler-qt6.h>

namespace parterre::ui {

namespace {

constexpr double pointsPerInch = 72.0;

}

PdfPages::PdfPages(std::unique_ptr<Poppler::Document> document)
    : m_document(std::move(document))
{
    for (int page = 0; page < m_document->numPages(); ++page)
        m_inches.push_back(m_document->page(page)->pageSizeF() / pointsPerInch);
}

PdfPages::PdfPages(PdfPages &&other) noexcept = default;
PdfPages &PdfPages::operator=(PdfPages &&other) noexcept = default;
PdfPages::~PdfPages() = default;

Result<PdfPages> PdfPages::read(const QByteArray &pdf)
{
    std::unique_ptr<Poppler::Document> document = Poppler::Document::loadFromData(pdf);
    if (!document || document->isLocked() || document->numPages() == 0) {
        return refuse(ErrorCode::InvalidInput,
                      QCoreApplication::translate("PdfPages", "The tickets that came cannot be read. The sale stands; "
                                                              "fetch them again under Orders."));
    }
    document->setRenderHint(Poppler::Document::Antialiasing);
    document->setRenderHint(Poppler::Document::TextAntialiasing);
    return PdfPages(std::move(document));
}

QImage PdfPages::picture(int page, double dotsPerInch) const
{
    return m_document->page(page)->renderToImage(dotsPerInch, dotsPerInch);
}

} // namespace parterre::ui
