#pragma once

#include <QHash>
#include <QString>

#include <deque>
#include <memory>

namespace parterre::psp {

/// Things with an `id`, found by it and listed in the order in which they came. Addresses stay while a thing is kept.
template <class T>
class Shelf
{
public:
    T &add(T thing)
    {
        auto owned = std::make_shared<T>(std::move(thing));
        m_byId.insert(owned->id, owned);
        m_inOrder.push_back(owned);
        return *owned;
    }
    [[nodiscard]] T *find(const QString &id)
    {
        const auto it = m_byId.constFind(id);
        return it == m_byId.constEnd() ? nullptr : it->get();
    }
    [[nodiscard]] const T *find(const QString &id) const { return const_cast<Shelf *>(this)->find(id); }
    void remove(const QString &id)
    {
        m_byId.remove(id);
        std::erase_if(m_inOrder, [&](const std::shared_ptr<T> &thing) { return thing->id == id; });
    }
    void removeOldest()
    {
        m_byId.remove(m_inOrder.front()->id);
        m_inOrder.pop_front();
    }
    [[nodiscard]] int size() const { return static_cast<int>(m_inOrder.size()); }
    [[nodiscard]] const std::deque<std::shared_ptr<T>> &inOrder() const { return m_inOrder; }

private:
    QHash<QString, std::shared_ptr<T>> m_byId;
    std::deque<std::shared_ptr<T>> m_inOrder;
};

} // namespace parterre::psp
