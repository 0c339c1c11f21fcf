#include "checkout/salecontroller.h"

#include <algorithm>
#include <utility>

namespace parterre::ui {

using namespace Qt::StringLiterals;

SaleController::SaleController(SalesPort &sales, QObject *parent)
    : QObject(parent)
    , m_sales(sales)
    , m_holdId(HoldId::create())
    , m_handoverWatch(new QTimer(this))
    , m_paymentId(PaymentId::create())
{
    constexpr int watchMilliseconds = 2'000;
    m_handoverWatch->setInterval(watchMilliseconds);
    connect(m_handoverWatch, &QTimer::timeout, this, &SaleController::checkHold);
}

void SaleController::begin(const PerformanceDetail &performance)
{
    if (!isEmpty())
        m_sales.releaseHold({.hold = m_holdId, .seats = {}, .areas = {}}, [](const Result<HoldView> &) {});
    m_performance = performance;
    nextCustomer();
}

void SaleController::updatePerformance(const PerformanceDetail &performance)
{
    m_performance = performance;
    Q_EMIT cartChanged();
}

void SaleController::nextCustomer()
{
    ++m_sale;
    m_holdId = HoldId::create();
    m_paymentId = PaymentId::create();
    m_hold.reset();
    m_steps.clear();
    m_busy = false;
    m_mustCheck = false;
    m_handoverWatch->stop();
    m_handedTo.reset();
    m_types.clear();
    m_typeForAll = {};
    m_lastReleased.clear();
    m_buyer = {};
    m_leaveSingleReason.clear();
    m_promotion.clear();
    m_overrides.clear();
    m_approval.clear();
    m_step = PaymentStep::None;
    m_paymentError.reset();
    m_order.reset();
    m_openTender.reset();
    priceAnew();
    Q_EMIT askedChanged();
    Q_EMIT cartChanged();
    Q_EMIT paymentChanged();
}

void SaleController::takeSeats(const std::vector<QString> &keys)
{
    std::vector<QString> wanted;
    const std::vector<QString> asked = askedSeats();
    std::ranges::copy_if(keys, std::back_inserter(wanted), [&](const QString &key) {
        return !isHeld(key) && std::ranges::find(asked, key) == asked.end();
    });
    if (!wanted.empty())
        push({.take = true, .seats = std::move(wanted), .areas = {}});
}

void SaleController::releaseSeats(const std::vector<QString> &keys)
{
    m_lastReleased.clear();
    for (const HeldPlace &place : heldPlaces()) {
        if (std::ranges::find(keys, place.key) != keys.end())
            m_lastReleased.push_back(place);
    }
    if (!m_lastReleased.empty())
        push({.take = false, .seats = keys, .areas = {}});
}

void SaleController::setAreaQuantity(const QString &area, int quantity)
{
    const int more = quantity - areaQuantity(area);
    if (more != 0)
        push({.take = more > 0, .seats = {}, .areas = {{.area = area, .quantity = std::abs(more)}}});
}

void SaleController::chooseBest(const BestPlaces &best, ChooseInto into)
{
    push({.take = true, .seats = {}, .areas = {}, .best = best, .into = isEmpty() ? ChooseInto::Cart : into});
}

void SaleController::moveAlong()
{
    const std::vector<HeldPlace> places = heldPlaces();
    BestPlaces best{.size = placeCount()};
    const auto inFirstZone = [&](const HeldPlace &place) { return place.category == places.front().category; };
    const PriceZone *zone = places.empty() ? nullptr : m_performance.zoneForCategory(places.front().category);
    if (zone && std::ranges::all_of(places, inFirstZone))
        best.zone = zone->id;
    chooseBest(best, ChooseInto::InsteadOfIt);
}

void SaleController::releaseAll()
{
    if (isEmpty())
        return;
    m_lastReleased = m_hold->places;
    push({.take = false, .seats = {}, .areas = {}});
}

void SaleController::undoRelease()
{
    Step step;
    for (const HeldPlace &place : std::exchange(m_lastReleased, {})) {
        if (place.isArea)
            step.areas.push_back({.area = place.key, .quantity = place.quantity});
        else
            step.seats.push_back(place.key);
    }
    if (!step.seats.empty() || !step.areas.empty())
        push(std::move(step));
}

void SaleController::push(Step step)
{
    if (m_step == PaymentStep::Working || m_step == PaymentStep::Paid)
        return; // The places of a running payment are fixed.
    step.houseCode = m_houseCode;
    m_steps.push_back(std::move(step));
    Q_EMIT askedChanged();
    if (!m_busy)
        runNext();
}

void SaleController::runNext()
{
    if (m_steps.empty()) {
        if (std::exchange(m_mustCheck, false))
            checkHold();
        return;
    }
    m_busy = true;
    const Step step = m_steps.front();
    const auto answer = guarded<HoldView>(this, [this, step, sale = m_sale](const Result<HoldView> &result) {
        if (sale == m_sale)
            onHold(step, result);
    });
    if (step.take) {
        TakeHold command{.hold = step.into == ChooseInto::Cart ? m_holdId : HoldId::create(),
                         .performance = m_performance.summary.id,
                         .seats = step.seats,
                         .areas = step.areas,
                         .best = step.best};
        if (!step.houseCode.isEmpty() && (!step.seats.empty() || step.best))
            command.houseCode = step.houseCode;
        m_sales.takeHold(command, answer);
    } else {
        m_sales.releaseHold({.hold = m_holdId, .seats = step.seats, .areas = step.areas}, answer);
    }
}

void SaleController::onHold(const Step &step, const Result<HoldView> &answer)
{
    m_busy = false;
    if (!m_steps.empty())
        m_steps.pop_front();
    if (answer && step.best) {
        adoptChosen(step, *answer);
    } else if (answer) {
        adopt(*answer);
    } else if (answer.error().code == ErrorCode::HoldGone && m_hold) {
        loseHold(answer.error());
        if (step.take)
            m_steps.push_front(step); // What was clicked just now is taken in a new hold.
    } else if (step.best) {
        Q_EMIT choiceRefused(answer.error());
    } else {
        Q_EMIT refused(answer.error());
    }
    Q_EMIT askedChanged();
    if (!m_busy)
        runNext();
}

void SaleController::adoptChosen(const Step &step, const HoldView &hold)
{
    std::vector<HeldPlace> places = hold.places;
    if (step.into == ChooseInto::InsteadOfIt) {
        m_sales.releaseHold({.hold = std::exchange(m_holdId, hold.id), .seats = {}, .areas = {}},
                            [](const Result<HoldView> &) {}); // Else its time ends it.
    } else {
        std::erase_if(places, [this](const HeldPlace &place) { return isHeld(place.key); });
    }
    adopt(hold);
    Q_EMIT chosen(places);
}

void SaleController::adopt(const HoldView &hold)
{
    if (hold.state == HoldState::Expired)
        return loseHold();
    if (hold.state == HoldState::Released || hold.places.empty()) {
        m_handoverWatch->stop();
        m_hold.reset();
        m_holdId = HoldId::create();
    } else {
        m_hold = hold;
        ++m_timesTold;
    }
    priceAnew();
    Q_EMIT cartChanged();
}

void SaleController::loseHold(const std::optional<Error> &why)
{
    m_handedTo = why ? handedOverTo(*why) : std::nullopt;
    m_lastReleased = m_handedTo ? std::vector<HeldPlace>() : heldPlaces();
    m_hold.reset();
    m_holdId = HoldId::create();
    priceAnew();
    m_handoverWatch->stop();
    Q_EMIT cartChanged();
    if (m_handedTo)
        Q_EMIT handedOver();
    else
        Q_EMIT holdEnded();
}

void SaleController::watchForHandover()
{
    if (m_hold)
        m_handoverWatch->start();
}

void SaleController::continueWith(const HoldView &hold)
{
    m_handedTo.reset();
    m_holdId = hold.id;
    adopt(hold);
    renew(); // Who comes for help has lost time already.
}

bool SaleController::canRenew() const
{
    return m_hold && m_hold->state == HoldState::Live && m_hold->secondsLeftMax > m_hold->secondsLeft;
}

void SaleController::renew()
{
    if (!canRenew() || m_renewing || m_step == PaymentStep::Working)
        return;
    m_renewing = true;
    m_sales.renewHold(m_holdId, guarded<HoldView>(this, [this, sale = m_sale](const Result<HoldView> &result) {
                          m_renewing = false;
                          if (sale != m_sale || !m_hold)
                              return;
                          if (result) {
                              m_hold->secondsLeft = result->secondsLeft;
                              m_hold->secondsLeftMax = result->secondsLeftMax;
                              m_hold->heldUntil = result->heldUntil;
                              ++m_timesTold;
                              Q_EMIT cartChanged();
                          } else if (result.error().code == ErrorCode::HoldGone) {
                              loseHold(result.error());
                          }
                      }));
}

void SaleController::checkHold()
{
    // A payment whose outcome is open may have ended the hold by selling it.
    if (m_step == PaymentStep::Working || m_step == PaymentStep::Paid || m_openTender)
        return;
    m_mustCheck = m_busy;
    if (m_busy || !m_hold)
        return;
    m_sales.getHold(m_holdId, guarded<HoldView>(this, [this, sale = m_sale](const Result<HoldView> &result) {
                        if (sale != m_sale || !m_hold || m_busy || m_openTender || m_step == PaymentStep::Working)
                            return;
                        if (result && result->state == HoldState::Live && result->secondsLeft > 0)
                            adopt(*result);
                        else if (result)
                            loseHold();
                        else if (result.error().code == ErrorCode::HoldGone)
                            loseHold(result.error());
                        else if (result.error().code != ErrorCode::Unavailable) // Asked again when we are back.
                            Q_EMIT refused(result.error());
                    }));
}

std::vector<HeldPlace> SaleController::heldPlaces() const
{
    return m_hold ? m_hold->places : std::vector<HeldPlace>();
}

void SaleController::setPriceType(const QString &key, const PriceTypeId &type)
{
    m_types.insert(key, type);
    priceAnew();
    Q_EMIT cartChanged();
}

void SaleController::setAllPriceTypes(const PriceTypeId &type)
{
    m_types.clear();
    m_typeForAll = type;
    priceAnew();
    Q_EMIT cartChanged();
}

void SaleController::setBuyer(const Buyer &buyer)
{
    m_buyer = buyer;
    m_orderIsStale = true;
}

void SaleController::setLeaveSingleReason(const QString &reason)
{
    m_leaveSingleReason = reason;
    m_orderIsStale = true;
}

PriceTypeId SaleController::typeFor(const HeldPlace &place) const
{
    if (const auto chosen = m_types.constFind(place.key); chosen != m_types.constEnd())
        return *chosen;
    const PriceZone *zone = m_performance.zoneForCategory(place.category);
    if (zone && !m_typeForAll.isNull() && m_performance.price(zone->id, m_typeForAll))
        return m_typeForAll;
    for (const PriceType &type : m_performance.types) {
        if (zone && m_performance.price(zone->id, type.id))
            return type.id;
    }
    return {};
}

std::vector<CartLine> SaleController::lines() const
{
    std::vector<CartLine> lines;
    for (const HeldPlace &place : heldPlaces()) {
        const PriceZone *zone = m_performance.zoneForCategory(place.category);
        CartLine line{.key = place.key,
                      .name = place.name,
                      .zone = zone ? zone->name : place.category,
                      .isArea = place.isArea,
                      .quantity = place.quantity,
                      .type = typeFor(place),
                      .each = std::nullopt};
        if (zone)
            line.each = line.listed = m_performance.price(zone->id, line.type);
        if (const auto other = m_overrides.constFind(place.key); other != m_overrides.constEnd() && line.each) {
            line.priceOverride = *other;
            line.each = Money(other->price.minorUnits(), line.each->currency());
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

int SaleController::placeCount() const
{
    int count = 0;
    for (const HeldPlace &place : heldPlaces())
        count += place.quantity;
    return count;
}

bool SaleController::isHeld(const QString &key) const
{
    return m_hold && std::ranges::find(m_hold->places, key, &HeldPlace::key) != m_hold->places.end();
}

int SaleController::areaQuantity(const QString &area) const
{
    int quantity = 0;
    for (const HeldPlace &place : heldPlaces()) {
        if (place.isArea && place.key == area)
            quantity += place.quantity;
    }
    return quantity;
}

std::vector<QString> SaleController::askedSeats() const
{
    std::vector<QString> asked;
    for (const Step &step : m_steps) {
        if (step.take)
            asked.insert(asked.end(), step.seats.begin(), step.seats.end());
    }
    return asked;
}

bool SaleController::isChoosing() const
{
    return std::ranges::any_of(m_steps, [](const Step &step) { return step.best.has_value(); });
}

bool SaleController::canPay() const
{
    const std::vector<CartLine> all = lines();
    return !all.empty() && m_steps.empty() && !m_isQuoting &&
           std::ranges::all_of(all, [](const CartLine &line) { return line.each.has_value(); });
}

CreateOrder SaleController::orderCommand() const
{
    CreateOrder command{.order = OrderId::create(), .hold = m_holdId, .lines = {}, .buyer = m_buyer};
    if (!leftAlone().empty() && !m_leaveSingleReason.isEmpty())
        command.leaveSingleReason = m_leaveSingleReason;
    command.lines = lineRequests();
    if (!m_promotion.isEmpty())
        command.promotion = m_promotion;
    if (!m_approval.isEmpty())
        command.approval = m_approval;
    return command;
}

} // namespace parterre::ui
