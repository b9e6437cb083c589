#include "core/formats/nrrd.h"
#include "core/formats/open.h"
#include "tests/core/formats/volume_maker.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_data.h"

#include <cstring>
#include <random>
#include <zlib.h>

using namespace spondyl;
using namespace spondyl::test;

namespace {

Path write(const Path& path, const std::string& bytes) {
  REQUIRE(writeFileWhole(path, bytes));
  return path;
}

std::string gzipped(const std::string& bytes) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, 6, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(bytes.size() + 200, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = uInt(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = uInt(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

// A header of 2 x 3 x 2 shorts; `more` replaces or adds fields.
std::string header(const std::string& more = "encoding: raw\nendian: little\n",
                   const std::string& space = "space: left-posterior-superior\n",
                   const std::string& type = "type: short\n") {
  return "NRRD0005\n# a remark\n" + type + "dimension: 3\n" + space +
         "sizes: 2 3 2\nspace directions: (2,0,0) (0,3,0) (0,0,4)\nspace origin: (10,20,30)\nkey:=value\n" +
         more;
}

template <class T = std::int16_t>
std::string counted(bool big = false) {
  std::string bytes;
  for (int v = 0; v < 12; ++v) {
    const T value = T(v * 3 - (std::is_signed_v<T> ? 5 : 0));
    std::string one(sizeof value, '\0');
    std::memcpy(one.data(), &value, sizeof value);
    if (big)
      std::reverse(one.begin(), one.end());
    bytes += one;
  }
  return bytes;
}

void checkCounted(const Path& path, double first = -5) {
  const auto read = readNrrd(path, {});
  INFO(path << (read ? "" : errorCodeName(read.error().code)));
  REQUIRE(read);
  for (int v = 0; v < 12; ++v)
    CHECK(read->volume->value({v % 2, v / 2 % 3, v / 6}) == first + 3 * v);
}

} // namespace

TEST_CASE("NRRD data are read raw, gzipped and as text, in either byte order, attached or beside") {
  TemporaryFolder folder;
  const std::string data = counted();
  checkCounted(write(folder / "raw.nrrd", header() + "\n" + data));
  checkCounted(write(folder / "crlf.nrrd", header("encoding: raw\r\nendian: little\r\n") + "\r\n" + data));
  checkCounted(write(folder / "big.nrrd", header("encoding: raw\nendian: big\n") + "\n" + counted(true)));
  checkCounted(write(folder / "gz.nrrd", header("encoding: gzip\nendian: little\n") + "\n" + gzipped(data)));
  checkCounted(write(folder / "joined.nrrd", header("encoding: gz\nendian: little\n") + "\n" +
                                                 gzipped(data.substr(0, 7)) + gzipped(data.substr(7))));
  const std::string text = "-5 -2 1,4\n7 10 13 16 19 22 25 28";
  checkCounted(write(folder / "text.nrrd", header("encoding: ascii\n") + "\n" + text));
  checkCounted(write(folder / "text2.nrrd", header("encoding: txt\n") + "\n" + text + "\n"));

  write(folder / "data.raw", data);
  checkCounted(write(folder / "beside.nhdr", header("encoding: raw\nendian: little\ndata file: data.raw\n")));
  write(folder / "skip.raw", "line one\nline two\nabcd" + data);
  checkCounted(
      write(folder / "skip.nhdr", header("encoding: raw\nendian: little\nline skip: 2\nbyte skip: 4\n"
                                         "datafile: ./skip.raw\n")));
  checkCounted(write(folder / "end.nhdr",
                     header("encoding: raw\nendian: little\nbyteskip: -1\ndata file: skip.raw\n")));
  write(folder / "skip.gz", "line one\n" + gzipped("abcd" + data));
  checkCounted(
      write(folder / "skipgz.nhdr", header("encoding: gzip\nendian: little\nlineskip: 1\nbyteskip: 4\n"
                                           "datafile: skip.gz\n")));
  write(folder / "s1.raw", data.substr(0, 12));
  write(folder / "s2.raw", data.substr(12));
  checkCounted(write(folder / "list.nhdr",
                     header("encoding: raw\nendian: little\ndata file: LIST\ns1.raw\ns2.raw\n")));
  checkCounted(
      write(folder / "pattern.nhdr", header("encoding: raw\nendian: little\ndata file: s%d.raw 1 2 1\n")));
}

TEST_CASE("every NRRD number type keeps its values") {
  TemporaryFolder folder;
  const auto check = [&]<class T>(T, std::initializer_list<const char*> names, double first) {
    for (const std::string name : names)
      checkCounted(write(folder / "t.nrrd",
                         header("encoding: raw\nendian: little\n", "space: LPS\n", "type: " + name + "\n") +
                             "\n" + counted<T>()),
                   first);
  };
  check(std::int8_t{}, {"signed char", "int8", "int8_t"}, -5);
  check(std::uint8_t{}, {"uchar", "unsigned char", "uint8_t"}, 0);
  check(std::int16_t{}, {"short", "int16", "signed short int"}, -5);
  check(std::uint16_t{}, {"ushort", "uint16"}, 0);
  check(std::int32_t{}, {"int", "int32_t"}, -5);
  check(std::uint32_t{}, {"uint", "unsigned int"}, 0);
  check(std::int64_t{}, {"long long", "int64"}, -5);
  check(std::uint64_t{}, {"ulonglong", "uint64"}, 0);
  check(float{}, {"float"}, -5);
  check(double{}, {"double"}, -5);
}

TEST_CASE("NRRD spaces and units become LPS and mm, and a space without a patient is refused") {
  TemporaryFolder folder;
  const auto gridOf = [&](const std::string& space, const std::string& more = "") {
    return describeNrrd(
        write(folder / "g.nrrd", header("encoding: raw\nendian: little\n" + more, space) + "\n" + counted()));
  };
  const auto lps = gridOf("space: left-posterior-superior\n")->series[0].stacks[0].grid.value();
  CHECK(lps.origin() == PointLps{10, 20, 30});
  CHECK(lps.stepJ() == VectorLps{0, 3, 0});
  const auto ras = gridOf("space: right-anterior-superior\n")->series[0].stacks[0].grid.value();
  CHECK(ras.origin() == PointLps{-10, -20, 30});
  CHECK(ras.stepI() == VectorLps{-2, 0, 0});
  const auto las = gridOf("space: LAS\n")->series[0].stacks[0].grid.value();
  CHECK(las.origin() == PointLps{10, -20, 30});
  CHECK(las.isLeftHanded());
  const auto metres =
      gridOf("space: RAS\n", "space units: \"m\" \"cm\" \"um\"\n")->series[0].stacks[0].grid.value();
  CHECK(metres.stepI() == VectorLps{-2000, 0, 0});
  CHECK(metres.stepJ() == VectorLps{0, -30, 0});
  CHECK(metres.origin().z == Approx(0.03));
  for (const char* space : {"space: scanner-xyz\n", "space: 3D-right-handed\n", "space dimension: 3\n"})
    CHECK(gridOf(space).error().code == ErrorCode::NoGeometry);
  CHECK(gridOf("space: LPS\n", "space units: \"s\" \"s\" \"s\"\n").error().code == ErrorCode::Malformed);
}

TEST_CASE("a NRRD written and read again lies within a millionth of a mm, with the same values") {
  TemporaryFolder folder;
  std::mt19937 random(11);
  std::normal_distribution<double> normal;
  int leftHanded = 0, sheared = 0;
  for (int round = 0; round < 60; ++round) {
    const auto vector = [&](double scale) {
      return VectorLps{normal(random) * scale, normal(random) * scale, normal(random) * scale};
    };
    const auto grid = Grid::create({4, 3, 5}, PointLps{} + vector(300), vector(1), vector(1), vector(2));
    if (!grid)
      continue;
    leftHanded += grid->isLeftHanded();
    sheared += grid->isSheared();
    const VolumePtr volume = volumeOf<std::int16_t>(*grid, {-1000, 3, 70, 2500, -32768, 32767, 12});
    REQUIRE(writeNrrd(*volume, folder / "v.nrrd"));
    const auto read = readNrrd(folder / "v.nrrd", {});
    REQUIRE(read);
    CHECK(read->volume->grid().sameAs(*grid, 1e-6));
    CHECK(read->volume->grid() == *grid);
    for (int v = 0; v < 60; ++v)
      CHECK(read->volume->value({v % 4, v / 4 % 3, v / 12}) == volume->value({v % 4, v / 4 % 3, v / 12}));
  }
  CHECK(leftHanded > 10);
  CHECK(sheared > 10);
}

TEST_CASE("NRRD labels and the smallest type of values go round") {
  TemporaryFolder folder;
  const Grid grid = obliqueGrid();
  std::vector<std::uint16_t> numbers(grid.size().count());
  for (std::size_t v = 0; v < numbers.size(); ++v)
    numbers[v] = std::uint16_t(v % 3 == 0 ? 1001 : v % 29);
  REQUIRE(writeNrrdLabels(grid, numbers, folder / "l.nrrd"));
  const auto read = readLabelFile(folder / "l.nrrd", {});
  REQUIRE(read);
  CHECK(read->numbers == numbers);
  const auto typeOf = [&](const VolumePtr& volume) {
    REQUIRE(writeNrrd(*volume, folder / "t.nrrd"));
    const std::string text = readFile(folder / "t.nrrd").value();
    return text.substr(text.find("type: "), text.find('\n', text.find("type: ")) - text.find("type: "));
  };
  CHECK(typeOf(volumeOf<std::uint16_t>(grid, {1024, 1279}, {1, -1024})) == "type: uint8");
  CHECK(typeOf(volumeOf<std::int16_t>(grid, {-1, 7})) == "type: int16");
  CHECK(typeOf(volumeOf<std::int16_t>(grid, {1, 3}, {0.5, 0})) == "type: float");
  CHECK(typeOf(volumeOf<std::int16_t>(grid, {1, 3}, {0.1, 0})) == "type: double");
  REQUIRE(writeNrrd(*volumeOf<float>(grid, {0.5f}), folder / "f.nrrd"));
  CHECK(readNrrdLabels(folder / "f.nrrd", {}).error().code == ErrorCode::UnsupportedPixels);
}

TEST_CASE("a further axis of NRRD is time, a leading one must be single") {
  TemporaryFolder folder;
  const auto file = [&](const std::string& sizes, const std::string& directions) {
    return write(folder / "a.nrrd", "NRRD0004\ntype: short\ndimension: 4\nspace: LPS\nsizes: " + sizes +
                                        "\nspace directions: " + directions +
                                        "\nspace origin: (0,0,0)\nendian: little\nencoding: raw\n\n" +
                                        counted() + counted());
  };
  const Path time = file("2 3 2 2", "(1,0,0) (0,1,0) (0,0,1) none");
  checkCounted(time);
  CHECK(readNrrd(time, {})->warnings == std::vector<Warning>{{WarningCode::FirstVolumeOnly, {"2"}}});
  checkCounted(file("1 2 3 2", "none (1,0,0) (0,1,0) (0,0,1)"));
  CHECK(readNrrd(file("2 2 3 2", "none (1,0,0) (0,1,0) (0,0,1)"), {}).error().code ==
        ErrorCode::UnsupportedPixels);
}

TEST_CASE("a NRRD header reaches no file outside of its own folder") {
  TemporaryFolder folder;
  std::filesystem::create_directories(folder / "in");
  write(folder / "secret.raw", counted());
  write(folder / "in/data.raw", counted());
  std::filesystem::create_symlink(folder / "secret.raw", folder / "in/link.raw");
  const auto code = [&](const std::string& name) {
    const auto read = readNrrd(
        write(folder / "in/h.nhdr", header("encoding: raw\nendian: little\ndata file: " + name + "\n")), {});
    return read ? ErrorCode::Internal : read.error().code;
  };
  CHECK(code("data.raw") == ErrorCode::Internal); // it was read
  CHECK(code("../secret.raw") == ErrorCode::DataOutsideFolder);
  CHECK(code("x/../../secret.raw") == ErrorCode::DataOutsideFolder);
  CHECK(code((folder / "in/data.raw").string()) == ErrorCode::DataOutsideFolder);
  CHECK(code("link.raw") == ErrorCode::DataOutsideFolder);
  CHECK(code("absent.raw") == ErrorCode::FileNotFound);
  CHECK(code("%s%n 1 2 1") == ErrorCode::Malformed);
  CHECK(code("d%999d.raw 1 2 1") == ErrorCode::Malformed);
  CHECK(code("d%d.raw 1 99999999 1") == ErrorCode::Malformed);
}

TEST_CASE("a NRRD cut anywhere is refused in words, and so is one with any byte changed, or it is read") {
  TemporaryFolder folder;
  for (const std::string& whole :
       {header() + "\n" + counted(), header("encoding: gzip\nendian: little\n") + "\n" + gzipped(counted()),
        header("encoding: ascii\n") + "\n" + std::string("-5 -2 1 4 7 10 13 16 19 22 25 28")}) {
    // The last byte of text, or the check sum behind gzip data, is not missed.
    const std::size_t needed = whole.size() - (whole.find("gzip") != std::string::npos ? 9 : 2);
    for (std::size_t n = 0; n < needed; ++n) {
      const auto read = readNrrd(write(folder / "cut.nrrd", whole.substr(0, n)), {});
      INFO(n << " of " << whole.size());
      REQUIRE_FALSE(read);
      CHECK(read.error().code != ErrorCode::Internal);
    }
    std::mt19937 random(3);
    for (int round = 0; round < 1500; ++round) {
      std::string changed = whole;
      for (int times = 1 + int(random() % 3); times > 0; --times)
        changed[random() % changed.size()] = char(random());
      const auto read = readNrrd(write(folder / "changed.nrrd", changed), {});
      CHECK((read || read.error().code != ErrorCode::Internal));
    }
  }
  std::string huge = header("encoding: gzip\nendian: little\n") + "\n" + gzipped(counted());
  huge.replace(huge.find("2 3 2"), 5, "65535 65535 65535");
  CHECK(readNrrd(write(folder / "huge.nrrd", huge), {}).error().code == ErrorCode::DeclaredTooLarge);
  CHECK(readNrrd(write(folder / "long.nrrd", "NRRD0004\n" + std::string(2 << 20, '#')), {}).error().code ==
        ErrorCode::Malformed);
  CHECK(readNrrd(write(folder / "hex.nrrd", header("encoding: hex\n") + "\n00"), {}).error().code ==
        ErrorCode::UnsupportedTransferSyntax);
}

TEST_CASE("a folder of NRRD lists a study a header, and not the data beside it") {
  TemporaryFolder folder;
  write(folder / "data.raw", counted());
  write(folder / "one.nhdr", header("encoding: raw\nendian: little\ndata file: data.raw\n"));
  write(folder / "two.nrrd", header() + "\n" + counted());
  const auto listing = openStudies(folder.path(), {});
  REQUIRE(listing);
  REQUIRE(listing->studies.size() == 2);
  CHECK(listing->studies[0].name == "one");
  CHECK(listing->refused.empty());
  CHECK(loadVolume(listing->studies[1].series[0], 0, {}));
}

TEST_CASE("the segmentation NRRD of another program lies where its DICOM source does") {
  SPONDYL_NEED_DATA(data);
  const Path folder = data / "dicom_loader/seg_sr_rt/dcmqi_ct_3slice";
  const auto labels = readLabelFile(folder / "spine_seg.nrrd", {});
  REQUIRE(labels);
  const auto source = openStudies(folder, {});
  REQUIRE(source);
  const auto choice = chooseSeries(*source);
  REQUIRE(choice);
  const auto& stack = source->studies[choice->study].series[choice->series].stacks[choice->stack];
  REQUIRE(stack.grid);
  CHECK(labels->grid.sameAs(*stack.grid, 0.01));
  CHECK(std::count_if(labels->numbers.begin(), labels->numbers.end(), [](auto n) { return n > 0; }) > 100);
}
