#pragma once
// A shared library that need not be there.

#include <optional>
#include <string>

namespace spondyl {

class SharedLibrary {
 public:
  /// Stays loaded until the program ends; nothing if it or something it needs is missing.
  static std::optional<SharedLibrary> open(const std::string& name);
  /// Function is a function's type; nullptr if the library has none of that name.
  template <class Function>
  Function* function(const char* name) const {
    return reinterpret_cast<Function*>(symbol(name));
  }

 private:
  explicit SharedLibrary(void* handle) : m_handle(handle) {}
  void* symbol(const char* name) const;
  void* m_handle;
};

} // namespace spondyl
