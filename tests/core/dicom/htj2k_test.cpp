// High-Throughput JPEG 2000: two codestreams of 24 x 32 values that a formula gives, encoded without loss by
// OpenJPH 0.26.3.
#include "core/formats/open.h"
#include "tests/core/dicom/dicom_bytes.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>
#include <sstream>

using namespace spondyl;
using namespace spondyl::test;

namespace {

std::string streamOf(const std::string& name) {
  std::ifstream file(std::filesystem::path(SPONDYL_REFERENCE_FOLDER) / name, std::ios::binary);
  REQUIRE(file);
  std::stringstream all;
  all << file.rdbuf();
  return all.str();
}

VolumePtr volumeOf(const std::string& syntax, const std::string& stream, unsigned isSigned) {
  TemporaryFolder folder;
  const std::string even = stream.size() % 2 ? stream + '\0' : stream;
  const auto listing =
      openStudies(writeBytes(folder / "image.dcm",
                             fileMeta(syntax) + ctAttributes(24, 32, {}, 16, isSigned) +
                                 longElement(0x7FE00010, "OB", 0xFFFFFFFF,
                                             item(0) + item(static_cast<std::uint32_t>(even.size()), even) +
                                                 tagBytes(0xFFFEE0DD) + le32(0))),
                  {});
  REQUIRE(listing);
  auto loaded = loadVolume(listing->studies[0].series[0], 0, {}, {true, {}});
  if (!loaded)
    FAIL(errorCodeName(loaded.error().code));
  return loaded->volume;
}

} // namespace

TEST_CASE("High-Throughput JPEG 2000 gives back every value, signed and unsigned, in each of its syntaxes") {
  const std::string plain = streamOf("htj2k_unsigned.j2c"), withSign = streamOf("htj2k_signed.j2c");
  for (const char* syntax :
       {"1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203"}) {
    INFO(syntax);
    const VolumePtr a = volumeOf(syntax, plain, 0), b = volumeOf(syntax, withSign, 1);
    int wrong = 0;
    for (int y = 0; y < 24; ++y)
      for (int x = 0; x < 32; ++x) {
        const int f = (x * 37 + y * 91) ^ (x * y);
        wrong += a->stored({x, y, 0}) != f % 4096;
        wrong += b->stored({x, y, 0}) != f * 13 % 65536 - 32768;
      }
    CHECK(wrong == 0);
  }
}
