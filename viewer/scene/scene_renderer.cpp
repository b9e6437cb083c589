#include "viewer/scene/scene_renderer.h"

#include <vtk_glew.h>

#include <vtkActor.h>
#include <vtkCallbackCommand.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkIdTypeArray.h>
#include <vtkLight.h>
#include <vtkNew.h>
#include <vtkObjectFactory.h>
#include <vtkOpenGLFramebufferObject.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>

#include <algorithm>
#include <map>

namespace spondyl::viewer {
namespace {

// VTK's own context set-up calls glewInit(), which wants a GLX display.
class OffscreenWindow : public vtkGenericOpenGLRenderWindow {
 public:
  static OffscreenWindow* New();
  vtkTypeMacro(OffscreenWindow, vtkGenericOpenGLRenderWindow) void OpenGLInitContext() override {
    if (this->Initialized)
      return;
    this->ContextCreationTime.Modified();
    glewExperimental = GL_TRUE;
    glewInit();
    this->GlewInitValid = glCreateProgram != nullptr;
    this->Initialized = true;
    this->MaximumHardwareLineWidth = 1;
  }

 private:
  OffscreenWindow() = default;
};
vtkStandardNewMacro(OffscreenWindow)

    vtkSmartPointer<vtkPolyData> polyData(const Mesh& mesh) {
  vtkNew<vtkFloatArray> points, normals;
  points->SetNumberOfComponents(3);
  points->SetArray(const_cast<float*>(mesh.points.data()), vtkIdType(mesh.points.size()), 1);
  normals->SetNumberOfComponents(3);
  normals->SetName("Normals");
  normals->SetArray(const_cast<float*>(mesh.normals.data()), vtkIdType(mesh.normals.size()), 1);
  vtkNew<vtkPoints> all;
  all->SetData(points);
  vtkNew<vtkCellArray> cells;
  cells->AllocateExact(vtkIdType(mesh.triangleCount()), vtkIdType(mesh.triangles.size()));
  for (std::size_t t = 0; t < mesh.triangles.size(); t += 3) {
    const vtkIdType ids[3] = {mesh.triangles[t], mesh.triangles[t + 1], mesh.triangles[t + 2]};
    cells->InsertNextCell(3, ids);
  }
  auto data = vtkSmartPointer<vtkPolyData>::New();
  data->SetPoints(all);
  data->GetPointData()->SetNormals(normals);
  data->SetPolys(cells);
  return data;
}

vtkSmartPointer<vtkActor> actorOf(const MeshPtr& mesh) {
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(polyData(*mesh));
  mapper->ScalarVisibilityOff();
  auto actor = vtkSmartPointer<vtkActor>::New();
  actor->SetMapper(mapper);
  return actor;
}

void paint(vtkActor* actor, const SceneItem& item) {
  vtkProperty* p = actor->GetProperty();
  p->SetColor(item.rgb[0] / 255.0, item.rgb[1] / 255.0, item.rgb[2] / 255.0);
  p->SetInterpolationToPhong();
  p->SetAmbient(item.selected ? 0.22 : 0.06);
  p->SetDiffuse(item.selected ? 0.95 : 0.86);
  p->SetSpecular(0.16);
  p->SetSpecularPower(18);
  p->SetOpacity(item.faint ? 0.35 : 1.0);
}

void addLight(vtkRenderer* renderer, double x, double y, double z, double intensity) {
  vtkNew<vtkLight> light;
  light->SetLightTypeToCameraLight();
  light->SetPosition(x, y, z);
  light->SetFocalPoint(0, 0, 0);
  light->SetIntensity(intensity);
  renderer->AddLight(light);
}

} // namespace

struct SceneRenderer::Impl {
  struct Shown {
    SurfacePtr surface;
    vtkSmartPointer<vtkActor> fine, coarse; ///< share the surface's memory
    SceneItem item;
  };
  std::unique_ptr<EglContext> context;
  vtkSmartPointer<OffscreenWindow> window;
  vtkSmartPointer<vtkRenderer> renderer;
  std::vector<Shown> shown;
  std::optional<SceneQuality> lit;

