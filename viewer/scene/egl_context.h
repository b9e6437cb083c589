#pragma once
// An OpenGL context without a window, with or without an X server. The one file that knows EGL.

#include "core/base/result.h"

#include <memory>
#include <string>

namespace spondyl::viewer {

enum class GlDevice : unsigned char { Best, Software };

/// Current on at most one thread at a time; make it current where it is used and release it before another
/// thread takes it over.
class EglContext {
 public:
  /// Best: a hardware device first, software last. Errors: DeviceUnavailable.
  static Result<std::unique_ptr<EglContext>> create(GlDevice device = GlDevice::Best);
  ~EglContext();
  EglContext(const EglContext&) = delete;
  EglContext& operator=(const EglContext&) = delete;

  bool makeCurrent();
  bool isCurrent() const;
  void release();
  /// "llvmpipe (LLVM 15.0.6, 256 bits)": for Help and the log.
  const std::string& renderer() const { return m_renderer; }
  bool isSoftware() const;

 private:
  EglContext() = default;
  void* m_display = nullptr;
  void* m_context = nullptr;
  std::string m_renderer;
};

} // namespace spondyl::viewer
