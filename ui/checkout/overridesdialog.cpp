#include "checkout/overridesdialog.h"

#include "common/emptystate.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/rowdelegate.h"
#include "common/theme.h"
#include "common/timetext.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

enum OverrideColumn {
    OverrideWhenColumn,
    OverrideSaleColumn,
    OverridePlaceColumn,
    OverrideListColumn,
    OverridePriceColumn,
    OverrideWhoColumn,
    OverrideColumnCount
};

QString priceText(const OverrideRecord &record)
{
    return record.kind == OverrideKind::Comp ? OverridesDialog::tr("comp") : moneyText(record.price);
}

/// What was given away, in each currency; houses have one.
QString totalText(const std::vector<OverrideRecord> &records)
{
    struct Sum
    {
        int tickets = 0;
        Money listed;
        Money price;
    };
    std::map<QString, Sum> sums;
    for (const OverrideRecord &record : records) {
        auto [sum, isNew] = sums.try_emplace(record.listed.currency().code());
        if (isNew)
            sum->second.listed = sum->second.price = Money(0, record.listed.currency());
        ++sum->second.tickets;
        sum->second.listed += record.listed;
        sum->second.price += record.price;
    }
    QStringList texts;
    for (const auto &[currency, sum] : sums) {
        texts += OverridesDialog::tr("%n ticket(s): %1 by the list, sold for %2, %3 less.", nullptr, sum.tickets)
                     .arg(moneyText(sum.listed), moneyText(sum.price), moneyText(sum.listed - sum.price));
    }
    return texts.join(u' ');
}

/// What stands between two tabs: a text of theirs would move what comes after it into another column.
QString cellText(QString text)
{
    return text.replace(u'\t', u' ').replace(u'\n', u' ');
}

} // namespace

OverridesDialog::OverridesDialog(SalesPort &sales, CatalogPort &catalog, QWidget *parent)
    : QDialog(parent)
    , m_sales(sales)
    , m_catalog(catalog)
    , m_performance(new QComboBox(this))
    , m_text(new QLineEdit(this))
    , m_table(new QTableWidget(0, OverrideColumnCount, this))
    , m_empty(new EmptyState(this))
    , m_total(new QLabel(this))
    , m_notice(new NoticeBar(this))
    , m_copy(new QPushButton(tr("C&opy the table"), this))
{
    setObjectName(u"overridesDialog"_s);
    setWindowTitle(tr("Comps and other prices"));
    resize(1120, 640);
    build();
    connect(m_performance, &QComboBox::currentIndexChanged, this, &OverridesDialog::load);
    connect(m_text, &QLineEdit::textChanged, this, &OverridesDialog::showRecords);
    connect(m_copy, &QPushButton::clicked, this, &OverridesDialog::copy);
    m_empty->setContent(u"clock"_s, tr("Asking the server…"), {});
    m_table->hide();
    m_copy->setEnabled(false);
    loadPerformances();
    load();
}

void OverridesDialog::build()
{
    m_performance->setObjectName(u"overridesPerformance"_s);
    m_performance->addItem(tr("All performances"));
    m_performance->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_text->setObjectName(u"overridesText"_s);
    m_text->setPlaceholderText(tr("Order, place, name or reason"));
    m_text->setClearButtonEnabled(true);
    m_table->setObjectName(u"overridesTable"_s);
    showAsRows(*m_table);
    m_table->setHorizontalHeaderLabels(
        {tr("When"), tr("Order"), tr("Place and reason"), tr("List"), tr("Price"), tr("Sold by, approved by")});
    for (const int column : {OverrideListColumn, OverridePriceColumn})
        m_table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(OverridePlaceColumn, QHeaderView::Stretch);
    for (const auto &[column, width] :
         {std::pair(OverrideWhenColumn, 190), std::pair(OverrideSaleColumn, 240), std::pair(OverrideListColumn, 90),
          std::pair(OverridePriceColumn, 90), std::pair(OverrideWhoColumn, 180)})
        m_table->setColumnWidth(column, width);
    m_empty->setObjectName(u"overridesEmpty"_s);
    m_total->setObjectName(u"overridesTotal"_s);
    m_total->setFont(headingFont());
    m_notice->setObjectName(u"overridesNotice"_s);
    m_copy->setObjectName(u"overridesCopy"_s);
    m_copy->setShortcut(QKeySequence::Copy);
    m_copy->setToolTip(tr("To be pasted into a spreadsheet (Ctrl+C)"));
    auto *title = new QLabel(windowTitle(), this);
    title->setFont(titleFont());
    auto *refresh = new QPushButton(tr("&Refresh"), this);
    refresh->setObjectName(u"overridesRefresh"_s);
    refresh->setShortcut(QKeySequence(Qt::Key_F5));
    refresh->setToolTip(tr("Refresh (F5)"));
    connect(refresh, &QPushButton::clicked, this, &OverridesDialog::load);
    auto *close = new QPushButton(tr("C&lose"), this);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *filter = new QHBoxLayout;
    filter->addWidget(m_performance, 1);
    filter->addWidget(m_text, 1);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_total, 1);
    for (QPushButton *button : {m_copy, refresh, close}) {
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::wide);
    layout->addWidget(title);
    layout->addLayout(filter);
    layout->addWidget(m_notice);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_empty, 1);
    layout->addLayout(buttons);
}

