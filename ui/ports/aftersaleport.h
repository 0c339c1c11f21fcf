#pragma once

#include "domain/aftersale/cancellation.h"
#include "domain/aftersale/exchange.h"
#include "domain/checkout/order.h"
#include "ports/reply.h"

namespace parterre::ui {

/// What comes after the sale: refunds, exchanges and cancelled performances. Answered exactly once, as commands of
/// SalesPort are.
class AfterSalePort : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void refundLines(const RefundLines &command, Reply<OrderView> reply) = 0;
    virtual void payOut(const PayOut &command, Reply<OrderView> reply) = 0;
    virtual void askRefundAgain(const AskRefundAgain &command, Reply<OrderView> reply) = 0;
    virtual void listOpenRefunds(Reply<std::vector<OpenRepayment>> reply) = 0;
    virtual void cancelPerformance(const CancelPerformance &command, Reply<CancellationView> reply) = 0;
    virtual void cancellationProgress(const PerformanceId &performance, Reply<CancellationView> reply) = 0;
    virtual void exchangeOrder(const ExchangeOrder &command, Reply<OrderView> reply) = 0;
};

} // namespace parterre::ui
