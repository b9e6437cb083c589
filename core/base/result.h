#pragma once
// A value or an Error. Every function that can fail for a reason outside our own code returns one.

#include "core/base/error.h"

#include <cassert>
#include <utility>
#include <variant>

namespace spondyl {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return m_state.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    assert(ok());
    return std::get<0>(m_state);
  }
  const T& value() const& {
    assert(ok());
    return std::get<0>(m_state);
  }
  T&& value() && {
    assert(ok());
    return std::get<0>(std::move(m_state));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    assert(!ok());
    return std::get<1>(m_state);
  }
  Error&& error() && {
    assert(!ok());
    return std::get<1>(std::move(m_state));
  }

 private:
  std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : m_error(std::move(error)), m_ok(false) {}
  bool ok() const { return m_ok; }
  explicit operator bool() const { return m_ok; }
  const Error& error() const& {
    assert(!m_ok);
    return m_error;
  }
  Error&& error() && {
    assert(!m_ok);
    return std::move(m_error);
  }

 private:
  Error m_error;
  bool m_ok = true;
};

using Status = Result<void>;

} // namespace spondyl

#define SPONDYL_JOIN_(a, b) a##b
#define SPONDYL_JOIN(a, b) SPONDYL_JOIN_(a, b)
/// SPONDYL_TRY(auto series, readSeries(path)); — declares the value, or returns the error to the caller.
#define SPONDYL_TRY(declaration, expression)                                                                 \
  auto SPONDYL_JOIN(try_result_, __LINE__) = (expression);                                                   \
  if (!SPONDYL_JOIN(try_result_, __LINE__).ok())                                                             \
    return std::move(SPONDYL_JOIN(try_result_, __LINE__)).error();                                           \
  declaration = std::move(SPONDYL_JOIN(try_result_, __LINE__)).value()
/// SPONDYL_CHECK(writeFileWhole(...)); — returns the error of a Status to the caller.
#define SPONDYL_CHECK(expression)                                                                            \
  do {                                                                                                       \
    auto status_ = (expression);                                                                             \
    if (!status_.ok())                                                                                       \
      return std::move(status_).error();                                                                     \
  } while (false)
