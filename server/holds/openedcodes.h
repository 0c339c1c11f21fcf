#pragma once

#include "domain/holds/hold.h"
#include "inventory/housecoderepository.h"

#include <span>

namespace parterre::server {

/// True where a take names a house code or gives an access code.
[[nodiscard]] bool namesCode(const TakeHold &take);

/// The number of the code whose seats a take may have, 0 where it names none. InvalidInput or Forbidden, by field, for
/// a code that is not there, or not for this channel: house codes are for the desk, where any clerk may name one;
/// access codes are for everybody who has one.
[[nodiscard]] Result<int> openedBy(const TakeHold &take, SalesChannel channel,
                                   std::span<const housecodes::CodeRow> codes);

[[nodiscard]] Error wrongAccessCode();

/// A refusal with names says "set aside" or "off sale" in place of "taken", to a clerk and to who gave a code, where a
/// seat of `refused` is; `seats` are as they were.
[[nodiscard]] Error explained(Error error, std::span<const int> refused, std::span<const SeatRecord> seats,
                              const TakeHold &take, SalesChannel channel);

} // namespace parterre::server
