#include "holds/seatnames.h"

#include <QJsonObject>

#include <algorithm>

namespace parterre::server {

using namespace Qt::StringLiterals;

std::vector<int> seatNumbersOf(const Error &error)
{
    std::vector<int> numbers;
    for (const auto &number : error.details.value(u"numbers"_s).toArray())
        numbers.push_back(number.toInt());
    return numbers;
}

Result<std::vector<int>> seatNumbersOf(const std::vector<QString> &keys, const LayoutIndex &layout)
{
    std::vector<int> numbers;
    numbers.reserve(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
        const auto number = layout.seatNumber(keys[i]);
        if (!number)
            return refuse(ErrorCode::InvalidInput, u"This performance has no such seat."_s, u"/seats/%1"_s.arg(i));
        numbers.push_back(*number);
    }
    std::ranges::sort(numbers);
    const auto rest = std::ranges::unique(numbers);
    numbers.erase(rest.begin(), rest.end());
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
