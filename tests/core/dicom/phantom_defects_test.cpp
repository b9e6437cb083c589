// Series of single images cut from the phantom, each with one defect: the geometry is within 0.01 mm of the
// truth, or the series is refused with the reason.
#include "tests/core/dicom/dicom_tree.h"
#include "tests/core/dicom/phantom_volume.h"

#include <algorithm>
#include <numeric>

using namespace spondyl;
using namespace spondyl::test;

namespace {

class Slices {
 public:
  explicit Slices(bool mr = false) : m_mr(mr) {}
  /// One image; `more` are further attributes.
  void add(const Volume& volume, int k, Nodes more = {}) {
    ++m_count;
    const Grid& g = volume.grid();
    const PointLps p = g.toLps(IndexIjk{0, 0, k});
    const VectorLps c = normalized(g.stepI()), r = normalized(g.stepJ());
    const auto spacing = g.spacing();
    std::string bytes;
    for (int j = 0; j < g.size().j; ++j)
      for (int i = 0; i < g.size().i; ++i)
        bytes += le16(static_cast<std::uint16_t>(volume.stored({i, j, k})));
    const std::string sopClass = m_mr ? "1.2.840.10008.5.1.4.1.1.4" : "1.2.840.10008.5.1.4.1.1.2";
    Nodes nodes{{0x00080016, "UI", sopClass},
                {0x00080018, "UI", "1.2.3.9." + std::to_string(m_count)},
                {0x00080060, "CS", m_mr ? "MR" : "CT"},
                {0x0020000D, "UI", "1.2.3"},
                {0x0020000E, "UI", "1.2.3.4"},
                {0x00200013, "IS", std::to_string(m_count)},
                {0x00200032, "DS", ds({p.x, p.y, p.z})},
                {0x00200037, "DS", ds({c.x, c.y, c.z, r.x, r.y, r.z})},
                {0x00280002, "US", le16(1)},
                {0x00280004, "CS", "MONOCHROME2"},
                {0x00280010, "US", le16(static_cast<unsigned>(g.size().j))},
                {0x00280011, "US", le16(static_cast<unsigned>(g.size().i))},
                {0x00280030, "DS", ds({spacing[1], spacing[0]})},
                {0x00280100, "US", le16(16)},
                {0x00280101, "US", le16(16)},
                {0x00280102, "US", le16(15)},
                {0x00280103, "US", le16(1)},
                {0x00281052, "DS", ds({volume.rescale().intercept})},
                {0x00281053, "DS", ds({volume.rescale().slope})},
                {0x7FE00010, "OW", bytes}};
    nodes.insert(nodes.end(), more.begin(), more.end());
    std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.tag < b.tag; });
    // The names of the files follow nothing.
    writeBytes(m_folder / (std::to_string(m_count * 7919 % 1009) + ".dcm"),
               fileMeta("1.2.840.10008.1.2.1", sopClass) + encode(nodes, {}));
  }
  void addAll(const Volume& volume, const Nodes& more = {}) {
    for (int k = 0; k < volume.size().k; ++k)
      add(volume, k, more);
  }
  const Series& open() {
    auto listing = openStudies(m_folder.path(), {});
    REQUIRE(listing);
    m_listing = std::move(listing).value();
    REQUIRE(m_listing.studies.size() == 1);
    REQUIRE(m_listing.studies[0].series.size() == 1);
    return m_listing.studies[0].series[0];
  }
  VolumePtr load(std::size_t stack = 0) const {
    auto loaded = loadVolume(m_listing.studies[0].series[0], stack, {});
    REQUIRE(loaded);
    return loaded->volume;
  }

 private:
  bool m_mr;
  TemporaryFolder m_folder;
  int m_count = 0;
  StudyListing m_listing;
};

const Grid& straight() {
  static const Grid grid = phantomGrid({40, 36, 16}, {2.5, 0, 0}, {0, 2.5, 0}, {0, 0, 3});
  return grid;
}

} // namespace

