#include "viewer/scene/mesher.h"

#include "core/base/parallel.h"

#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkFlyingEdges3D.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace spondyl::viewer {
namespace {

constexpr double smallestBlurVoxels = 0.85; // less leaves the mask's steps visible

// Floats on a lattice in the index space of a grid: index = first + n * step.
struct Lattice {
  std::array<int, 3> size{};
  PointIjk first;
  std::array<double, 3> step{1, 1, 1};
  std::vector<float> values;
};

std::vector<float> kernel(double sigma) {
  const int radius = std::max(1, int(std::ceil(sigma * 2.5)));
  std::vector<float> w;
  float sum = 0;
  for (int a = -radius; a <= radius; ++a) {
    w.push_back(static_cast<float>(std::exp(-0.5 * a * a / (sigma * sigma))));
    sum += w.back();
  }
  for (float& x : w)
    x /= sum;
  return w;
}

// Blurs along one axis and keeps every `step`-th sample of it.
void blurAlong(Lattice& in, int axis, double sigma, int step) {
  const std::vector<float> w = kernel(sigma);
  const int radius = int(w.size()) / 2, n = in.size[std::size_t(axis)], m = (n - 1) / step + 1;
  std::array<int, 3> size = in.size;
  size[std::size_t(axis)] = m;
  const std::size_t stride = axis == 0   ? 1
                             : axis == 1 ? std::size_t(in.size[0])
                                         : std::size_t(in.size[0]) * std::size_t(in.size[1]);
  std::vector<float> out;
  out.resize(std::size_t(size[0]) * std::size_t(size[1]) * std::size_t(size[2]));
  for (int z = 0; z < size[2]; ++z)
    for (int y = 0; y < size[1]; ++y)
      for (int x = 0; x < size[0]; ++x) {
        const std::array<int, 3> at{x, y, z};
        std::array<int, 3> start = at;
        const int middle = at[std::size_t(axis)] * step;
        start[std::size_t(axis)] = 0;
        const float* line = in.values.data() +
                            (std::size_t(start[2]) * std::size_t(in.size[1]) + std::size_t(start[1])) *
                                std::size_t(in.size[0]) +
                            std::size_t(start[0]);
        float sum = 0;
        const int from = std::max(-radius, -middle), to = std::min(radius, n - 1 - middle);
        for (int a = from; a <= to; ++a)
          sum += w[std::size_t(a + radius)] * line[std::size_t(middle + a) * stride];
        out[(std::size_t(z) * std::size_t(size[1]) + std::size_t(y)) * std::size_t(size[0]) +
            std::size_t(x)] = sum;
      }
  in.values = std::move(out);
  in.size = size;
  in.step[std::size_t(axis)] *= step;
}

// Area-weighted normals from the triangles.
void addNormals(Mesh& mesh) {
  mesh.normals.assign(mesh.points.size(), 0.f);
  const auto point = [&](std::uint32_t p) {
    return VectorLps{mesh.points[p * 3], mesh.points[p * 3 + 1], mesh.points[p * 3 + 2]};
  };
  for (std::size_t t = 0; t < mesh.triangles.size(); t += 3) {
    const VectorLps a = point(mesh.triangles[t]), b = point(mesh.triangles[t + 1]),
                    c = point(mesh.triangles[t + 2]);
    const VectorLps n = cross(b - a, c - a);
    for (std::size_t v = 0; v < 3; ++v) {
      float* to = &mesh.normals[mesh.triangles[t + v] * 3];
      to[0] += static_cast<float>(n.x);
      to[1] += static_cast<float>(n.y);
      to[2] += static_cast<float>(n.z);
    }
  }
  for (std::size_t p = 0; p < mesh.normals.size(); p += 3) {
    float* n = &mesh.normals[p];
    const float l = std::sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    if (l > 0)
      for (int a = 0; a < 3; ++a)
        n[a] /= l;
  }
}

Mesh contour(const Lattice& lattice, const Grid& grid, double value) {
  Mesh mesh;
  if (lattice.size[0] < 2 || lattice.size[1] < 2 || lattice.size[2] < 2)
    return mesh;
  vtkNew<vtkFloatArray> scalars;
  scalars->SetArray(const_cast<float*>(lattice.values.data()), vtkIdType(lattice.values.size()), 1);
  vtkNew<vtkImageData> image;
  image->SetDimensions(lattice.size[0], lattice.size[1], lattice.size[2]);
  image->GetPointData()->SetScalars(scalars);
  vtkNew<vtkFlyingEdges3D> edges;
  edges->SetInputData(image);
  edges->SetValue(0, value);
  edges->ComputeNormalsOff();
  edges->ComputeGradientsOff();
  edges->ComputeScalarsOff();
  edges->Update();
  vtkPolyData* out = edges->GetOutput();
  const vtkIdType n = out->GetNumberOfPoints();
  mesh.points.resize(std::size_t(n) * 3);
  for (vtkIdType p = 0; p < n; ++p) {
    double at[3];
    out->GetPoint(p, at);
    const PointLps lps = grid.toLps(PointIjk{lattice.first.i + at[0] * lattice.step[0],
                                             lattice.first.j + at[1] * lattice.step[1],
                                             lattice.first.k + at[2] * lattice.step[2]});
    mesh.points[std::size_t(p) * 3] = static_cast<float>(lps.x);
    mesh.points[std::size_t(p) * 3 + 1] = static_cast<float>(lps.y);
    mesh.points[std::size_t(p) * 3 + 2] = static_cast<float>(lps.z);
  }
  vtkIdType count = 0;
  const vtkIdType* ids = nullptr;
  vtkCellArray* cells = out->GetPolys();
  mesh.triangles.reserve(std::size_t(cells->GetNumberOfCells()) * 3);
  cells->InitTraversal();
  while (cells->GetNextCell(count, ids))
    if (count == 3)
      for (int v = 0; v < 3; ++v)
        mesh.triangles.push_back(std::uint32_t(ids[v]));
  addNormals(mesh);
  // Outward: towards smaller values. Checked on the whole instead of trusting the filter's winding, which the
  // grid's handedness turns round as well: the signed volume of a closed surface is positive.
  double volume = 0;
  for (std::size_t t = 0; t < mesh.triangles.size(); t += 3) {
    const auto point = [&](std::size_t v) {
      const std::size_t p = mesh.triangles[t + v] * std::size_t(3);
      return VectorLps{mesh.points[p] - mesh.points[0], mesh.points[p + 1] - mesh.points[1],
                       mesh.points[p + 2] - mesh.points[2]};
    };
    volume += dot(point(0), cross(point(1), point(2)));
  }
  if (volume < 0) {
    for (std::size_t t = 0; t < mesh.triangles.size(); t += 3)
      std::swap(mesh.triangles[t + 1], mesh.triangles[t + 2]);
    for (float& x : mesh.normals)
      x = -x;
  }
  return mesh;
}

} // namespace

