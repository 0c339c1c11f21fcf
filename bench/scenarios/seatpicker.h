#pragma once

#include <QRandomGenerator>

#include <vector>

namespace parterre::bench {

/// Chooses neighbouring seats as buyers do who look at a map: anywhere, but not what is known to be taken, and rarely
/// so that one seat is left alone. What is on its way to others they cannot see, so they collide now and then.
class SeatPicker
{
public:
    SeatPicker(int seats, int seatsPerRow)
        : m_taken(static_cast<size_t>(seats))
        , m_seatsPerRow(seatsPerRow)
    {}

    /// Empty where a few tries found nothing.
    [[nodiscard]] std::vector<int> pick(QRandomGenerator &random, int count) const;
    void setTaken(const std::vector<int> &seats, bool isTaken);
    [[nodiscard]] double takenShare() const
    {
        return static_cast<double>(m_count) / static_cast<double>(m_taken.size());
    }

private:
    [[nodiscard]] bool leavesSingle(int first, int count) const;

    std::vector<bool> m_taken;
    int m_seatsPerRow;
    qint64 m_count = 0;
};

} // namespace parterre::bench
