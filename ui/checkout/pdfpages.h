#pragma once

#include "base/result.h"

#include <QImage>
#include <QSizeF>

#include <memory>

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

    [[nodiscard]] int count() const;
    [[nodiscard]] QSizeF inches(int page) const;
    [[nodiscard]] QImage picture(int page, double dotsPerInch) const;

private:
    explicit PdfPages(std::unique_ptr<Poppler::Document> document);

    std::unique_ptr<Poppler::Document> m_document;
};

} // namespace parterre::ui
