#include "core/base/library.h"

#include <dlfcn.h>

namespace spondyl {

std::optional<SharedLibrary> SharedLibrary::open(const std::string& name) {
  void* const handle = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  return handle ? std::optional(SharedLibrary(handle)) : std::nullopt;
}

void* SharedLibrary::symbol(const char* name) const {
  return ::dlsym(m_handle, name);
}

} // namespace spondyl
