#include "checkout/ticketpreview.h"

#include "checkout/pageview.h"
#include "checkout/ticketprinter.h"
#include "common/icons.h"
#include "common/noticebar.h"
#include "common/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPrintDialog>
#include <QPrinter>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

TicketPreview::TicketPreview(const TicketDocument &tickets, PdfPages pages, QWidget *parent)
    : QDialog(parent)
    , m_tickets(tickets)
    , m_pages(std::move(pages))
    , m_notice(new NoticeBar(this))
    , m_scroll(new QScrollArea(this))
{
    setObjectName(u"ticketPreview"_s);
    setWindowTitle(tr("Tickets"));
    auto *title = new QLabel(tr("Tickets"), this);
    title->setFont(titleFont());
    auto *what = new QLabel(tr("%1 · %n page(s)", nullptr, m_pages.count()).arg(tickets.fileName), this);
    what->setProperty("muted", true);
    m_notice->setObjectName(u"previewNotice"_s);
    m_scroll->setObjectName(u"previewPages"_s);
    m_scroll->setWidget(new PageView(m_pages, m_scroll));
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    const auto addButton = [this](const QString &icon, const QString &text, const QString &name, auto slot) {
        auto *button = new QPushButton(text, this);
        if (!icon.isEmpty())
            button->setIcon(themedIcon(icon));
        button->setObjectName(name);
        button->setMinimumHeight(metrics::controlHeight);
        button->setAutoDefault(false);
        connect(button, &QPushButton::clicked, this, slot);
        return button;
    };
    QPushButton *close = addButton({}, tr("&Close"), u"previewClose"_s, &QDialog::reject);
    QPushButton *save = addButton(u"ticket"_s, u' ' + tr("&Save PDF…"), u"previewSave"_s, &TicketPreview::save);
    QPushButton *print = addButton({}, tr("&Print…  (Enter)"), u"previewPrint"_s, &TicketPreview::print);
    print->setProperty("primary", true);
    print->setDefault(true);
    print->setFocus();
    auto *head = new QHBoxLayout;
    head->setContentsMargins(metrics::section, metrics::wide, metrics::section, metrics::normal);
    head->addWidget(title);
    head->addSpacing(metrics::small);
    head->addWidget(what, 1);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(metrics::section, metrics::normal, metrics::section, metrics::wide);
    foot->addWidget(close);
    foot->addStretch();
    foot->addWidget(save);
    foot->addSpacing(metrics::small);
    foot->addWidget(print);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_notice);
    layout->addWidget(m_scroll, 1);
    layout->addLayout(foot);
    constexpr QSize wanted(820, 860);
    const QSize room = parent ? parent->window()->size() : screen()->availableSize();
    resize(wanted.boundedTo(room).expandedTo({480, 420}));
}

void TicketPreview::keyPressEvent(QKeyEvent *event)
{
    QScrollBar *bar = m_scroll->verticalScrollBar();
    switch (event->key()) {
    case Qt::Key_PageDown:
        return bar->triggerAction(QScrollBar::SliderPageStepAdd);
    case Qt::Key_PageUp:
        return bar->triggerAction(QScrollBar::SliderPageStepSub);
    case Qt::Key_Home:
        return bar->triggerAction(QScrollBar::SliderToMinimum);
    case Qt::Key_End:
        return bar->triggerAction(QScrollBar::SliderToMaximum);
    default:
        QDialog::keyPressEvent(event);
    }
}

void TicketPreview::print()
{
    QPrinter printer(QPrinter::HighResolution);
    printer.setDocName(m_tickets.fileName);
    QPrintDialog dialog(&printer, this);
    dialog.setObjectName(u"printDialog"_s);
    dialog.setMinMax(1, m_pages.count());
    if (dialog.exec() != QDialog::Accepted)
        return;
    if (const Status printed = printPages(m_pages, printer); !printed)
        m_notice->showNotice(NoticeKind::Error, printed.error().message);
    else
        m_notice->showNotice(NoticeKind::Success, tr("The tickets were sent to the printer."));
}

void TicketPreview::save()
{
    const Result<QString> path = saveTickets(m_tickets, this);
    if (!path)
        m_notice->showNotice(NoticeKind::Error, path.error().message);
    else if (!path->isEmpty())
        m_notice->showNotice(NoticeKind::Success, tr("Saved as %1.").arg(*path));
}

} // namespace parterre::ui
