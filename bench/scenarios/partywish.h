#pragma once

#include "check/history.h"
#include "load/season.h"

#include <QRandomGenerator>

namespace parterre::bench {

/// Has the party ask for one price zone, for no more than a price, or for a section, as likely each as `percent`.
void addWish(check::Event &party, const Hall &hall, QRandomGenerator &random, int percent);
/// It takes whatever there is.
void dropWish(check::Event &party);

} // namespace parterre::bench
