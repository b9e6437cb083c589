#include "core/formats/nifti.h"
#include "core/formats/open.h"
#include "core/formats/reorient.h"
#include "tests/core/dicom/reference_table.h"
#include "tests/core/formats/volume_maker.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_data.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace spondyl;
using namespace spondyl::test;

namespace {

// A NIfTI-1 file by hand: float32, 2x2x2.
std::string header(short sform, short qform, short datatype = 16, short dim0 = 3, short nt = 1) {
  std::string h(352, '\0');
  const auto put = [&](std::size_t at, auto value) { std::memcpy(h.data() + at, &value, sizeof value); };
  put(0, std::int32_t(348));
  const short dims[] = {dim0, 2, 2, 2, nt, 1, 1, 1};
  for (std::size_t d = 0; d < 8; ++d)
    put(40 + 2 * d, dims[d]);
  put(70, datatype);
  put(72, static_cast<short>(datatype == 16 ? 32 : datatype == 2 ? 8 : 64));
  for (std::size_t d = 0; d < 8; ++d)
    put(76 + 4 * d, 1.0f);
  put(108, 352.0f);
  h[123] = 2;
  put(252, qform);
  put(254, sform);
  const float affine[] = {2, 0, 0, 10, 0, 3, 0, 20, 0, 0, 4, 30};
  for (std::size_t a = 0; a < 12; ++a)
    put(280 + 4 * a, affine[a]);
  put(268, 1.0f); // qoffset
  std::memcpy(h.data() + 344, "n+1", 4);
  return h;
}

Path write(const Path& path, const std::string& bytes) {
  REQUIRE(writeFileWhole(path, bytes));
  return path;
}

} // namespace

TEST_CASE("every NIfTI of the data has the place and the values that nibabel sees") {
  SPONDYL_NEED_DATA(data);
  int count = 0;
  for (const Row& row : referenceTable("nifti")) {
    INFO(row.at("file"));
    const auto number = [&](const std::string& name) { return std::stod(row.at(name)); };
    const auto vector = [&](const std::string& name) {
      return VectorLps{number(name + "_x"), number(name + "_y"), number(name + "_z")};
    };
    const auto expected =
        Grid::create({std::stoi(row.at("ni")), std::stoi(row.at("nj")), std::stoi(row.at("nk"))},
                     PointLps{} + vector("origin"), vector("step_i"), vector("step_j"), vector("step_k"));
    REQUIRE(expected);
    const auto loaded = readNifti(data / row.at("file"), {});
    REQUIRE(loaded);
    const Volume& volume = *loaded->volume;
    CHECK(volume.grid().sameAs(*expected, 1e-3));
    std::vector<double> values(volume.size().count());
    visitVoxels(volume, [&](auto voxels) {
      for (std::size_t v = 0; v < values.size(); ++v)
        values[v] = static_cast<double>(voxels[v]) * volume.rescale().slope + volume.rescale().intercept;
    });
    CHECK(sha256Hex(std::as_bytes(std::span(values))) == row.at("sha256"));
    ++count;
  }
  CHECK(count == 51);
}

TEST_CASE("a volume written and read again lies at the same place with the same values, gzipped or not") {
  TemporaryFolder folder;
  for (const char* name : {"v.nii", "v.nii.gz"})
    for (const double shear : {0.0, 0.8}) {
      INFO(name << " shear " << shear);
      const VolumePtr volume =
          volumeOf<std::int16_t>(obliqueGrid(0.4, shear), {-1000, 3, 70, 2500, -32768, 32767}, {1, 0});
      REQUIRE(writeNifti(*volume, folder / name));
      const auto read = readNifti(folder / name, {});
      REQUIRE(read);
      CHECK(read->volume->grid().sameAs(volume->grid(), 1e-3));
      for (int k = 0; k < 3; ++k)
        for (int i = 0; i < 5; ++i)
          CHECK(read->volume->value({i, 2, k}) == volume->value({i, 2, k}));
    }
}

