#pragma once

#include "domain/checkout/order.h"
#include "domain/payments/doubt.h"
#include "ports/reply.h"

namespace parterre::ui {

/// Payments that a supervisor has to end. Answered exactly once, as commands of SalesPort are.
class PaymentPort : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void listInDoubt(Reply<std::vector<PaymentInDoubt>> reply) = 0;
    virtual void resolve(const ResolvePayment &command, Reply<OrderView> reply) = 0;
};

} // namespace parterre::ui
