// Every single-frame CT and MR image of the data against pydicom.
#include "core/base/file.h"
#include "core/dicom/slice_values.h"
#include "core/dicom/sort.h"
#include "core/formats/open.h"
#include "tests/core/dicom/reference_table.h"
#include "tests/support/test_data.h"

#include <cmath>

using namespace spondyl;
using spondyl::test::Row;

namespace {

std::vector<std::int32_t> storedValues(const dicom::ImageHeader& header) {
  std::vector<double> values(static_cast<std::size_t>(header.layout.rows) *
                             static_cast<std::size_t>(header.layout.columns));
  const dicom::ValueRule plain{VoxelType::Float64, {}, std::nullopt, false};
  REQUIRE(dicom::decodeValues<double>(header, plain, values));
  return {values.begin(), values.end()};
}

std::string hashOf(std::span<const std::int32_t> values) {
  return sha256Hex(std::as_bytes(values));
}

void checkGeometry(const dicom::ImageHeader& header, const Row& row) {
  const auto number = [&](const char* name) { return std::stod(row.at(name)); };
  CHECK(header.position.has_value() == !row.at("px").empty());
  if (!row.at("px").empty())
    CHECK(distance(*header.position, {number("px"), number("py"), number("pz")}) < 1e-3);
  if (!row.at("ox1").empty()) {
    const char* names[] = {"ox1", "oy1", "oz1", "ox2", "oy2", "oz2"};
    for (std::size_t k = 0; k < 6; ++k)
      CHECK((*header.orientation)[k] == Approx(number(names[k])).margin(1e-6));
  }
  if (!row.at("row_spacing").empty()) {
    CHECK((*header.pixelSpacing)[0] == Approx(number("row_spacing")).margin(1e-6));
    CHECK((*header.pixelSpacing)[1] == Approx(number("column_spacing")).margin(1e-6));
  }
  const Rescale rescale = header.rescale.value_or(Rescale{});
  CHECK(rescale.slope == Approx(number("slope")));
  CHECK(rescale.intercept == Approx(number("intercept")));
}

// Decoders of lossy JPEG may differ by rounding; the means of large blocks must not.
double largestBlockDifference(const std::vector<std::int32_t>& values, const Row& row) {
  const auto means = test::splitAt(row.at("block_means"), ';');
  const std::size_t rows = std::stoul(row.at("rows")), columns = std::stoul(row.at("columns"));
  double worst = 0;
  for (std::size_t block = 0; block < means.size(); ++block) {
    const std::size_t h = rows / 8, w = columns / 8, top = block / 8 * h, left = block % 8 * w;
    double sum = 0;
    for (std::size_t y = top; y < top + h; ++y)
      for (std::size_t x = left; x < left + w; ++x)
        sum += values[y * columns + x];
    worst = std::max(worst, std::abs(sum / static_cast<double>(h * w) - std::stod(means[block])));
  }
  return worst;
}

} // namespace

TEST_CASE("every single-frame CT and MR image has the voxels and the place that pydicom sees") {
  SPONDYL_NEED_DATA(data);
  int lossless = 0, lossyEqual = 0, lossyClose = 0;
  for (const Row& row : test::referenceTable("files")) {
    INFO(row.at("file"));
    const auto header = dicom::readImageHeader(data / row.at("file"));
    if (!header)
      FAIL_CHECK(errorCodeName(header.error().code) << " " << header.error().arguments.back());
    if (!header)
      continue;
    checkGeometry(*header, row);
    REQUIRE(std::to_string(header->layout.rows) == row.at("rows"));
    REQUIRE(std::to_string(header->layout.columns) == row.at("columns"));
    const auto values = storedValues(*header);
    const bool equal = hashOf(values) == row.at("sha256");
    if (row.at("lossy") == "0") {
      CHECK(equal);
      ++lossless;
    } else {
      ++(equal ? lossyEqual : lossyClose);
      CHECK((equal || largestBlockDifference(values, row) < 0.1));
    }
  }
  CHECK(lossless >= 90);
  WARN("identical: " << lossless << " lossless, " << lossyEqual
                     << " lossy; lossy within 0.1 on block means: " << lossyClose);
}

TEST_CASE("a lossy copy stays near the original in every syntax, a lossless one is equal") {
  SPONDYL_NEED_DATA(data);
  const auto folder = data / "dicom_loader/same_ct_every_syntax";
  const auto original =
      dicom::readImageHeader(folder / "LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm");
  REQUIRE(original);
  const auto truth = storedValues(*original);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    INFO(entry.path().filename());
    const auto header = dicom::readImageHeader(entry.path());
    REQUIRE(header);
    const auto values = storedValues(*header);
    REQUIRE(values.size() == truth.size());
    if (!header->series.lossy) {
      CHECK(values == truth);
      continue;
    }
    // The encoder changed range and sign of some: compare in rescaled values, by the correlation.
    double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
    for (std::size_t v = 0; v < values.size(); ++v) {
      const double x = truth[v], y = values[v];
      sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
    }
    const double n = static_cast<double>(values.size());
    const double correlation = (sxy - sx * sy / n) / std::sqrt((sxx - sx * sx / n) * (syy - sy * sy / n));
    CHECK(correlation > 0.99);
  }
}

TEST_CASE("a series of the data becomes the volume that pydicom's slices make") {
  SPONDYL_NEED_DATA(data);
  for (const Row& row : test::referenceTable("series")) {
    INFO(row.at("folder"));
    const auto listing = openStudies(data / row.at("folder"), {});
    REQUIRE(listing);
    const auto number = [&](const std::string& name) { return std::stod(row.at(name)); };
    const auto vector = [&](const std::string& name) {
      return VectorLps{number(name + "_x"), number(name + "_y"), number(name + "_z")};
    };
    const auto expected =
        Grid::create({std::stoi(row.at("ni")), std::stoi(row.at("nj")), std::stoi(row.at("nk"))},
                     PointLps{} + vector("origin"), vector("step_i"), vector("step_j"), vector("step_k"));
    REQUIRE(expected);
    bool found = false;
    for (const Study& study : listing->studies)
      for (const Series& series : study.series)
        for (std::size_t s = 0; s < series.stacks.size(); ++s) {
          if (series.uid != row.at("series_uid") || !series.stacks[s].grid ||
              !series.stacks[s].grid->sameAs(*expected, 1e-3))
            continue;
          found = true;
          const auto loaded = loadVolume(series, s, {});
          REQUIRE(loaded);
          const auto values = visitVoxels(*loaded->volume, [](auto voxels) {
            return std::vector<std::int32_t>(voxels.begin(), voxels.end());
          });
          CHECK(hashOf(values) == row.at("sha256"));
        }
    CHECK(found);
  }
}
