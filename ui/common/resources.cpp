#include "common/resources.h"

#include <QtGlobal>
#include <qresource.h>

/// Q_INIT_RESOURCE declares a function and so must stand outside every namespace.
static void initParterreIcons()
{
    Q_INIT_RESOURCE(parterreicons);
}

namespace parterre::ui {

void initResources()
{
    static const bool once = (initParterreIcons(), true);
    Q_UNUSED(once);
}

} // namespace parterre::ui
