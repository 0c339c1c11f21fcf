#pragma once

#include <QWidget>

#include <vector>

namespace parterre::ui {

/// A text as a QR code to be read off the screen: dark on white in every theme, with the quiet zone that readers need.
class QrCodeView : public QWidget
{
    Q_OBJECT

public:
    explicit QrCodeView(QWidget *parent = nullptr);

    /// Latin-1 text of at most some hundred characters; shows nothing for what does not fit.
    void setText(const QString &text);
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_text;
    int m_side = 0; ///< Modules.
    std::vector<bool> m_dark;
};

} // namespace parterre::ui