TEST_CASE("phantom slices in any order and with misleading instance numbers lie where they were cut") {
  const VolumePtr truth = phantomVolume(obliquePhantomGrid());
  std::vector<int> order(14);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937 random(11);
  std::shuffle(order.begin(), order.end(), random);
  Slices slices;
  for (const int k : order)
    slices.add(*truth, k);
  slices.open();
  requireSamePlaces(*truth, *slices.load());
}

TEST_CASE("a phantom scanned with a tilted gantry is shown sheared, as it was scanned") {
  for (const double degrees : {8.0, -22.0}) {
    const double tilt = degrees * 3.14159265358979 / 180;
    const Grid grid = phantomGrid({40, 36, 14}, {2.5, 0, 0}, {0, 2.5, 0}, {0, 3 * std::tan(tilt), 3});
    const VolumePtr truth = phantomVolume(grid);
    Slices slices;
    slices.addAll(*truth);
    const Stack& stack = slices.open().stacks.at(0);
    REQUIRE(findWarning(stack.warnings, WarningCode::GantryTilt));
    CHECK(std::stod(findWarning(stack.warnings, WarningCode::GantryTilt)->arguments[0]) ==
          Approx(std::abs(degrees)).margin(0.01));
    requireSamePlaces(*truth, *slices.load());
  }
}

TEST_CASE("phantom slices that are missing are named, the others stay in place") {
  const VolumePtr truth = phantomVolume(straight());
  Slices slices;
  for (int k = 0; k < 16; ++k)
    if (k != 5 && k != 6)
      slices.add(*truth, k);
  const Stack& stack = slices.open().stacks.at(0);
  REQUIRE(findWarning(stack.warnings, WarningCode::MissingSlices));
  CHECK(findWarning(stack.warnings, WarningCode::MissingSlices)->arguments ==
        std::vector<std::string>{"2", "3", "4-7"});
  const VolumePtr read = slices.load();
  CHECK(read->grid().sameAs(truth->grid(), 0.01));
  for (int k = 0; k < 16; ++k) {
    CHECK(stack.slices[static_cast<std::size_t>(k)].isMissing() == (k == 5 || k == 6));
    if (k < 5 || k > 6)
      CHECK(read->value({21, 19, k}) == truth->value({21, 19, k}));
  }
}

TEST_CASE("phantom slices with too many or too wide gaps are refused with the distances") {
  const VolumePtr truth = phantomVolume(straight());
  Slices slices;
  for (const int k : {0, 1, 2, 3, 4, 11, 12, 13, 14, 15})
    slices.add(*truth, k);
  const Stack& stack = slices.open().stacks.at(0);
  REQUIRE(stack.refusal);
  CHECK(stack.refusal->code == ErrorCode::UnevenSlices);
  CHECK(stack.refusal->arguments[1] == "3");
  CHECK(stack.refusal->arguments[2] == "21");
}

TEST_CASE("phantom slices sent twice do not stretch the phantom") {
  const VolumePtr truth = phantomVolume(straight());
  Slices slices;
  slices.addAll(*truth);
  for (const int k : {3, 4, 9})
    slices.add(*truth, k); // again, under new UIDs
  const Stack& stack = slices.open().stacks.at(0);
  REQUIRE(findWarning(stack.warnings, WarningCode::DuplicateSlices));
  CHECK(findWarning(stack.warnings, WarningCode::DuplicateSlices)->arguments[0] == "3");
  requireSamePlaces(*truth, *slices.load());
}