void OverridesDialog::loadPerformances()
{
    using List = std::vector<PerformanceSummary>;
    m_catalog.listPerformances(guarded<List>(this, [this](const Result<List> &found) {
        if (!found)
            return m_notice->showNotice(NoticeKind::Error, found.error().message);
        List newestFirst = *found;
        std::ranges::sort(newestFirst, std::ranges::greater(), &PerformanceSummary::startsAt);
        for (const PerformanceSummary &performance : newestFirst) {
            m_performance->addItem(
                u"%1, %2"_s.arg(startText(performance.startsAt, performance.timeZone), performance.eventTitle),
                QVariant::fromValue(performance.id.text()));
        }
    }));
}

void OverridesDialog::load()
{
    using List = std::vector<OverrideRecord>;
    const auto performance = PerformanceId::fromText(m_performance->currentData().toString());
    m_sales.listOverrides(
        performance, guarded<List>(this, [this, question = ++m_question](Result<List> found) {
            if (question != m_question)
                return;
            if (!found) {
                m_empty->setContent(u"warning"_s, tr("The list did not come"), tr("Refresh asks for it again."));
                return m_notice->showNotice(NoticeKind::Error, found.error().message);
            }
            m_notice->clear();
            m_records = *std::move(found);
            if (m_records->size() >= limits::pageSizeMax) {
                m_notice->showNotice(NoticeKind::Info,
                                     tr("Only the newest %1 are shown. Choose a performance to see all of its.")
                                         .arg(limits::pageSizeMax));
            }
            showRecords();
        }));
}

bool OverridesDialog::isWanted(const OverrideRecord &record) const
{
    const QString wanted = m_text->text().trimmed();
    return std::ranges::any_of(std::initializer_list<QString>{record.orderNumber, record.event, record.placeName,
                                                              record.reason, record.givenBy, record.approvedBy},
                               [&](const QString &text) { return text.contains(wanted, Qt::CaseInsensitive); });
}

void OverridesDialog::showRecords()
{
    if (!m_records)
        return;
    m_shown.clear();
    std::ranges::copy_if(*m_records, std::back_inserter(m_shown), [this](const auto &one) { return isWanted(one); });
    m_table->setVisible(!m_shown.empty());
    m_empty->setVisible(m_shown.empty());
    if (m_records->empty())
        m_empty->setContent(u"receipt"_s, tr("Everything was sold at the list's prices"),
                            tr("Comps and other prices stand here once they are sold, with who approved them."));
    else
        m_empty->setContent(u"search"_s, tr("Nothing matches"), tr("Look for another order, place, name or reason."));
    m_total->setText(totalText(m_shown));
    m_copy->setEnabled(!m_shown.empty());
    m_table->setRowCount(static_cast<int>(m_shown.size()));
    for (int row = 0; row < m_table->rowCount(); ++row)
        showRow(row, m_shown[static_cast<size_t>(row)]);
}

void OverridesDialog::showRow(int row, const OverrideRecord &record)
{
    const QStringList texts{startText(record.at, record.timeZone),
                            record.orderNumber,
                            record.placeName,
                            moneyText(record.listed),
                            priceText(record),
                            record.givenBy};
    const QStringList second{{},
                             u"%1, %2"_s.arg(record.event, startText(record.startsAt, record.timeZone)),
                             record.reason,
                             {},
                             {},
                             record.approvedBy};
    for (int column = 0; column < OverrideColumnCount; ++column) {
        auto *item = new QTableWidgetItem(texts.at(column));
        item->setData(RowDelegate::SecondLineRole, second.at(column));
        item->setToolTip(second.at(column).isEmpty() ? texts.at(column) : second.at(column));
        if (column == OverrideListColumn || column == OverridePriceColumn)
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_table->setItem(row, column, item);
    }
}

void OverridesDialog::copy()
{
    QStringList lines{QStringList{tr("When"), tr("Order"), tr("Event"), tr("Starts"), tr("Place"), tr("List"),
                                  tr("Price"), tr("Currency"), tr("Reason"), tr("Sold by"), tr("Approved by")}
                          .join(u'\t')};
    for (const OverrideRecord &record : m_shown) {
        lines += QStringList{startText(record.at, record.timeZone),
                             record.orderNumber,
                             cellText(record.event),
                             startText(record.startsAt, record.timeZone),
                             cellText(record.placeName),
                             moneyTypedText(record.listed),
                             moneyTypedText(record.price),
                             record.listed.currency().code(),
                             cellText(record.reason),
                             cellText(record.givenBy),
                             cellText(record.approvedBy)}
                     .join(u'\t');
    }
    QApplication::clipboard()->setText(lines.join(u'\n') + u'\n');
    m_notice->showNotice(NoticeKind::Success, tr("%n line(s) copied.", nullptr, static_cast<int>(m_shown.size())));
}

} // namespace parterre::ui
