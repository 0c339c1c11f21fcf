#pragma once

#include "connection/deskconnection.h"
#include "domain/layout/adjacency.h"
#include "gateways/cataloggateway.h"
#include "gateways/mapgateway.h"
#include "gateways/salesgateway.h"
#include "gateways/sessiongateway.h"

#include <QTest>

#include <algorithm>
#include <random>

namespace parterre::test {

/// Another desk of the house without a window: the real connection and gateways, so that what it sells reaches our
/// screen the way it does in the house.
class Colleague
{
public:
    explicit Colleague(unsigned seed)
        : m_random(seed)
    {}

    Status signIn(const QUrl &server, const QString &user, const QString &oneTimePassword, const QString &newPassword)
    {
        PT_TRY(const UserView who,
               wait<UserView>([&](auto reply) { m_session.signIn(server, user, oneTimePassword, reply); }));
        if (!who.mustChangePassword)
            return {};
        PT_CHECK(wait<UserView>([&](auto reply) { m_session.changePassword(oneTimePassword, newPassword, reply); }));
        return {};
    }
    Result<std::vector<PerformanceSummary>> performances()
    {
        return wait<std::vector<PerformanceSummary>>([&](auto reply) { m_catalog.listPerformances(reply); });
    }
    Status open(const PerformanceId &performance)
    {
        bool isOpen = false;
        const auto opened = QObject::connect(&m_map, &ui::MapPort::opened, &m_map, [&] { isOpen = true; });
        m_map.open(performance);
        const bool came = QTest::qWaitFor([&] { return isOpen; }, 15'000);
        QObject::disconnect(opened);
        return came ? Status() : refuse(ErrorCode::Unavailable, QStringLiteral("the colleague's map did not open"));
    }
    [[nodiscard]] bool isOnline() const { return m_connection.status().state == ui::ConnectionState::Online; }
    [[nodiscard]] const MapSnapshot &snapshot() const { return m_map.snapshot(); }

    Result<HoldView> hold(const std::vector<QString> &seats, int standing = 0)
    {
        std::vector<AreaQuantity> areas;
        if (standing > 0)
            areas.push_back({.area = m_map.layout()->area(0).key, .quantity = standing});
        const TakeHold command{
            .hold = HoldId::create(), .performance = m_map.detail().summary.id, .seats = seats, .areas = areas};
        return wait<HoldView>([&](auto reply) { m_sales.takeHold(command, reply); });
    }
    /// For cash, at the first price type that each zone has.
    Result<OrderView> sell(const std::vector<QString> &seats, const Buyer &buyer, int standing = 0)
    {
        PT_TRY(const HoldView held, hold(seats, standing));
        CreateOrder command{.order = OrderId::create(), .hold = held.id, .lines = {}, .buyer = buyer};
        for (const HeldPlace &place : held.places) {
            const PriceZone *zone = m_map.detail().zoneForCategory(place.category);
            for (const PriceType &type : m_map.detail().types) {
                if (zone && m_map.detail().price(zone->id, type.id)) {
                    command.lines.push_back({.place = place.key, .priceType = type.id, .quantity = place.quantity});
                    break;
                }
            }
        }
        PT_TRY(const OrderView order, wait<OrderView>([&](auto reply) { m_sales.createOrder(command, reply); }));
        const PayCash payment{.payment = PaymentId::create(), .order = order.id, .tendered = order.total};
        return wait<OrderView>([&](auto reply) { m_sales.payCash(payment, reply); });
    }
    /// A party of two to five, side by side and free now; empty where the dice find none.
    [[nodiscard]] std::vector<QString> someParty()
    {
        const LayoutIndex &layout = *m_map.layout();
        const std::vector<int> next = nextNeighbours(layout);
        std::uniform_int_distribution<int> where(0, layout.seatCount() - 1);
        const int size = std::uniform_int_distribution<int>(2, 5)(m_random);
        for (int tries = 0; tries < 200; ++tries) {
            std::vector<QString> keys;
            for (int seat = where(m_random); seat >= 0 && static_cast<int>(keys.size()) < size;
                 seat = next[static_cast<size_t>(seat)]) {
                if (snapshot().seats[static_cast<size_t>(seat)] != SeatState::Available ||
                    layout.seat(seat).accessibility != Accessibility::None)
                    break;
                keys.push_back(layout.seat(seat).key);
            }
            if (static_cast<int>(keys.size()) == size)
                return keys;
        }
        return {};
    }

private:
    template <class T, class Ask>
    Result<T> wait(Ask ask)
    {
        auto answer = std::make_shared<std::optional<Result<T>>>();
        ask(ui::Reply<T>([answer](Result<T> result) { *answer = std::move(result); }));
        if (!QTest::qWaitFor([&] { return answer->has_value(); }, 15'000))
            return refuse(ErrorCode::Unavailable, QStringLiteral("the colleague was not answered"));
        return **answer;
    }

    std::mt19937 m_random;
    app::DeskConnection m_connection;
    app::SessionGateway m_session{m_connection};
    app::CatalogGateway m_catalog{m_connection};
    app::MapGateway m_map{m_connection};
    app::SalesGateway m_sales{m_connection};
};

} // namespace parterre::test