TEST_CASE("unevenly cut phantom slices are resampled onto their own line, or refused where that would be "
          "guessing") {
  const Grid& coarse = straight();
  const Grid fine =
      Grid::create({40, 36, 27}, coarse.origin(), coarse.stepI(), coarse.stepJ(), {0, 0, 1}).value();
  const VolumePtr truth = phantomVolume(fine);
  Slices mild;
  for (const int k : {0, 3, 6, 10, 12, 15, 18, 21})
    mild.add(*truth, k);
  const Stack& stack = mild.open().stacks.at(0);
  REQUIRE(findWarning(stack.warnings, WarningCode::UnevenSlices));
  CHECK(findWarning(stack.warnings, WarningCode::UnevenSlices)->arguments ==
        std::vector<std::string>{"2", "4"});
  const VolumePtr read = mild.load();
  CHECK(read->grid().sameAs(
      Grid::create({40, 36, 8}, coarse.origin(), coarse.stepI(), coarse.stepJ(), {0, 0, 3}).value(), 0.01));
  for (const int k : {0, 1, 2, 4, 5, 6, 7}) // where a slice was cut
    CHECK(read->value({21, 19, k}) == truth->value({21, 19, 3 * k}));
  const double between = (truth->value({21, 19, 6}) + 3 * truth->value({21, 19, 10})) / 4; // 9 of 6 to 10
  CHECK(read->value({21, 19, 3}) == Approx(between).margin(1));
  Slices wild;
  for (const int k : {0, 3, 6, 9, 20, 24, 26})
    wild.add(*truth, k);
  CHECK(wild.open().stacks.at(0).refusal->code == ErrorCode::UnevenSlices);
}

TEST_CASE("sagittal, coronal and axial phantom slices of one series are three volumes in place") {
  const Grid grids[] = {straight(), phantomGrid({36, 40, 7}, {0, 2.5, 0}, {0, 0, -2.5}, {4, 0, 0}),
                        phantomGrid({36, 40, 5}, {2.5, 0, 0}, {0, 0, -2.5}, {0, 4, 0})};
  Slices slices;
  for (const Grid& grid : grids)
    slices.addAll(*phantomVolume(grid));
  const Series& series = slices.open();
  REQUIRE(series.stacks.size() == 3);
  CHECK(series.stacks[0].tellsApart == "axial");
  CHECK(series.stacks[1].tellsApart == "sagittal");
  CHECK(series.stacks[2].tellsApart == "coronal");
  for (std::size_t s = 0; s < 3; ++s)
    requireSamePlaces(*phantomVolume(grids[s]), *slices.load(s));
}

TEST_CASE("times of one series are kept apart by what the files state, else by the order of their numbers") {
  const VolumePtr truth = phantomVolume(straight(), true);
  Slices stated(true);
  for (const char* time : {"1", "2", "3"})
    stated.addAll(*truth, {{0x00200100, "IS", time}});
  REQUIRE(stated.open().stacks.size() == 3);
  CHECK(stated.open().stacks[1].tellsApart == "temporal position 2");
  requireSamePlaces(*truth, *stated.load(1));
  Slices unstated(true);
  unstated.addAll(*truth);
  unstated.addAll(*truth);
  REQUIRE(unstated.open().stacks.size() == 2);
  CHECK(unstated.open().stacks[0].tellsApart == "repetition 1");
  CHECK(unstated.open().stacks[1].tellsApart == "repetition 2");
  requireSamePlaces(*truth, *unstated.load(1));
}

TEST_CASE("parallel blocks that lie beside each other are volumes of their own, a tilted gantry with a gap "
          "is one") {
  const auto blockAt = [](VectorLps shift) {
    const Grid g = straight();
    return Grid::create({40, 36, 5}, g.origin() + shift, g.stepI(), g.stepJ(), g.stepK()).value();
  };
  const Grid blocks[] = {blockAt({0, 0, 0}), blockAt({0, 9, 24}), blockAt({0, 21, 50})};
  Slices slices(true);
  for (const Grid& grid : blocks)
    slices.addAll(*phantomVolume(grid, true));
  const Series& series = slices.open();
  REQUIRE(series.stacks.size() == 3);
  for (std::size_t b = 0; b < 3; ++b) {
    CHECK(series.stacks[b].tellsApart == "block " + std::to_string(b + 1));
    requireSamePlaces(*phantomVolume(blocks[b], true), *slices.load(b));
  }
  const Grid tilted = phantomGrid({40, 36, 14}, {2.5, 0, 0}, {0, 2.5, 0}, {0, 3, 6});
  Slices gap;
  const VolumePtr truth = phantomVolume(tilted);
  for (int k = 0; k < 14; ++k)
    if (k != 7)
      gap.add(*truth, k);
  REQUIRE(gap.open().stacks.size() == 1);
  CHECK(gap.load()->grid().sameAs(tilted, 0.01));
}
