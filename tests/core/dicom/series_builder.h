#pragma once
// Volumes and DICOM series made by the tests.

#include "core/dicom/write_series.h"
#include "core/formats/open.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

namespace spondyl::test {

inline VolumePtr randomVolume(const Grid& grid, unsigned seed, Rescale rescale = {}) {
  auto builder = VolumeBuilder::create(grid, VoxelType::Int16, rescale, VolumeMeaning::CtHounsfield);
  REQUIRE(builder);
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> any(-2000, 3000);
  for (auto& v : builder->voxels<std::int16_t>())
    v = static_cast<std::int16_t>(any(random));
  return std::move(*builder).freeze();
}

/// All voxels of a slice hold its number times a hundred.
inline VolumePtr rampVolume(const Grid& grid, int firstValue = 0) {
  auto builder = VolumeBuilder::create(grid, VoxelType::Int16, {}, VolumeMeaning::CtHounsfield);
  REQUIRE(builder);
  for (int k = 0; k < grid.size().k; ++k)
    for (auto& v : builder->slice<std::int16_t>(k))
      v = static_cast<std::int16_t>(firstValue + 100 * k);
  return std::move(*builder).freeze();
}

inline Grid axialGrid(GridSize size, PointLps origin = {-10, -20, 30}, VectorLps stepK = {0, 0, 2}) {
  return Grid::create(size, origin, {0.5, 0, 0}, {0, 0.75, 0}, stepK).value();
}

struct Rotation {
  VectorLps x, y, z;
  VectorLps operator()(VectorLps v) const { return x * v.x + y * v.y + z * v.z; }
};

inline Rotation randomRotation(std::mt19937& random) {
  std::normal_distribution<double> normal;
  const VectorLps x = normalized({normal(random), normal(random), normal(random)});
  const VectorLps other = normalized({normal(random), normal(random), normal(random)});
  const VectorLps z = normalized(cross(x, other));
  return {x, cross(z, x), z};
}

/// Identity of a made series; the UIDs are fixed, so that several calls write into one series.
inline Study madeStudy(const std::string& patientId = "P1", const std::string& name = "Muster^Erika") {
  Study study;
  study.uid = "1.2.3";
  study.patient = {name, patientId, "1958-03-21", "F"};
  study.date = "2024-05-06";
  study.time = "07:08:09";
  return study;
}

inline Series madeSeries(const std::string& uid = "1.2.3.4") {
  Series series;
  series.uid = uid;
  series.number = 7;
  series.modality = "CT";
  series.frameOfReferenceUid = "1.2.3.5";
  series.description = "made";
  series.patientPosition = "HFS";
  series.windows = {{"", 40, 400}};
  return series;
}

/// Writes volumes as slices of one series into one folder (files numbered through).
class SeriesFolder {
 public:
  void add(const Volume& volume, const Study& study = madeStudy(), const Series& series = madeSeries()) {
    const auto part = m_folder / ("part" + std::to_string(m_parts));
    const auto written = dicom::writeDicomSeries(volume, study, series, part);
    REQUIRE(written);
    for (const auto& entry : std::filesystem::directory_iterator(part))
      std::filesystem::rename(entry.path(),
                              path() / (std::to_string(m_parts) + "_" + entry.path().filename().string()));
    std::filesystem::remove(part);
    ++m_parts;
  }
  std::filesystem::path path() const {
    std::filesystem::create_directories(m_folder / "series");
    return m_folder / "series";
  }
  std::filesystem::path file(int part, int k) const {
    char name[32];
    std::snprintf(name, sizeof name, "%d_IM%05d.dcm", part, k + 1);
    return path() / name;
  }
  StudyListing open() const {
    auto listing = openStudies(path(), {});
    REQUIRE(listing);
    return std::move(listing).value();
  }

 private:
  TemporaryFolder m_folder;
  int m_parts = 0;
};

inline const Warning* findWarning(const std::vector<Warning>& warnings, WarningCode code) {
  for (const Warning& w : warnings)
    if (w.code == code)
      return &w;
  return nullptr;
}

} // namespace spondyl::test
