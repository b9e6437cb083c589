#pragma once
// A list that copies share until one of them is changed: states of the history keep one copy of what stays
// the same.

#include <initializer_list>
#include <memory>
#include <vector>

namespace spondyl {

template <class T>
class SharedList {
 public:
  using value_type = T;
  using const_iterator = typename std::vector<T>::const_iterator;

  SharedList() = default;
  SharedList(std::vector<T> items) : m_items(std::make_shared<std::vector<T>>(std::move(items))) {}
  SharedList(std::initializer_list<T> items) : SharedList(std::vector<T>(items)) {}

  const std::vector<T>& get() const {
    static const std::vector<T> none;
    return m_items ? *m_items : none;
  }
  operator const std::vector<T>&() const { return get(); }
  const_iterator begin() const { return get().begin(); }
  const_iterator end() const { return get().end(); }
  std::size_t size() const { return get().size(); }
  bool empty() const { return get().empty(); }
  const T& operator[](std::size_t at) const { return get()[at]; }
  const T& front() const { return get().front(); }
  const T& back() const { return get().back(); }

  /// The list to change; copied first if anything else holds it.
  std::vector<T>& edit() {
    if (!m_items)
      m_items = std::make_shared<std::vector<T>>();
    else if (m_items.use_count() > 1)
      m_items = std::make_shared<std::vector<T>>(*m_items);
    return *m_items;
  }
  void push_back(T item) { edit().push_back(std::move(item)); }
  /// True if both are one and the same memory (equal without looking).
  bool sharesWith(const SharedList& other) const { return m_items == other.m_items; }

 private:
  std::shared_ptr<std::vector<T>> m_items;
};

} // namespace spondyl
