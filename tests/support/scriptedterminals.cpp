#include "support/scriptedhouse.h"

#include <algorithm>
#include <utility>

/// The card terminals of the box office in memory.
namespace parterre::tests {

Result<OrderView> ScriptedHouse::pay(const PayTerminal &command)
{
    terminalPayments.push_back(command);
    const auto order = std::ranges::find(m_orders, command.order, &OrderView::id);
    PT_CHECK(holdView(order->hold));
    sell(*order, command.payment, PaymentMethod::Terminal);
    return *order;
}

void ScriptedHouse::Sales::listTerminals(ui::Reply<std::vector<QString>> reply)
{
    m_house.later([reply, names = m_house.terminals] { reply(names); });
}

void ScriptedHouse::Sales::payTerminal(const PayTerminal &command, ui::Reply<OrderView> reply)
{
    m_house.answer<OrderView>(reply, [&]() -> Result<OrderView> {
        Result<OrderView> paid = m_house.pay(command);
        if (m_house.m_lostAnswer)
            return refuse(*std::exchange(m_house.m_lostAnswer, std::nullopt));
        return paid;
    });
}

void ScriptedHouse::Sales::stopTerminal(const PaymentId &payment, ui::Reply<void> reply)
{
    m_house.stopped.push_back(payment);
    m_house.later([reply] { reply({}); });
}

} // namespace parterre::tests
