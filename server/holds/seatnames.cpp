#include "holds/seatnames.h"

#include <QJsonObject>

namespace parterre::server {

using namespace Qt::StringLiterals;

std::vector<int> seatNumbersOf(const Error &error)
{
    std::vector<int> numbers;
    for (const auto &number : error.details.value(u"numbers"_s).toArray())
        numbers.push_back(number.toInt());
    return numbers;
}

SeatNames seatNames(std::span<const int> numbers, const LayoutIndex &layout)
{
    SeatNames named;
    for (const int number : numbers) {
        const QString name = layout.seatName(number);
        named.seats.append(QJsonObject{{u"key"_s, layout.seat(number).key}, {u"name"_s, name}});
        named.names.append(name);
    }
    return named;
}

} // namespace parterre::server