TEST_CASE("values are written in the smallest type that keeps them exactly") {
  const Grid grid = obliqueGrid();
  CHECK(smallestExactType(*volumeOf<std::int16_t>(grid, {0, 255})) == NiftiType::UInt8);
  CHECK(smallestExactType(*volumeOf<std::int16_t>(grid, {-1, 255})) == NiftiType::Int16);
  CHECK(smallestExactType(*volumeOf<std::int16_t>(grid, {0, 256})) == NiftiType::Int16);
  CHECK(smallestExactType(*volumeOf<std::uint16_t>(grid, {0, 40000})) == NiftiType::UInt16);
  CHECK(smallestExactType(*volumeOf<std::uint16_t>(grid, {1024, 1279}, {1, -1024})) == NiftiType::UInt8);
  CHECK(smallestExactType(*volumeOf<std::int16_t>(grid, {1, 2, 3}, {0.5, 0})) == NiftiType::Float32);
  CHECK(smallestExactType(*volumeOf<std::int16_t>(grid, {1, 2, 3}, {0.1, 0})) == NiftiType::Float64);
  CHECK(smallestExactType(*volumeOf<float>(grid, {-5, 70000})) == NiftiType::Float32);
  CHECK(smallestExactType(*volumeOf<float>(grid, {7, 9})) == NiftiType::UInt8);
  CHECK(smallestExactType(*volumeOf<double>(grid, {16777217.0})) == NiftiType::Float64);
  CHECK(smallestExactType(*volumeOf<float>(grid, {std::numeric_limits<float>::quiet_NaN(), 1})) ==
        NiftiType::Float32);
  TemporaryFolder folder;
  const VolumePtr tenth = volumeOf<std::int16_t>(grid, {1, 2, 3, 77}, {0.1, -3});
  REQUIRE(writeNifti(*tenth, folder / "t.nii.gz"));
  const auto read = readNifti(folder / "t.nii.gz", {});
  REQUIRE(read);
  CHECK(read->volume->value({3, 0, 0}) == tenth->value({3, 0, 0}));
}

TEST_CASE("labels are written as they are and read as whole numbers from any type") {
  TemporaryFolder folder;
  const Grid grid = obliqueGrid();
  std::vector<std::uint16_t> numbers(grid.size().count());
  for (std::size_t v = 0; v < numbers.size(); ++v)
    numbers[v] = static_cast<std::uint16_t>(v % 3 == 0 ? 1001 : v % 29);
  REQUIRE(writeNiftiLabels(grid, numbers, folder / "l.nii.gz"));
  const auto read = readNiftiLabels(folder / "l.nii.gz", {});
  REQUIRE(read);
  CHECK(read->numbers == numbers);
  CHECK(read->grid.sameAs(grid));
  REQUIRE(writeNifti(*volumeOf<double>(grid, {0.0, 24.0, 1e-9}), folder / "d.nii"));
  CHECK(readNiftiLabels(folder / "d.nii", {}).error().code == ErrorCode::UnsupportedPixels);
  REQUIRE(writeNifti(*volumeOf<float>(grid, {0.0f, -1.0f}), folder / "n.nii"));
  CHECK(readNiftiLabels(folder / "n.nii", {}).error().code == ErrorCode::UnsupportedPixels);
  std::vector<std::uint16_t> small(numbers.size(), 49);
  REQUIRE(writeNiftiLabels(grid, small, folder / "p.nii", NiftiType::UInt8));
  CHECK(std::filesystem::file_size(folder / "p.nii") == 352 + small.size());
}

TEST_CASE("a mask stored as float64 is read as labels") {
  SPONDYL_NEED_DATA(data);
  const auto labels = readNiftiLabels(data / "ct_verse_label_only/sub-verse004_seg-vert_msk.nii.gz", {});
  REQUIRE(labels);
  CHECK(*std::max_element(labels->numbers.begin(), labels->numbers.end()) == 24);
}

TEST_CASE("sform counts if it is coded, else qform, else there is no geometry") {
  TemporaryFolder folder;
  const std::string voxels(32, '\0');
  const auto byS = describeNifti(write(folder / "s.nii", header(1, 1) + voxels));
  REQUIRE(byS);
  CHECK(byS->series[0].stacks[0].grid->origin() == PointLps{-10, -20, 30});
  CHECK(byS->series[0].stacks[0].grid->stepJ() == VectorLps{0, -3, 0});
  const auto byQ = describeNifti(write(folder / "q.nii", header(0, 1) + voxels));
  REQUIRE(byQ);
  CHECK(distance(byQ->series[0].stacks[0].grid->origin(), {-1, 0, 0}) < 1e-9);
  CHECK(describeNifti(write(folder / "n.nii", header(0, 0) + voxels)).error().code == ErrorCode::NoGeometry);
}

TEST_CASE("a study of NIfTI is called as its file, without a guess at what it is") {
  TemporaryFolder folder;
  write(folder / "patient_07.nii", header(1, 0) + std::string(32, '\0'));
  const auto listing = openStudies(folder.path(), {});
  REQUIRE(listing);
  REQUIRE(listing->studies.size() == 1);
  CHECK(listing->studies[0].name == "patient_07");
  CHECK(listing->studies[0].uid.empty());
  CHECK(listing->studies[0].series[0].modality.empty());
  CHECK(loadVolume(listing->studies[0].series[0], 0, {}));
}

