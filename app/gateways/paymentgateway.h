#pragma once

#include "connection/deskconnection.h"
#include "ports/paymentport.h"

namespace parterre::app {

class PaymentGateway : public ui::PaymentPort
{
    Q_OBJECT

public:
    explicit PaymentGateway(DeskConnection &connection, QObject *parent = nullptr);

    void listInDoubt(ui::Reply<std::vector<PaymentInDoubt>> reply) override;
    void resolve(const ResolvePayment &command, ui::Reply<OrderView> reply) override;

private:
    DeskConnection &m_connection;
};

} // namespace parterre::app
