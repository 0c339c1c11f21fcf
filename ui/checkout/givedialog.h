#pragma once

#include "checkout/salecontroller.h"

#include <QDialog>
#include <QUrl>

class QLabel;
class QPushButton;

namespace parterre::ui {

class CountdownLabel;
class NoticeBar;
class QrCodeView;

/// The code under which a customer goes on with the cart's places in the shop: large, to be read out, as a QR code to
/// be photographed and as a link to be sent. Says so when the customer has them.
class GiveDialog : public QDialog
{
    Q_OBJECT

public:
    /// `shop` is the address of the shop's first page.
    GiveDialog(SaleController &sale, SalesPort &sales, const QUrl &shop, QWidget *parent = nullptr);

    /// Where the shop begins for a desk that is connected to this server.
    [[nodiscard]] static QUrl shopOf(QUrl server);
    /// The page of the shop that enters the code by itself. In the fragment, which no server logs.
    [[nodiscard]] static QUrl linkFor(QUrl shop, const QString &code);

private:
    void build();
    void ask();
    void showCode(const HandoverOffer &offer);
    void showEnd();
    void copy(const QString &text, const QString &said);

    SaleController &m_sale;
    SalesPort &m_sales;
    const QUrl m_shop;
    const int m_places;
    QString m_codeText;
    QLabel *m_lead;
    QLabel *m_code;
    QLabel *m_keptCaption;
    CountdownLabel *m_kept;
    QrCodeView *m_qr;
    NoticeBar *m_notice;
    QPushButton *m_copyCode;
    QPushButton *m_copyLink;
    QPushButton *m_close;
};

} // namespace parterre::ui
