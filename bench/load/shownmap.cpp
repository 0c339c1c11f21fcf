#include "load/shownmap.h"

#include "load/loop.h"

#include <utility>

namespace parterre::bench {

check::Event shownMap(int client, int performance, check::ViewerMap shown, const std::optional<MapSnapshot> &map)
{
    check::Event event{.operation = check::Operation::Map, .client = client, .performance = performance};
    event.intended = event.start = event.end = Loop::now();
    if (map) {
        for (const SeatState state : map->seats)
            shown.seats.append(QLatin1Char(seatStateLetter(state)));
        for (const AreaCounts &area : map->areas)
            shown.areas.push_back({area.number, area.capacity, area.held, area.sold});
    }
    event.map = std::move(shown);
    return event;
}

} // namespace parterre::bench
