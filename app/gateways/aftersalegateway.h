#pragma once

#include "connection/deskconnection.h"
#include "ports/aftersaleport.h"

namespace parterre::app {

class AfterSaleGateway : public ui::AfterSalePort
{
    Q_OBJECT

public:
    explicit AfterSaleGateway(DeskConnection &connection, QObject *parent = nullptr);

    void refundLines(const RefundLines &command, ui::Reply<OrderView> reply) override;
    void payOut(const PayOut &command, ui::Reply<OrderView> reply) override;
    void askRefundAgain(const AskRefundAgain &command, ui::Reply<OrderView> reply) override;
    void listOpenRefunds(ui::Reply<std::vector<OpenRepayment>> reply) override;
    void cancelPerformance(const CancelPerformance &command, ui::Reply<CancellationView> reply) override;
    void cancellationProgress(const PerformanceId &performance, ui::Reply<CancellationView> reply) override;
    void exchangeOrder(const ExchangeOrder &command, ui::Reply<OrderView> reply) override;

private:
    DeskConnection &m_connection;
};

} // namespace parterre::app
