#pragma once

#include "domain/catalog/catalog.h"
#include "domain/holds/hold.h"
#include "ports/reply.h"

namespace parterre::ui {

/// One sale, anywhere in the house, as everyone sees it at the foot of the window.
struct SaleNews
{
    PerformanceId performance;
    QString orderNumber;
    SalesChannel channel = SalesChannel::Desk;
    int places = 0;
    Money total;
};

class CatalogPort : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void listPerformances(Reply<std::vector<PerformanceSummary>> reply) = 0;
    virtual void setState(const PerformanceId &performance, PerformanceState state, Reply<void> reply) = 0;

Q_SIGNALS:
    void performanceChanged(const parterre::PerformanceSummary &performance);
    void saleRecorded(const parterre::ui::SaleNews &sale);
};

} // namespace parterre::ui
