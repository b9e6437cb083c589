// Hidden: small files of every kind that the fuzzer begins with.
#include "tests/core/dicom/multiframe_builder.h"

#include <cstdlib>

using namespace spondyl;
using namespace spondyl::test;

TEST_CASE("fuzz seeds", "[.seeds]") {
  const char* target = std::getenv("SPONDYL_FUZZ_SEEDS");
  if (!target)
    return; // run by name: nothing to write to
  const std::filesystem::path folder = target;
  std::filesystem::create_directories(folder);
  const MadeObject object = objectOf(*rampVolume(axialGrid({6, 5, 4})));
  writeBytes(folder / "single", fileMeta() + ctAttributes(4, 4) + pixelData(std::string(32, '\2')));
  writeBytes(folder / "enhanced", fileOf(object));
  writeBytes(folder / "enhanced_implicit", fileOf(object, {true, true}));
  writeBytes(folder / "enhanced_rle", rleFileOf(object, 2, true));
  MadeObject mr = objectOf(*rampVolume(axialGrid({6, 5, 4})), true);
  mr.frames[1].echoMs = 12;
  writeBytes(folder / "enhanced_mr", fileOf(mr, {false, true}));
  const std::string lut = item(0xFFFFFFFF) + element(0x00283002, "US", le16(3) + le16(10) + le16(16)) +
                          element(0x00283006, "US", le16(100) + le16(200) + le16(500)) +
                          tagBytes(0xFFFEE00D) + le32(0);
  writeBytes(folder / "lut", fileMeta() + ctAttributes(1, 4, {}, 12, 0) +
                                 longElement(0x00283000, "SQ", 0xFFFFFFFF, lut) + tagBytes(0xFFFEE0DD) +
                                 le32(0) + pixelData(std::string(8, '\1')));
  CHECK(std::filesystem::exists(folder / "lut"));
}
