#pragma once

#include "domain/inventory/houseseats.h"
#include "ports/reply.h"

namespace parterre::ui {

/// Which seats are set aside under which code, and the commands that move them. Answered exactly once, as those of
/// SalesPort are.
class HousePort : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void fetchSeats(const PerformanceId &performance, Reply<HouseSeats> reply) = 0;
    virtual void putCode(const PutHouseCode &command, Reply<HouseSeats> reply) = 0;
    virtual void moveSeats(const MoveSeats &command, Reply<MovedSeats> reply) = 0;
};

} // namespace parterre::ui