TEST_CASE("of several volumes the first is read and the others said") {
  TemporaryFolder folder;
  std::string voxels;
  for (const float value : {1.0f, 2.0f, 3.0f})
    for (int v = 0; v < 8; ++v)
      voxels.append(reinterpret_cast<const char*>(&value), 4);
  const auto read = readNifti(write(folder / "t.nii", header(1, 0, 16, 4, 3) + voxels), {});
  REQUIRE(read);
  CHECK(read->volume->value({1, 1, 1}) == 1);
  REQUIRE(read->warnings.size() == 1);
  CHECK(read->warnings[0] == Warning{WarningCode::FirstVolumeOnly, {"3"}});
}

TEST_CASE("damaged NIfTI files are refused in words") {
  TemporaryFolder folder;
  CHECK(readNifti(write(folder / "a.nii", "no header here"), {}).error().code == ErrorCode::Malformed);
  CHECK(readNifti(write(folder / "b.nii", header(1, 0) + "few"), {}).error().code == ErrorCode::Truncated);
  CHECK(readNifti(write(folder / "c.nii", header(1, 0, 1792) + std::string(999, 'x')), {}).error().code ==
        ErrorCode::UnsupportedPixels);
  CHECK(readNifti(write(folder / "d.nii.gz", "\x1f\x8b garbage"), {}).error().code == ErrorCode::Malformed);
  CHECK(readNifti(folder / "nothing.nii", {}).error().code == ErrorCode::FileNotFound);
  std::string huge = header(1, 0);
  for (std::size_t at : {42u, 44u, 46u})
    std::memcpy(huge.data() + at, "\xFF\x7F", 2);
  CHECK(readNifti(write(folder / "e.nii", huge), {}).error().code == ErrorCode::Truncated);
}

TEST_CASE("reading and writing stop when asked and leave no file") {
  TemporaryFolder folder;
  std::stop_source stop;
  stop.request_stop();
  const JobContext context{stop.get_token(), {}};
  const VolumePtr volume = volumeOf<std::int16_t>(obliqueGrid(), {1});
  CHECK(writeNifti(*volume, folder / "v.nii.gz", context).error().code == ErrorCode::Cancelled);
  CHECK(std::filesystem::is_empty(folder.path()));
  REQUIRE(writeNifti(*volume, folder / "v.nii.gz"));
  CHECK(readNifti(folder / "v.nii.gz", context).error().code == ErrorCode::Cancelled);
}

TEST_CASE("another array order moves no voxel in the patient") {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (int round = 0; round < 20; ++round) {
    const auto grid = Grid::create({4, 3, 5}, {1, 2, 3}, {normal(random), normal(random), normal(random)},
                                   {normal(random), normal(random), normal(random)},
                                   {normal(random), normal(random), normal(random)});
    if (!grid)
      continue;
    std::vector<std::int16_t> values(grid->size().count());
    for (std::size_t v = 0; v < values.size(); ++v)
      values[v] = static_cast<std::int16_t>(v);
    const VolumePtr volume = volumeOf(*grid, values);
    for (const ArrayOrder order : {ArrayOrder::Acquired, ArrayOrder::Lps, ArrayOrder::Ras}) {
      const auto turned = reorient(volume, order);
      REQUIRE(turned);
      for (int k = 0; k < 5; ++k)
        for (int j = 0; j < 3; ++j)
          for (int i = 0; i < 4; ++i) {
            const IndexIjk there = nearestIndex((*turned)->grid().toIjk(grid->toLps(IndexIjk{i, j, k})));
            REQUIRE((*turned)->grid().contains(there));
            REQUIRE((*turned)->value(there) == volume->value({i, j, k}));
          }
    }
  }
  const auto axial = Grid::create({4, 3, 5}, {0, 0, 0}, {0, 0, -1}, {1, 0, 0}, {0, -1, 0}).value();
  const Grid lps = reorient(LabelArray{axial, std::vector<std::uint16_t>(60)}, ArrayOrder::Lps).grid;
  CHECK(lps.size() == GridSize{3, 5, 4});
  CHECK(lps.stepI() == VectorLps{1, 0, 0});
  CHECK(lps.stepJ() == VectorLps{0, 1, 0});
  CHECK(lps.stepK() == VectorLps{0, 0, 1});
}
