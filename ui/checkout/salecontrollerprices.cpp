#include "checkout/salecontroller.h"

#include <algorithm>

/// What a sale costs: promotion codes, which the server knows, and prices that a supervisor approved of.
namespace parterre::ui {

using namespace Qt::StringLiterals;

CartCost SaleController::cost() const
{
    if (m_quote)
        return cartCost(*m_quote, m_performance.cashStep);
    return cartCost(m_performance, heldPlaces(), lineRequests());
}

std::vector<OrderLineRequest> SaleController::lineRequests() const
{
    std::vector<OrderLineRequest> requests;
    for (const CartLine &line : lines()) {
        requests.push_back({.place = line.key,
                            .priceType = line.type,
                            .quantity = line.quantity,
                            .priceOverride = line.priceOverride});
    }
    return requests;
}

void SaleController::setPromotion(const QString &code)
{
    if (m_step == PaymentStep::Working || m_step == PaymentStep::Paid || promotionCode(code) == m_promotion)
        return;
    m_promotion = promotionCode(code);
    priceAnew();
    Q_EMIT cartChanged();
}

void SaleController::setPriceOverride(const QString &key, const std::optional<PriceOverride> &wanted)
{
    if (wanted)
        m_overrides.insert(key, *wanted);
    else
        m_overrides.remove(key);
    priceAnew();
    Q_EMIT cartChanged();
}

void SaleController::setApproval(const QString &token)
{
    m_approval = token;
    m_orderIsStale = true;
}

void SaleController::priceAnew()
{
    m_orderIsStale = true;
    m_quote.reset();
    ++m_question;
    m_isQuoting = false;
    if (m_promotion.isEmpty() || isEmpty())
        return;
    m_isQuoting = true;
    m_sales.askQuote({.hold = m_holdId, .lines = lineRequests(), .promotion = m_promotion},
                     guarded<OrderQuote>(this, [this, question = m_question](const Result<OrderQuote> &answer) {
                         if (question == m_question)
                             onQuote(answer);
                     }));
}

void SaleController::onQuote(const Result<OrderQuote> &answer)
{
    m_isQuoting = false;
    if (answer)
        m_quote = *answer;
    else
        m_promotion.clear(); // What it would have taken off is off the screen before anybody pays.
    if (!answer)
        Q_EMIT promotionRefused(answer.error());
    Q_EMIT cartChanged();
}

} // namespace parterre::ui
