#include "domain/payments/payment.h"

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

using enum PaymentState;

constexpr auto arrows = std::to_array<std::pair<PaymentState, PaymentState>>({
    {Created, Authorising},       {Created, Captured}, // Cash: handed over and counted before the command is sent.
    {Authorising, Authorised},    {Authorising, RequiresAction}, {Authorising, Declined},   {Authorising, InDoubt},
    {Authorising, Captured},                                  // The reconciler learns of both steps at once.
    {Authorising, Cancelled},                                 // The provider never saw it, or cancelled it when asked.
    {RequiresAction, Authorised}, {RequiresAction, Captured}, // The reconciler learns of both steps at once.
    {RequiresAction, Declined},   {RequiresAction, Cancelled},   {RequiresAction, InDoubt}, {Authorised, Captured},
    {Authorised, Cancelled},      {Authorised, InDoubt},         {InDoubt, RequiresAction}, {InDoubt, Authorised},
    {InDoubt, Captured},          {InDoubt, Declined},           {InDoubt, Cancelled},
});

} // namespace

Result<PaymentState> decidePayment(PaymentState from, PaymentState to)
{
    if (from != to && std::ranges::find(arrows, std::pair(from, to)) == arrows.end())
        return refuse(ErrorCode::WrongState,
                      u"A payment that is %1 cannot become %2."_s.arg(enumName(from), enumName(to)));
    return to;
}

bool isSettled(PaymentState state)
{
    return state == Captured || state == Declined || state == Cancelled;
}

Result<Money> cashChange(const Money &total, const Money &tendered)
{
    if (tendered.currency() != total.currency()) {
        return refuse(ErrorCode::AmountMismatch,
                      u"The order is in %1, the cash in %2."_s.arg(total.currency().code(), tendered.currency().code()),
                      u"/tendered/currency"_s);
    }
    if (tendered < total) {
        return refuse(ErrorCode::AmountMismatch,
                      u"%1 is owed and %2 was given: %3 is missing."_s.arg(total.plainText(), tendered.plainText(),
                                                                           (total - tendered).plainText()),
                      u"/tendered/amount"_s);
    }
    return tendered - total;
}

} // namespace parterre
