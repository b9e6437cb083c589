#include "viewer/state/view_state.h"

#include "viewer/state/slice_geometry.h"

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {

std::string viewName(ViewKind view) {
  switch (view) {
  case ViewKind::Sagittal:
    return "Sagittal";
  case ViewKind::Coronal:
    return "Coronal";
  case ViewKind::Axial:
    return "Axial";
  case ViewKind::Scene3d:
    break;
  }
  return "3D";
}

ViewState unaligned(ViewState state) {
  if (state.ownPlane)
    return kept(std::move(state));
  state.planes = {sagittalPlane(state.crosshair), coronalPlane(state.crosshair), axialPlane(state.crosshair)};
  return state;
}

ViewState initialState(const Series& series, const Volume& volume, int stack) {
  ViewState state;
  state.seriesUid = series.uid;
  state.stack = stack;
  // On a voxel, so that the first picture shows what was acquired.
  const GridSize n = volume.size();
  state.crosshair = volume.grid().toLps(IndexIjk{n.i / 2, n.j / 2, n.k / 2});
  state.windowing = defaultWindowing(series, volume, stack);
  if (radiographOf(series, stack)) {
    const VectorLps right = normalized(volume.grid().stepI()), down = normalized(volume.grid().stepJ());
    state.ownPlane = Plane{volume.grid().centre(), right, down};
    return kept(std::move(state));
  }
  return unaligned(std::move(state));
}

ViewKind radiographView(const Plane& ownPlane) {
  return std::abs(ownPlane.normal().x) > 0.7 ? ViewKind::Sagittal : ViewKind::Coronal;
}

ViewState kept(ViewState state) {
  if (!state.ownPlane)
    return state;
  state.crosshair = state.ownPlane->project(state.crosshair);
  state.planes.fill(*state.ownPlane);
  for (Plane& plane : state.planes)
    plane.origin = state.crosshair;
  state.maximised = radiographView(*state.ownPlane);
  state.curved = {};
  state.slabMm = 0;
  state.crosshairVisible = state.referenceLines = false;
  return state;
}

ViewState movedTo(ViewState state, PointLps crosshair) {
  state.crosshair = crosshair;
  for (Plane& plane : state.planes)
    plane.origin = crosshair;
  return state;
}

namespace {

double along(PointIjk p, int axis) {
  return axis == 0 ? p.i : axis == 1 ? p.j : p.k;
}
int along(GridSize n, int axis) {
  return axis == 0 ? n.i : axis == 1 ? n.j : n.k;
}

ViewState toSlice(ViewState state, ViewKind view, const Volume& volume, double wanted, int axis) {
  const Grid& grid = volume.grid();
  const VectorLps normal = state.plane(view).normal();
  const double target = std::clamp(wanted, 0.0, double(along(grid.size(), axis) - 1));
  const double rate = along(grid.directionToIjk(normal), axis);
  if (std::abs(rate) < 1e-9)
    return state;
  const double distance = (target - along(grid.toIjk(state.crosshair), axis)) / rate;
  const PointLps to = state.crosshair + normal * distance;
  return movedTo(std::move(state), to);
}

} // namespace

ViewState scrolled(ViewState state, ViewKind view, int steps, const Volume& volume) {
  if (view == ViewKind::Scene3d || steps == 0)
    return state;
  const Grid& grid = volume.grid();
  const auto [axis, sign] = grid.closestAxis(state.plane(view).normal());
  const double index = along(grid.toIjk(state.crosshair), axis);
  return toSlice(std::move(state), view, volume, std::round(index) + sign * steps, axis);
}

ViewState scrolledToEnd(ViewState state, ViewKind view, int end, const Volume& volume) {
  if (view == ViewKind::Scene3d)
    return state;
  const Grid& grid = volume.grid();
  const auto [axis, sign] = grid.closestAxis(state.plane(view).normal());
  return toSlice(std::move(state), view, volume, sign * end > 0 ? 1e9 : 0, axis);
}

namespace {

const Landmark* landmarkOf(const EffectiveCase& shown, InstanceId instance, std::string_view site) {
  for (const Landmark& l : shown.landmarks)
    if (l.instance == instance && l.site == site && l.state != ItemState::Rejected)
      return &l;
  return nullptr;
}

std::optional<PointLps> meanOf(const EffectiveCase& shown, InstanceId instance,
                               std::initializer_list<std::string_view> sites) {
  VectorLps sum;
  for (const auto site : sites) {
    const Landmark* l = landmarkOf(shown, instance, site);
    if (!l)
      return std::nullopt;
    sum = sum + (l->position - PointLps{});
  }
  return PointLps{} + sum / double(sites.size());
}

} // namespace

std::optional<VertebraFrame> vertebraFrame(const EffectiveCase& shown, InstanceId instance) {
  const ChainEntry* entry = shown.chain.find(instance);
  if (!entry)
    return std::nullopt;
  VertebraFrame frame;
  frame.centre = entry->centroid;
  const ChainEntry* above = shown.chain.above(instance);
  const ChainEntry* below = shown.chain.below(instance);
  if (above || below) {
    const VectorLps up =
        (above ? above->centroid : entry->centroid) - (below ? below->centroid : entry->centroid);
    if (length(up) > 1)
      frame.superior = normalized(up);
  }
  const auto upper = meanOf(shown, instance, {"superior.anterior", "superior.posterior"});
  const auto lower = meanOf(shown, instance, {"inferior.anterior", "inferior.posterior"});
  const auto front = meanOf(shown, instance, {"superior.anterior", "inferior.anterior"});
  const auto back = meanOf(shown, instance, {"superior.posterior", "inferior.posterior"});
  if (upper && lower && front && back && distance(*front, *back) > 1) {
    // The mid-body plane: mean of the two endplates, so its in-plane direction runs from back to front.
    frame.centre = midpoint(*upper, *lower);
    frame.anterior = normalized(*front - *back);
    const VectorLps axis = *upper - *lower;
    frame.superior = normalized(axis - frame.anterior * dot(axis, frame.anterior));
  } else {
    const VectorLps forward{0, -1, 0};
    const VectorLps inPlane = forward - frame.superior * dot(forward, frame.superior);
    if (length(inPlane) < 0.1)
      return std::nullopt; // a spine that runs front to back: its front is not known
    frame.anterior = normalized(inPlane);
  }
  frame.left = cross(frame.superior, frame.anterior);
  const auto left = landmarkOf(shown, instance, "superior.left"),
             right = landmarkOf(shown, instance, "superior.right");
  if (left && right && distance(left->position, right->position) > 1) {
    const VectorLps across = left->position - right->position;
    const VectorLps across2 = normalized(across - frame.anterior * dot(across, frame.anterior));
    if (dot(across2, frame.left) > 0.5) {
      frame.left = across2;
      frame.superior = cross(frame.anterior, frame.left);
    }
  }
  return frame;
}

ViewState levelAligned(ViewState state, const EffectiveCase& shown, InstanceId instance) {
  const auto frame = vertebraFrame(shown, instance);
  if (!frame)
    return state;
  state.selected = instance;
  state.crosshair = frame->centre;
  const VectorLps down = -frame->superior, posterior = -frame->anterior;
  state.planes = {Plane{frame->centre, posterior, down}, Plane{frame->centre, frame->left, down},
                  Plane{frame->centre, frame->left, posterior}};
  return state;
}

ViewState neighbourLevel(ViewState state, const EffectiveCase& shown, int direction) {
  const auto& entries = shown.chain.entries;
  if (entries.empty())
    return state;
  const auto at = std::find_if(entries.begin(), entries.end(),
                               [&](const ChainEntry& e) { return e.instance == state.selected; });
  std::ptrdiff_t place = 0;
  if (at != entries.end()) {
    place =
        std::clamp<std::ptrdiff_t>(at - entries.begin() + direction, 0, std::ptrdiff_t(entries.size()) - 1);
  } else { // nothing in focus yet: the one nearest to the crosshair
    const auto nearest = std::min_element(entries.begin(), entries.end(), [&](const auto& a, const auto& b) {
      return distance(a.centroid, state.crosshair) < distance(b.centroid, state.crosshair);
    });
    place = nearest - entries.begin();
  }
  return levelAligned(std::move(state), shown, entries[std::size_t(place)].instance);
}

ViewState zoomedAt(ViewState state, ViewKind view, const Grid& grid, double width, double height, double x,
                   double y, double factor) {
  if (view == ViewKind::Scene3d) {
    state.scene.zoom = std::clamp(state.scene.zoom * factor, 0.2, 40.0);
    return state;
  }
  const SliceGeometry before = sliceGeometry(state, view, grid, width, height);
  return zoomedIn(std::move(state), view, before, {x, y}, factor);
}

ViewState zoomedIn(ViewState state, ViewKind view, const SliceGeometry& before, ScreenPoint about,
                   double factor) {
  SliceCamera& camera = state.cameras[std::size_t(view)];
  const double mm = std::clamp(before.mmPerPixel / factor, 0.005, 10.0);
  camera.panRightMm += (about.x - before.width / 2) * (before.mmPerPixel - mm);
  camera.panDownMm += (about.y - before.height / 2) * (before.mmPerPixel - mm);
  camera.mmPerPixel = mm;
  return state;
}

ViewState pannedIn(ViewState state, ViewKind view, double mmPerPixel, double dx, double dy) {
  state.cameras[std::size_t(view)].panRightMm -= dx * mmPerPixel;
  state.cameras[std::size_t(view)].panDownMm -= dy * mmPerPixel;
  return state;
}

ViewState panned(ViewState state, ViewKind view, const Grid& grid, double width, double height, double dx,
                 double dy) {
  if (view == ViewKind::Scene3d) {
    state.scene.panX += dx / std::max(1.0, height);
    state.scene.panY += dy / std::max(1.0, height);
    return state;
  }
  const double mm = sliceGeometry(state, view, grid, width, height).mmPerPixel;
  return pannedIn(std::move(state), view, mm, dx, dy);
}

ViewState fitted(ViewState state, std::optional<ViewKind> view) {
  for (std::size_t v = 0; v < 3; ++v)
    if (!view || std::size_t(*view) == v)
      state.cameras[v] = {};
  if (!view || *view == ViewKind::Scene3d) {
    state.scene.zoom = 1;
    state.scene.panX = state.scene.panY = 0;
  }
  return state;
}

} // namespace spondyl::viewer
