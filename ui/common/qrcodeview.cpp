#include "common/qrcodeview.h"

#include <QPainter>

#include <qrencode.h>

#include <algorithm>
#include <memory>

namespace parterre::ui {

namespace {

constexpr int quietModules = 4; // On each side, as ISO/IEC 18004 asks.
constexpr int pixelsPerModule = 5;

} // namespace

QrCodeView::QrCodeView(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void QrCodeView::setText(const QString &text)
{
    m_text = text;
    m_dark.clear();
    m_side = 0;
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeString(text.toLatin1().constData(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), &QRcode_free);
    if (code && !text.isEmpty()) {
        m_side = code->width;
        for (int i = 0; i < m_side * m_side; ++i)
            m_dark.push_back((code->data[i] & 1) != 0);
    }
    updateGeometry();
    update();
}

QSize QrCodeView::sizeHint() const
{
    const int side = (m_side + 2 * quietModules) * pixelsPerModule;
    return m_side > 0 ? QSize(side, side) : QSize();
}

void QrCodeView::paintEvent(QPaintEvent *)
{
    if (m_side == 0)
        return;
    QPainter painter(this);
    painter.fillRect(rect(), Qt::white);
    const int all = m_side + 2 * quietModules;
    const int module = std::max(1, std::min(width(), height()) / all); // Whole pixels, so that edges are sharp.
    const QPoint corner((width() - module * m_side) / 2, (height() - module * m_side) / 2);
    for (int row = 0; row < m_side; ++row) {
        for (int column = 0; column < m_side; ++column) {
            if (m_dark[static_cast<size_t>(row * m_side + column)])
                painter.fillRect(QRect(corner + QPoint(column, row) * module, QSize(module, module)), Qt::black);
        }
    }
}

} // namespace parterre::ui
