#pragma once

#include "checkout/pdfpages.h"

#include <QHash>
#include <QPixmap>
#include <QWidget>

namespace parterre::ui {

/// Sheets of paper under each other, as wide as there is room up to life size on a large screen. A page is drawn when
/// it comes into sight for the first time.
class PageView : public QWidget
{
    Q_OBJECT

public:
    /// `pages` must outlive the view.
    explicit PageView(const PdfPages &pages, QWidget *parent = nullptr);

    [[nodiscard]] QRect pageRect(int page) const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] const QPixmap &picture(int page);

    const PdfPages &m_pages;
    QHash<int, QPixmap> m_pictures;
};

} // namespace parterre::ui
