// Enhanced CT and MR: frames in any order, stacks, echoes and times told apart, compressed frames.
#include "core/dicom/seg.h"
#include "tests/core/dicom/multiframe_builder.h"

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace spondyl;
using namespace spondyl::test;

namespace {

StudyListing listingOf(const std::vector<std::string>& files) {
  TemporaryFolder folder;
  for (std::size_t k = 0; k < files.size(); ++k)
    writeBytes(folder / ("object" + std::to_string(k) + ".dcm"), files[k]);
  auto listing = openStudies(folder.path(), {});
  REQUIRE(listing);
  return std::move(listing).value();
}

Error refusalOf(const std::string& file) {
  TemporaryFolder folder;
  const auto listing = openStudies(writeBytes(folder / "object.dcm", file), {});
  REQUIRE_FALSE(listing);
  return listing.error();
}

// Opens one file and loads its only stack while the file is there.
VolumePtr volumeOf(const std::string& file) {
  TemporaryFolder folder;
  const auto listing = openStudies(writeBytes(folder / "object.dcm", file), {});
  REQUIRE(listing);
  REQUIRE(listing->studies[0].series[0].stacks.size() == 1);
  auto loaded = loadVolume(listing->studies[0].series[0], 0, {});
  if (!loaded)
    FAIL(errorCodeName(loaded.error().code));
  return loaded->volume;
}

MadeObject shuffled(MadeObject o) {
  std::mt19937 random(3);
  std::shuffle(o.frames.begin(), o.frames.end(), random);
  return o;
}

const VolumePtr& truth() {
  static const VolumePtr volume = phantomVolume(obliquePhantomGrid());
  return volume;
}

} // namespace

TEST_CASE("an enhanced CT is the volume of its frames, whatever their order, encoding and the way lengths "
          "are written") {
  const MadeObject object = shuffled(objectOf(*truth()));
  for (const bool implicit : {false, true})
    for (const bool undefinedLengths : {false, true}) {
      INFO("implicit " << implicit << ", undefined lengths " << undefinedLengths);
      const VolumePtr volume = volumeOf(fileOf(object, {implicit, undefinedLengths}));
      requireSamePlaces(*truth(), *volume);
      CHECK(volume->meaning() == VolumeMeaning::CtHounsfield);
    }
}

TEST_CASE("compressed frames are told apart by number, by the offset table, or not at all and then refused") {
  const MadeObject object = shuffled(objectOf(*truth()));
  requireSamePlaces(*truth(), *volumeOf(rleFileOf(object, 1, false)));
  requireSamePlaces(*truth(), *volumeOf(rleFileOf(object, 1, true)));
  requireSamePlaces(*truth(), *volumeOf(rleFileOf(object, 3, true)));
  CHECK(refusalOf(rleFileOf(object, 3, false)).code == ErrorCode::Malformed);
}

TEST_CASE("frames with rescales of their own become one scale") {
  MadeObject object = objectOf(*truth());
  for (std::size_t f = 0; f < object.frames.size(); ++f)
    object.frames[f].rescale = {1.0 + static_cast<double>(f), 10.0 * static_cast<double>(f)};
  const VolumePtr volume = volumeOf(fileOf(shuffled(object)));
  for (int k = 0; k < truth()->size().k; ++k) {
    const IndexIjk at{20, 18, k};
    CHECK(volume->value(nearestIndex(volume->grid().toIjk(truth()->grid().toLps(at)))) ==
          Approx(truth()->stored(at) * (1 + k) + 10 * k));
  }
}

TEST_CASE("an enhanced CT map in another unit is refused by its unit") {
  MadeObject object = objectOf(*truth());
  for (MadeFrame& f : object.frames)
    f.unit = "Z_EFF";
  TemporaryFolder folder;
  const auto listing = openStudies(writeBytes(folder / "map.dcm", fileOf(object)), {});
  const Error error = listing ? listing->refused.at(0).error : listing.error();
  CHECK(error.code == ErrorCode::UnsupportedPixels);
}

