// Siemens mosaics made from the phantom.
#include "tests/core/dicom/dicom_tree.h"
#include "tests/core/dicom/phantom_volume.h"

using namespace spondyl;
using namespace spondyl::test;

namespace {

struct CsaElement {
  std::string name;
  std::vector<std::string> values;
};

// Siemens' "SV10" header.
std::string csaHeader(const std::vector<CsaElement>& elements) {
  std::string out =
      std::string("SV10\4\3\2\1", 8) + le32(static_cast<std::uint32_t>(elements.size())) + le32(77);
  for (const CsaElement& e : elements) {
    std::string name = e.name;
    name.resize(64, '\0');
    out += name + le32(1) + std::string("FD\0\0", 4) + le32(3) +
           le32(static_cast<std::uint32_t>(e.values.size())) + le32(77);
    for (const std::string& v : e.values) {
      const auto length = static_cast<std::uint32_t>(v.size() + 1);
      std::string padded = v;
      padded.resize((length + 3) / 4 * 4, '\0');
      out += le32(length) + le32(length) + le32(77) + le32(length) + padded;
    }
  }
  return out;
}

std::string text(double v) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.8f", v);
  return buffer;
}

std::string csaOf(const Grid& grid) {
  const VectorLps n = normalized(grid.stepK());
  return csaHeader({{"EchoLinePosition", {"36"}},
                    {"NumberOfImagesInMosaic", {std::to_string(grid.size().k)}},
                    {"SliceNormalVector", {text(n.x), text(n.y), text(n.z)}},
                    {"ProtocolSliceNumber", {"0"}}});
}

