#include "tests/viewer/support/made_spine.h"

#include <cmath>

namespace spondyl::testing {

VolumePtr filledVolume(const Grid& grid, const Density& value, VolumeMeaning meaning) {
  auto builder = VolumeBuilder::create(grid, VoxelType::Int16, {}, meaning);
  auto voxels = builder->voxels<std::int16_t>();
  const GridSize n = grid.size();
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      for (int i = 0; i < n.i; ++i)
        voxels[grid.offset({i, j, k})] =
            static_cast<std::int16_t>(std::lround(value(grid.toLps(IndexIjk{i, j, k}))));
  return std::move(*builder).freeze();
}

LabelMap filledLabels(const Grid& grid, const Which& which) {
  std::vector<std::uint16_t> ids(grid.size().count());
  const GridSize n = grid.size();
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      for (int i = 0; i < n.i; ++i)
        ids[grid.offset({i, j, k})] = which(grid.toLps(IndexIjk{i, j, k}));
  return LabelMap::fromDense(grid, ids);
}

Grid madeGrid() {
  return madeGrid(GridKind::Plain);
}

Grid madeGrid(GridKind kind) {
  const GridSize size{128, 128, 96};
  VectorLps i{1.4, 0, 0}, j{0, 1.4, 0}, k{0, 0, 2};
  if (kind == GridKind::Oblique) {
    const auto turned = [](VectorLps v) { // 20 degrees about z, then 15 about x
      const double a = 0.349065850398866, b = 0.261799387799149;
      const VectorLps u{v.x * std::cos(a) - v.y * std::sin(a), v.x * std::sin(a) + v.y * std::cos(a), v.z};
      return VectorLps{u.x, u.y * std::cos(b) - u.z * std::sin(b), u.y * std::sin(b) + u.z * std::cos(b)};
    };
    i = turned(i);
    j = turned(j);
    k = turned(k);
  }
  if (kind == GridKind::LeftHanded)
    k = -k;
  if (kind == GridKind::Sheared)
    k = {0, 0.6, 2};
  const VectorLps half = i * ((size.i - 1) / 2.0) + j * ((size.j - 1) / 2.0) + k * ((size.k - 1) / 2.0);
  return *Grid::create(size, PointLps{} - half, i, j, k);
}

namespace {

constexpr double spacingMm = 34;

double squared(double v) {
  return v * v;
}

struct Anatomy {
  std::vector<PointLps> centres;
  Anatomy() {
    for (int v = 0; v < 5; ++v) {
      const double z = spacingMm * (2 - v);
      centres.push_back({1.5 * std::sin(z / 40), -8 + 10 * std::cos(z / 55), z});
    }
  }
  // 0 none, 1 body, 2 arch, 3 disc; `v` which vertebra. `depth` about how far inside, mm.
  int part(PointLps p, int& v, double& depth) const {
    for (v = 0; v < 5; ++v) {
      const VectorLps d = p - centres[std::size_t(v)];
      const double waist = 1 - 0.12 * (1 - squared(d.z / 13));
      const double r = std::sqrt(squared(d.x / (23 * waist)) + squared(d.y / (16 * waist)));
      if (std::abs(d.z) <= 13 && r <= 1) {
        depth = std::min((1 - r) * 16, 13 - std::abs(d.z));
        return 1;
      }
      const double ring = std::sqrt(squared(d.x / 15) + squared((d.y - 24) / 13));
      const bool arch = std::abs(d.z) < 9 && ring > 0.75 && ring < 1.15 && d.y > 12;
      const bool spinous =
          std::abs(d.x) < 4 && d.y > 34 && d.y < 58 && std::abs(d.z + 6 + (d.y - 34) * 0.25) < 8;
      const bool transverse =
          std::abs(d.y - 22) < 5 && std::abs(d.x) > 12 && std::abs(d.x) < 38 && std::abs(d.z - 3) < 5;
      if (arch || spinous || transverse) {
        depth = 2;
        return 2;
      }
      const VectorLps e = d - VectorLps{0, 0, -spacingMm / 2};
      if (v < 4 && std::abs(e.z) <= 3.6 && std::sqrt(squared(e.x / 22) + squared(e.y / 15)) <= 1) {
        depth = 1;
        return 3;
      }
    }
    return 0;
  }
};

} // namespace

MadeSpine madeSpine(const Grid& grid, ItemState state) {
  MadeSpine out;
  const Anatomy anatomy;
  auto c = std::make_shared<Case>();
  c->id = "made";
  c->patient = {"Doe^Jane", "4711", "1958-03-21", "F"};
  Series series;
  series.uid = "1.2.3";
  series.number = 3;
  series.modality = "CT";
  series.description = "Lumbar spine, bone";
  series.kernel = "B60s";
  series.kvp = 120;
  series.patientPosition = "HFS";
  series.frameOfReferenceUid = "1.2.4";
  Study study;
  study.uid = "1.2";
  study.date = "2026-05-04";
  study.description = "CT lumbar spine";
  study.series = {series};
  std::vector<Study> studies{study};
  c->studies = studies;
  std::vector<StructureId> arches, discs;
  for (int v = 0; v < 5; ++v) {
    const InstanceId instance{c->nextInstance++};
    const auto add = [&](Part part) {
      Structure s;
      s.instance = instance;
      s.part = part;
      s.state = state;
      return c->structures.add(s);
    };
    out.vertebrae.push_back(instance);
    out.bodies.push_back(add(Part::VertebralBody));
    arches.push_back(add(Part::PosteriorElements));
    discs.push_back(add(Part::Disc));
    ChainEntry entry;
    entry.instance = instance;
    entry.level = Level(int(Level::L1) + v);
    entry.confidence = 0.97;
    entry.centroid = anatomy.centres[std::size_t(v)];
    c->chain.entries.push_back(entry);
  }
  c->chain.naming = Naming::Certain;
  out.centres = anatomy.centres;
  LabelLayer layer;
  layer.id = LayerId{c->nextLayer++};
  layer.seriesUid = series.uid;
  layer.frameOfReferenceUid = series.frameOfReferenceUid;
  layer.map = filledLabels(grid, [&](PointLps p) -> std::uint16_t {
    int v = 0;
    double depth = 0;
    switch (anatomy.part(p, v, depth)) {
    case 1:
      return out.bodies[std::size_t(v)].value;
    case 2:
      return arches[std::size_t(v)].value;
    case 3:
      return discs[std::size_t(v)].value;
    default:
      return 0;
    }
  });
  c->layers.push_back(layer);
  std::uint32_t noise = 1;
  out.volume = filledVolume(grid, [&](PointLps p) {
    noise = noise * 1664525u + 1013904223u;
    const double n = double(noise >> 24) / 255.0 - 0.5;
    int v = 0;
    double depth = 0;
    switch (anatomy.part(p, v, depth)) {
    case 1:
      return (depth < 1.6 ? 650.0 : 190.0) + 60 * n;
    case 2:
      return 480 + 80 * n;
    case 3:
      return 90 + 25 * n;
    default:
      break;
    }
    if (squared(p.x - 60) + squared(p.y + 20) + squared(p.z) < 144)
      return 1200.0; // on the patient's left
    const double body = std::sqrt(squared(p.x / 84) + squared((p.y - 5) / 70));
    return body > 1 ? -1000 + 8 * n : body > 0.9 ? -90 + 15 * n : 45 + 25 * n;
  });
  out.shown = std::make_shared<const EffectiveCase>(effective(*c));
  out.document = std::move(c);
  return out;
}

} // namespace spondyl::testing
