#pragma once

#include "base/result.h"

#include <QImage>
#include <QSizeF>

#include <memory>
#include <vector>

namespace Poppler {
class Document;
}

namespace parterre::ui {

/// The pages of a PDF as pictures; read once, drawn when asked for. Pages count from 0.
class PdfPages
{
public:
    /// Refuses what is not a PDF, is locked or has no page.
    [[nodiscard]] static Result<PdfPages> read(const QByteArray &pdf);
    PdfPages(PdfPages &&other) noexcept;
    PdfPages &operator=(PdfPages &&other) noexcept;
    ~PdfPages();

    [[nodiscard]] int count() const { return static_cast<int>(m_inches.size()); }
    [[nodiscard]] QSizeF inches(int page) const { return m_inches[static_cast<size_t>(page)]; }
    [[nodiscard]] QImage picture(int page, double dotsPerInch) const;

private:
    explicit PdfPages(std::unique_ptr<Poppler::Document> document);

    std::unique_ptr<Poppler::Document> m_document;
    std::vector<QSizeF> m_inches; ///< Of each page: a view lays all of them out whenever it paints.
};

} // namespace parterre::ui