TEST_CASE("a private group that repeats a single image's values does not change the frame's") {
  MadeObject object = objectOf(*truth(), true);
  for (MadeFrame& f : object.frames)
    f.more = {{0x2005140F, "SQ", "", {{{0x00281052, "DS", "77"}, {0x00281053, "DS", "9"}}}}};
  const VolumePtr volume = volumeOf(fileOf(object));
  CHECK(volume->rescale() == Rescale{});
}

TEST_CASE("echoes, times and b-values of one object are stacks of their own, each with its frames") {
  const auto two = [](const std::function<void(MadeFrame&)>& change) {
    MadeObject object = objectOf(*truth(), true);
    for (MadeFrame f : framesOf(*truth())) {
      change(f);
      for (auto& v : f.pixels)
        v = static_cast<std::int16_t>(v + 1);
      object.frames.push_back(f);
    }
    return shuffled(object);
  };
  const auto labelsOf = [](const MadeObject& object) {
    TemporaryFolder folder;
    const auto listing = openStudies(writeBytes(folder / "object.dcm", fileOf(object)), {});
    REQUIRE(listing);
    const Series& series = listing->studies[0].series[0];
    REQUIRE(series.stacks.size() == 2);
    CHECK(series.sliceCount == 28);
    const auto loaded = loadVolume(series, 1, {});
    REQUIRE(loaded);
    CHECK(loaded->volume->stored({0, 0, 0}) == truth()->stored({0, 0, 0}) + 1);
    for (const Stack& stack : series.stacks) {
      REQUIRE(stack.grid);
      CHECK(stack.grid->sameAs(truth()->grid(), 0.01));
    }
    return std::vector{series.stacks[0].tellsApart, series.stacks[1].tellsApart};
  };
  MadeObject echoes = two([](MadeFrame& f) { f.echoMs = 80; });
  for (MadeFrame& f : echoes.frames)
    f.echoMs = std::max(f.echoMs, 12.5);
  CHECK(labelsOf(echoes) == std::vector<std::string>{"echo time 12.5", "echo time 80"});
  CHECK(labelsOf(two([](MadeFrame& f) { f.temporal = 2; })) ==
        std::vector<std::string>{"temporal position 1", "temporal position 2"});
  MadeObject diffusion = two([](MadeFrame& f) { f.bValue = 800; });
  for (MadeFrame& f : diffusion.frames)
    f.bValue = std::max(f.bValue, 0.0);
  CHECK(labelsOf(diffusion) == std::vector<std::string>{"diffusion b-value 0", "diffusion b-value 800"});
}

TEST_CASE(
    "blocks of several angles and named stacks one above the other in one object are stacks of their own") {
  const auto block = [](double turn, double shift, const std::string& id) {
    const VectorLps row{0, std::cos(turn), std::sin(turn)}, normal{0, -std::sin(turn), std::cos(turn)};
    Grid grid = phantomGrid({30, 24, 5}, {2.5, 0, 0}, row * 2.5, normal * 4);
    grid = Grid::create(grid.size(), grid.origin() + normal * shift, grid.stepI(), grid.stepJ(), grid.stepK())
               .value();
    auto frames = framesOf(*phantomVolume(grid, true));
    for (MadeFrame& f : frames)
      f.stackId = id;
    return std::pair{grid, frames};
  };
  MadeObject object{true, 24, 30, {}};
  std::vector<Grid> grids;
  for (const auto& [grid, frames] : {block(0.1, 30, "A"), block(-0.2, 0, "B"), block(-0.2, -36, "C")}) {
    grids.push_back(grid);
    object.frames.insert(object.frames.end(), frames.begin(), frames.end());
  }
  const StudyListing listing = listingOf({fileOf(shuffled(object))});
  const auto& stacks = listing.studies[0].series[0].stacks;
  REQUIRE(stacks.size() == 3);
  for (const Grid& grid : grids)
    CHECK(std::any_of(stacks.begin(), stacks.end(),
                      [&](const Stack& s) { return s.grid && s.grid->sameAs(grid, 0.01); }));
}