Mesh surfaceOfMask(const Mask& mask, double blurMm, double cellMm) {
  if (mask.box.isEmpty())
    return {};
  const auto spacing = mask.grid.spacing();
  std::array<double, 3> sigma;
  std::array<int, 3> step, border;
  for (std::size_t a = 0; a < 3; ++a) {
    sigma[a] = std::max(blurMm / spacing[a], smallestBlurVoxels);
    step[a] = std::max(1, int(std::lround(cellMm / spacing[a])));
    // Room for the blur, and so that an empty sample lies outside on every side: the surface closes.
    border[a] = int(std::ceil(sigma[a] * 2.5)) + step[a] + 1;
  }
  const int ni = mask.box.high.i - mask.box.low.i + 1, nj = mask.box.high.j - mask.box.low.j + 1,
            nk = mask.box.high.k - mask.box.low.k + 1;
  Lattice lattice;
  lattice.size = {ni + 2 * border[0], nj + 2 * border[1], nk + 2 * border[2]};
  lattice.first = {double(mask.box.low.i - border[0]), double(mask.box.low.j - border[1]),
                   double(mask.box.low.k - border[2])};
  lattice.values.assign(
      std::size_t(lattice.size[0]) * std::size_t(lattice.size[1]) * std::size_t(lattice.size[2]), 0.f);
  for (int k = 0; k < nk; ++k)
    for (int j = 0; j < nj; ++j) {
      const std::uint8_t* from =
          mask.inside.data() + (std::size_t(k) * std::size_t(nj) + std::size_t(j)) * std::size_t(ni);
      float* to = lattice.values.data() +
                  (std::size_t(k + border[2]) * std::size_t(lattice.size[1]) + std::size_t(j + border[1])) *
                      std::size_t(lattice.size[0]) +
                  std::size_t(border[0]);
      std::copy(from, from + ni, to);
    }
  for (int axis = 0; axis < 3; ++axis)
    blurAlong(lattice, axis, sigma[std::size_t(axis)], step[std::size_t(axis)]);
  return contour(lattice, mask.grid, 0.5);
}

Mesh surfaceOfVolume(const Volume& volume, double value, double cellMm) {
  const Grid& grid = volume.grid();
  const auto spacing = grid.spacing();
  const GridSize n = volume.size();
  const std::array<int, 3> size{n.i, n.j, n.k};
  Lattice lattice;
  std::array<int, 3> step;
  for (std::size_t a = 0; a < 3; ++a) {
    step[a] = std::clamp(int(std::lround(cellMm / spacing[a])), 1, std::max(1, size[a] / 2));
    lattice.size[a] = size[a] / step[a] + 2; // a shell of "outside" closes the surface
    lattice.step[a] = step[a];
  }
  lattice.first = {(step[0] - 1) / 2.0 - step[0], (step[1] - 1) / 2.0 - step[1],
                   (step[2] - 1) / 2.0 - step[2]};
  const Rescale r = volume.rescale();
  const float stored = static_cast<float>((value - r.intercept) / r.slope), outside = stored - 1000;
  lattice.values.assign(
      std::size_t(lattice.size[0]) * std::size_t(lattice.size[1]) * std::size_t(lattice.size[2]), outside);
  visitVoxels(volume, [&](auto voxels) {
    parallelFor(std::size_t(lattice.size[2] - 2), 1, [&](std::size_t begin, std::size_t end) {
      for (int z = int(begin); z < int(end); ++z)
        for (int y = 0; y < lattice.size[1] - 2; ++y)
          for (int x = 0; x < lattice.size[0] - 2; ++x) {
            float sum = 0;
            for (int c = 0; c < step[2]; ++c)
              for (int b = 0; b < step[1]; ++b)
                for (int a = 0; a < step[0]; ++a)
                  sum += static_cast<float>(
                      voxels[grid.offset({x * step[0] + a, y * step[1] + b, z * step[2] + c})]);
            lattice.values[(std::size_t(z + 1) * std::size_t(lattice.size[1]) + std::size_t(y + 1)) *
                               std::size_t(lattice.size[0]) +
                           std::size_t(x + 1)] = sum / static_cast<float>(step[0] * step[1] * step[2]);
          }
    });
  });
  // Averages of cells are still terraced where voxels are coarse.
  for (int axis = 0; axis < 3; ++axis)
    blurAlong(lattice, axis, 0.6, 1);
  return contour(lattice, grid, double(stored));
}

} // namespace spondyl::viewer
