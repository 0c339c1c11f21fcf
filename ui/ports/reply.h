#pragma once

#include "base/result.h"

#include <QObject>
#include <QPointer>

#include <functional>

namespace parterre::ui {

/// How a port answers: once, later, in the thread of the window.
template <class T>
using Reply = std::function<void(Result<T>)>;

/// A reply that is dropped when `owner` is gone by then: what a page asked may come after the page.
template <class T, class Function>
[[nodiscard]] Reply<T> guarded(QObject *owner, Function function)
{
    return [owner = QPointer<QObject>(owner), function = std::move(function)](Result<T> result) {
        if (owner)
            function(std::move(result));
    };
}

} // namespace parterre::ui