TEST_CASE("frames that are missing are found as missing slices are") {
  MadeObject object = objectOf(*truth());
  object.frames.erase(object.frames.begin() + 6);
  const Stack stack = listingOf({fileOf(shuffled(object))}).studies[0].series[0].stacks[0];
  REQUIRE(findWarning(stack.warnings, WarningCode::MissingSlices));
  CHECK(findWarning(stack.warnings, WarningCode::MissingSlices)->arguments[2] == "5-7");
  CHECK(stack.grid->sameAs(truth()->grid(), 0.01));
}

TEST_CASE("time points in objects of their own under one series are told apart") {
  MadeObject first = objectOf(*truth(), true), second = first;
  second.uid = "1.2.3.78";
  for (MadeFrame& f : second.frames)
    f.temporal = 2;
  const StudyListing listing = listingOf({fileOf(first), fileOf(second)});
  const auto& stacks = listing.studies[0].series[0].stacks;
  REQUIRE(stacks.size() == 2);
  CHECK(stacks[0].slices.size() == 14);
}

TEST_CASE("multi-frame objects that cannot be placed or read are refused with the reason") {
  const MadeObject object = objectOf(*truth());
  CHECK(refusalOf(metaOf(object) + headOf(object, {}, 9) + nativePixels(object)).code ==
        ErrorCode::Malformed);
  const std::string pixels = nativePixels(object);
  CHECK(refusalOf(metaOf(object) + headOf(object) + pixelData(pixels.substr(0, pixels.size() / 2))).code ==
        ErrorCode::Truncated);
  const StudyListing bare = listingOf({metaOf(object) + headOf(object, {}, 0) + nativePixels(object)});
  CHECK(bare.studies[0].series[0].stacks[0].refusal->code == ErrorCode::NoGeometry);
  for (const char* sopClass :
       {"1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.7.2", "1.2.840.10008.5.1.4.1.1.12.1.1"}) {
    const Error error =
        refusalOf(fileMeta("1.2.840.10008.1.2.1", sopClass) + element(0x00080016, "UI", sopClass) +
                  element(0x00080060, "CS", "XA") + element(0x00280008, "IS", "4"));
    CHECK(error.code == ErrorCode::UnsupportedObject);
  }
}

TEST_CASE("a segmentation of a multi-frame image refers to the object once and to each frame by number") {
  TemporaryFolder folder;
  const MadeObject object = objectOf(*truth());
  const auto listing = openStudies(writeBytes(folder / "object.dcm", fileOf(object)), {});
  REQUIRE(listing);
  const Series& series = listing->studies[0].series[0];
  LabelArray labels{*series.stacks[0].grid, {}};
  labels.numbers.assign(labels.grid.size().count(), 22);
  const dicom::SegSegment segment = dicom::segmentForLabel(22);
  REQUIRE(dicom::writeSeg(labels, std::span(&segment, 1), listing->studies[0], series, 0, {},
                          folder / "seg.dcm"));
  std::ifstream file(folder / "seg.dcm", std::ios::binary);
  std::stringstream all;
  all << file.rdbuf();
  const std::string bytes = all.str(), frameNumber = tagBytes(0x00081160) + "IS";
  const auto count = [&](const std::string& what) {
    std::size_t n = 0;
    for (auto at = bytes.find(what); at != std::string::npos; at = bytes.find(what, at + 1))
      ++n;
    return n;
  };
  CHECK(count(frameNumber) == 14);
  CHECK(count(frameNumber + le16(2) + "14") == 1);
  CHECK(count(element(0x00081155, "UI", object.uid)) == 15); // one reference, and one in each frame
}