  void light(SceneQuality quality) {
    if (lit == quality)
      return;
    lit = quality;
    renderer->RemoveAllLights();
    if (quality == SceneQuality::Moving) {
      addLight(renderer, 0.25, 0.35, 1, 1.0);
      return;
    }
    addLight(renderer, 0.45, 0.75, 1, 0.92);  // key, from above
    addLight(renderer, -1.2, 0.1, 0.7, 0.32); // fill
    addLight(renderer, 0.2, -1, 0.35, 0.14);  // from below
  }
};

SceneRenderer::SceneRenderer() : m_impl(std::make_unique<Impl>()) {}

SceneRenderer::~SceneRenderer() {
  if (!m_impl->window || !m_impl->context->makeCurrent())
    return;
  m_impl->shown.clear();
  m_impl->window->Finalize();
  m_impl->window->RemoveRenderer(m_impl->renderer);
  m_impl->renderer = nullptr;
  m_impl->window = nullptr;
  m_impl->context->release();
}

Result<std::unique_ptr<SceneRenderer>> SceneRenderer::create(GlDevice device) {
  SPONDYL_TRY(auto context, EglContext::create(device));
  std::unique_ptr<SceneRenderer> out(new SceneRenderer);
  Impl& impl = *out->m_impl;
  impl.context = std::move(context);
  if (!impl.context->makeCurrent())
    return fail(ErrorCode::DeviceUnavailable, {impl.context->renderer()}, "SceneRenderer");
  impl.window = vtkSmartPointer<OffscreenWindow>::New();
  vtkNew<vtkCallbackCommand> makeCurrent, isCurrent;
  makeCurrent->SetClientData(impl.context.get());
  makeCurrent->SetCallback(
      [](vtkObject*, unsigned long, void* ours, void*) { static_cast<EglContext*>(ours)->makeCurrent(); });
  isCurrent->SetClientData(impl.context.get());
  isCurrent->SetCallback([](vtkObject*, unsigned long, void* ours, void* answer) {
    *static_cast<bool*>(answer) = static_cast<EglContext*>(ours)->isCurrent();
  });
  impl.window->AddObserver(vtkCommand::WindowMakeCurrentEvent, makeCurrent);
  impl.window->AddObserver(vtkCommand::WindowIsCurrentEvent, isCurrent);
  impl.window->SetMapped(1);
  impl.window->SetOwnContext(0);
  impl.window->SetMultiSamples(0);
  impl.window->SetFrameBlitModeToNoBlit();
  impl.renderer = vtkSmartPointer<vtkRenderer>::New();
  impl.renderer->SetBackground(0, 0, 0);
  impl.renderer->AutomaticLightCreationOff();
  impl.window->AddRenderer(impl.renderer);
  impl.context->release();
  return out;
}

void SceneRenderer::setItems(const std::vector<SceneItem>& items) {
  if (!m_impl->context->makeCurrent())
    return;
  std::map<const Surface*, Impl::Shown> before;
  for (Impl::Shown& s : m_impl->shown)
    before.emplace(s.surface.get(), s);
  m_impl->shown.clear();
  m_impl->renderer->RemoveAllViewProps();
  for (const SceneItem& item : items) {
    if (!item.surface || !item.surface->fine || item.surface->fine->triangles.empty())
      continue;
    const auto old = before.find(item.surface.get());
    Impl::Shown shown =
        old != before.end()
            ? old->second
            : Impl::Shown{item.surface, actorOf(item.surface->fine),
                          actorOf(item.surface->coarse ? item.surface->coarse : item.surface->fine), item};
    shown.item = item;
    paint(shown.fine, item);
    paint(shown.coarse, item);
    m_impl->renderer->AddActor(shown.fine);
    m_impl->renderer->AddActor(shown.coarse);
    m_impl->shown.push_back(std::move(shown));
  }
  m_impl->context->release();
}

ScenePixels SceneRenderer::render(const SceneGeometry& g, double devicePixelRatio, SceneQuality quality) {
  ScenePixels out;
  Impl& impl = *m_impl;
  if (!impl.context->makeCurrent())
    return out;
  const bool moving = quality == SceneQuality::Moving;
  // Still pictures are drawn twice as large and averaged: edges without a further pass.
  const double scale = moving ? (isSoftware() ? devicePixelRatio * 0.5 : devicePixelRatio) : devicePixelRatio;
  const int samples = moving ? 1 : 2;
  out.width = std::max(1, int(std::lround(g.width * scale)));
  out.height = std::max(1, int(std::lround(g.height * scale)));
  impl.light(quality);
  bool translucent = false;
  for (Impl::Shown& s : impl.shown) {
    s.fine->SetVisibility(!moving);
    s.coarse->SetVisibility(moving);
    translucent = translucent || s.item.faint;
  }
  impl.renderer->SetUseDepthPeeling(translucent && !moving);
  impl.renderer->SetMaximumNumberOfPeels(4);

  vtkCamera* camera = impl.renderer->GetActiveCamera();
  camera->ParallelProjectionOn();
  const PointLps eye = g.focus + g.towards * 2000.0;
  camera->SetFocalPoint(g.focus.x, g.focus.y, g.focus.z);
  camera->SetPosition(eye.x, eye.y, eye.z);
  camera->SetViewUp(g.up.x, g.up.y, g.up.z);
  camera->SetParallelScale(g.height * g.mmPerPixel / 2);
  const int w = out.width * samples, h = out.height * samples;
  impl.window->SetSize(w, h);
  impl.renderer->ResetCameraClippingRange();
  impl.window->Render();

  std::vector<std::uint32_t> pixels(std::size_t(w) * std::size_t(h));
  impl.window->GetDisplayFramebuffer()->Bind(GL_READ_FRAMEBUFFER);
  glPixelStorei(GL_PACK_ALIGNMENT, 4);
  glReadPixels(0, 0, w, h, GL_BGRA, GL_UNSIGNED_BYTE, pixels.data());
  impl.context->release();

  out.argb.resize(std::size_t(out.width) * std::size_t(out.height));
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x) {
      std::uint32_t r = 0, gr = 0, b = 0;
      for (int dy = 0; dy < samples; ++dy)
        for (int dx = 0; dx < samples; ++dx) { // OpenGL's rows run from below
          const std::uint32_t p = pixels[std::size_t(h - 1 - (y * samples + dy)) * std::size_t(w) +
                                         std::size_t(x * samples + dx)];
          r += p >> 16 & 255;
          gr += p >> 8 & 255;
          b += p & 255;
        }
      const auto n = std::uint32_t(samples * samples);
      out.argb[std::size_t(y) * std::size_t(out.width) + std::size_t(x)] =
          0xFF000000u | (r / n) << 16 | (gr / n) << 8 | b / n;
    }
  return out;
}

const std::string& SceneRenderer::rendererName() const {
  return m_impl->context->renderer();
}
bool SceneRenderer::isSoftware() const {
  return m_impl->context->isSoftware();
}

} // namespace spondyl::viewer
