#include "viewer/scene/egl_context.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/gl.h>

#include <array>
#include <cstring>
#include <vector>

namespace spondyl::viewer {
namespace {

// A display that is to be tried, hardware before software.
std::vector<EGLDisplay> displays(GlDevice device) {
  std::vector<EGLDisplay> hardware, software;
  const auto platformDisplay =
      reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
  if (!platformDisplay)
    return {};
  const auto queryDevices =
      reinterpret_cast<PFNEGLQUERYDEVICESEXTPROC>(eglGetProcAddress("eglQueryDevicesEXT"));
  const auto deviceString =
      reinterpret_cast<PFNEGLQUERYDEVICESTRINGEXTPROC>(eglGetProcAddress("eglQueryDeviceStringEXT"));
  if (device == GlDevice::Best && queryDevices && deviceString) {
    std::array<EGLDeviceEXT, 16> found{};
    EGLint count = 0;
    if (queryDevices(EGLint(found.size()), found.data(), &count)) {
      for (EGLint n = 0; n < count; ++n) {
        const char* extensions = deviceString(found[std::size_t(n)], EGL_EXTENSIONS);
        if (extensions && std::strstr(extensions, "EGL_MESA_device_software"))
          continue;
        hardware.push_back(platformDisplay(EGL_PLATFORM_DEVICE_EXT, found[std::size_t(n)], nullptr));
      }
    }
  }
  software.push_back(platformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr));
  hardware.insert(hardware.end(), software.begin(), software.end());
  return hardware;
}

EGLContext contextOn(EGLDisplay display) {
  EGLint major = 0, minor = 0;
  if (display == EGL_NO_DISPLAY || !eglInitialize(display, &major, &minor))
    return EGL_NO_CONTEXT;
  if (!eglBindAPI(EGL_OPENGL_API))
    return EGL_NO_CONTEXT;
  const EGLint wanted[] = {EGL_SURFACE_TYPE, 0, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT,
                           EGL_ALPHA_SIZE,   8, EGL_DEPTH_SIZE,      24,
                           EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  if (!eglChooseConfig(display, wanted, &config, 1, &count) || count < 1)
    return EGL_NO_CONTEXT;
  const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION,
                            3,
                            EGL_CONTEXT_MINOR_VERSION,
                            2,
                            EGL_CONTEXT_OPENGL_PROFILE_MASK,
                            EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                            EGL_NONE};
  return eglCreateContext(display, config, EGL_NO_CONTEXT, version);
}

} // namespace

Result<std::unique_ptr<EglContext>> EglContext::create(GlDevice device) {
  for (const EGLDisplay display : displays(device)) {
    const EGLContext context = contextOn(display);
    if (context == EGL_NO_CONTEXT)
      continue;
    std::unique_ptr<EglContext> out(new EglContext);
    out->m_display = display;
    out->m_context = context;
    if (!out->makeCurrent())
      continue;
    const auto* name = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
    out->m_renderer = name ? name : "unknown";
    out->release();
    return out;
  }
  return fail(ErrorCode::DeviceUnavailable, {"OpenGL 3.2 through EGL"}, "EglContext::create");
}

// The display stays initialised: it is the process's, and other contexts may be on it.
EglContext::~EglContext() {
  if (isCurrent())
    release();
  eglDestroyContext(m_display, m_context);
}

bool EglContext::makeCurrent() {
  eglBindAPI(EGL_OPENGL_API); // the binding is the thread's
  return eglMakeCurrent(m_display, EGL_NO_SURFACE, EGL_NO_SURFACE, m_context);
}

bool EglContext::isCurrent() const {
  return eglGetCurrentContext() == m_context;
}

void EglContext::release() {
  eglMakeCurrent(m_display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
}

bool EglContext::isSoftware() const {
  return m_renderer.find("llvmpipe") != std::string::npos ||
         m_renderer.find("softpipe") != std::string::npos || m_renderer.find("SWR") != std::string::npos;
}

} // namespace spondyl::viewer