std::string mosaicOf(const Volume& volume, const std::string& csa, int instance = 1,
                     const std::string& creator = "SIEMENS CSA HEADER", bool withStep = true) {
  const Grid& g = volume.grid();
  const int side = static_cast<int>(std::ceil(std::sqrt(g.size().k)));
  const int rows = side * g.size().j, columns = side * g.size().i;
  std::vector<std::int16_t> cells(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (int k = 0; k < g.size().k; ++k)
    for (int j = 0; j < g.size().j; ++j)
      for (int i = 0; i < g.size().i; ++i)
        cells[static_cast<std::size_t>((k / side * g.size().j + j) * columns + k % side * g.size().i + i)] =
            static_cast<std::int16_t>(volume.stored({i, j, k}));
  std::string bytes;
  for (const std::int16_t v : cells)
    bytes += le16(static_cast<std::uint16_t>(v));
  const PointLps corner =
      g.origin() - g.stepI() * ((columns - g.size().i) / 2.0) - g.stepJ() * ((rows - g.size().j) / 2.0);
  const VectorLps c = normalized(g.stepI()), r = normalized(g.stepJ());
  const auto spacing = g.spacing();
  Nodes nodes{{0x00080008, "CS", "ORIGINAL\\PRIMARY\\M\\ND\\MOSAIC"},
              {0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4"},
              {0x00080018, "UI", "1.2.3.9." + std::to_string(instance)},
              {0x00080060, "CS", "MR"}};
  if (withStep)
    nodes.push_back({0x00180088, "DS", ds({spacing[2]})});
  const Nodes rest{{0x0020000D, "UI", "1.2.3"},
                   {0x0020000E, "UI", "1.2.3.4"},
                   {0x00200013, "IS", std::to_string(instance)},
                   {0x00200032, "DS", ds({corner.x, corner.y, corner.z})},
                   {0x00200037, "DS", ds({c.x, c.y, c.z, r.x, r.y, r.z})},
                   {0x00280002, "US", le16(1)},
                   {0x00280004, "CS", "MONOCHROME2"},
                   {0x00280010, "US", le16(static_cast<unsigned>(rows))},
                   {0x00280011, "US", le16(static_cast<unsigned>(columns))},
                   {0x00280030, "DS", ds({spacing[1], spacing[0]})},
                   {0x00280100, "US", le16(16)},
                   {0x00280101, "US", le16(16)},
                   {0x00280102, "US", le16(15)},
                   {0x00280103, "US", le16(1)},
                   {0x00290010, "LO", creator},
                   {0x00291010, "OB", csa},
                   {0x7FE00010, "OW", bytes}};
  nodes.insert(nodes.end(), rest.begin(), rest.end());
  return fileMeta("1.2.840.10008.1.2.1", "1.2.840.10008.5.1.4.1.1.4") + encode(nodes, {});
}

Error refusalOf(const std::string& file) {
  TemporaryFolder folder;
  const auto listing = openStudies(writeBytes(folder / "mosaic.dcm", file), {});
  REQUIRE_FALSE(listing);
  return listing.error();
}

void requireRead(const Volume& truth, const std::string& file) {
  TemporaryFolder folder;
  const auto listing = openStudies(writeBytes(folder / "mosaic.dcm", file), {});
  REQUIRE(listing);
  const auto loaded = loadVolume(listing->studies[0].series[0], 0, {});
  REQUIRE(loaded);
  requireSamePlaces(truth, *loaded->volume);
}

} // namespace

TEST_CASE("a mosaic is the volume of its tiles, whichever way its slices grow") {
  const Grid grid = obliquePhantomGrid({32, 28, 11});
  const VolumePtr volume = phantomVolume(grid, true);
  requireRead(*volume, mosaicOf(*volume, csaOf(grid)));
  const Grid back =
      Grid::create(grid.size(), grid.origin(), grid.stepI(), grid.stepJ(), -grid.stepK()).value();
  const VolumePtr other = phantomVolume(back, true);
  requireRead(*other, mosaicOf(*other, csaOf(back)));
}

TEST_CASE("mosaics of several times are stacks of their own") {
  const Grid grid = obliquePhantomGrid({32, 28, 9});
  const VolumePtr volume = phantomVolume(grid, true);
  TemporaryFolder folder;
  for (int n = 1; n <= 3; ++n)
    writeBytes(folder / (std::to_string(n) + ".dcm"), mosaicOf(*volume, csaOf(grid), n));
  const auto listing = openStudies(folder.path(), {});
  REQUIRE(listing);
  const auto& stacks = listing->studies[0].series[0].stacks;
  REQUIRE(stacks.size() == 3);
  CHECK(stacks[2].tellsApart == "instance number 3");
  for (const Stack& stack : stacks)
    CHECK(stack.grid->sameAs(grid, 0.01));
}

TEST_CASE("a mosaic that cannot be placed is refused and says what is missing") {
  const Grid grid = obliquePhantomGrid({16, 14, 9});
  const VolumePtr volume = phantomVolume(grid, true);
  const auto reason = [&](const std::string& file) {
    const Error error = refusalOf(file);
    CHECK(error.code == ErrorCode::UnsupportedObject);
    return error.arguments.at(1).substr(error.arguments.at(1).find("want of ") + 8);
  };
  CHECK(reason(mosaicOf(*volume, "no header at all")) == "their number");
  CHECK(reason(mosaicOf(*volume, csaOf(grid), 1, "SOMEBODY ELSE")) == "their number");
  CHECK(reason(mosaicOf(*volume, csaHeader({{"NumberOfImagesInMosaic", {"9"}}}))) == "the slice normal");
  CHECK(reason(mosaicOf(*volume, csaOf(grid), 1, "SIEMENS CSA HEADER", false)) ==
        "the distance between slices");
  CHECK(reason(mosaicOf(*volume, csaHeader({{"NumberOfImagesInMosaic", {"9"}},
                                            {"SliceNormalVector", {"0", "0", "1"}}}))) ==
        "a slice normal that fits the orientation");
  const VectorLps n = normalized(grid.stepK());
  const std::vector<std::string> normal{text(n.x), text(n.y), text(n.z)};
  CHECK(reason(mosaicOf(*volume,
                        csaHeader({{"NumberOfImagesInMosaic", {"17"}}, {"SliceNormalVector", normal}}))) ==
        "a matrix that holds 17 tiles");
  CHECK(reason(mosaicOf(*volume, csaHeader({{"NumberOfImagesInMosaic", {"9"}},
                                            {"SliceNormalVector", normal},
                                            {"ProtocolSliceNumber", {"9"}}}))) ==
        "a certain order of slices");
}

TEST_CASE("a CSA header that ends anywhere or lies about its counts is refused, never followed") {
  const Grid grid = obliquePhantomGrid({4, 4, 4});
  const VolumePtr volume = rampVolume(grid);
  const std::string whole = csaOf(grid);
  const std::size_t needed = whole.find("ProtocolSliceNumber");
  for (std::size_t size = 0; size + 1 < needed; ++size) // the last byte is padding
    CHECK(refusalOf(mosaicOf(*volume, whole.substr(0, size))).code == ErrorCode::UnsupportedObject);
  for (std::size_t at = 8; at + 4 <= whole.size(); at += 4) {
    std::string bad = whole;
    bad.replace(at, 4, "\xFF\xFF\xFF\x7F");
    TemporaryFolder folder;
    CHECK((openStudies(writeBytes(folder / "mosaic.dcm", mosaicOf(*volume, bad)), {}) || true));
  }
}
