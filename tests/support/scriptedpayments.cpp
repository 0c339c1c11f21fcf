#include "support/scriptedhouse.h"

#include <algorithm>

/// Payments that a supervisor decides, in the box office in memory.
namespace parterre::tests {

using namespace Qt::StringLiterals;

void ScriptedHouse::Payments::listInDoubt(ui::Reply<std::vector<PaymentInDoubt>> reply)
{
    m_house.answer<std::vector<PaymentInDoubt>>(reply, [&] { return m_house.doubts; });
}

void ScriptedHouse::Payments::resolve(const ResolvePayment &command, ui::Reply<OrderView> reply)
{
    m_house.decisions.push_back(command);
    m_house.answer<OrderView>(reply, [&]() -> Result<OrderView> {
        const auto doubt = std::ranges::find(m_house.doubts, command.payment, &PaymentInDoubt::payment);
        if (doubt == m_house.doubts.end() ||
            std::ranges::find(doubt->possible, command.decision) == doubt->possible.end())
            return refuse(ErrorCode::WrongState, u"This payment is settled."_s);
        OrderView order;
        order.id = doubt->order;
        order.number = doubt->orderNumber;
        m_house.doubts.erase(doubt);
        return order;
    });
}

} // namespace parterre::tests
