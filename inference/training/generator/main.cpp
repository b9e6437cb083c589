// spondyl-phantom-pool: draws synthetic spines for training. One file per volume (pool_file.h), named by its
// seed.

#include "core/base/parallel.h"
#include "core/phantom/draw.h"
#include "core/phantom/random.h"
#include "inference/training/generator/pool_file.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace spondyl {
namespace {

/// A field of view as scanners and crops make them: mostly the spine, at times the whole trunk, always cut
/// somewhere.
Result<Grid> drawField(const SpineDescription& d, double spacing, Random& random) {
  const bool trunk = random.chance(.3);
  const double z = 2.0 * 112, y = 2.0 * (trunk ? 120 : 104), x = 2.0 * (trunk ? 176 : 104);
  // Along the chain, and a third of the time down to the pelvis.
  const double u = random.uniform();
  PointLps centre =
      u < .22
          ? drawnAt(d, d.sacrum.toOuter({0, 10, random.uniform(-60, 60)}))
          : drawnAt(d, d.vertebrae[std::size_t(u < .4    ? random.below(8)
                                               : u < .65 ? 7 + random.below(9)
                                                         : 15 + random.below(int(d.vertebrae.size()) - 15))]
                           .frame.origin);
  const double loose = random.chance(.15) ? 70 : 22;
  centre = centre + VectorLps{random.normal(0, loose), random.normal(trunk ? -25 : 10, trunk ? 20 : loose),
                              random.normal(0, 25)};
  const GridSize size{int(x / spacing), int(y / spacing), int(z / spacing)};
  return Grid::create(size, centre - VectorLps{x / 2, y / 2, z / 2}, {spacing, 0, 0}, {0, spacing, 0},
                      {0, 0, spacing});
}

Result<PhantomVolumes> drawOne(std::uint64_t seed, double spacing) {
  PhantomOptions options;
  options.seed = seed;
  options.pathology = true;
  options.warp = true;
  Random random(seed, 900);
  options.poseRotationDeg = {random.normal(0, 5), random.normal(0, 4), random.normal(0, 4)};
  SPONDYL_TRY(const SpineDescription description, describeSpine(options));
  SPONDYL_TRY(const Grid grid, drawField(description, spacing, random));
  return drawPhantom(description, grid, {true, false});
}

int run(int argc, char** argv) {
  std::map<std::string, std::string> words{
      {"--out", ""}, {"--count", "1"}, {"--seed", "1"}, {"--spacing", "2"}};
  for (int n = 1; n < argc; n += 2) {
    if (!words.contains(argv[n]) || n + 1 >= argc) {
      std::fprintf(stderr,
                   "usage: spondyl-phantom-pool --out DIR [--count N] [--seed FIRST] [--spacing MM]\n");
      return 2;
    }
    words[argv[n]] = argv[n + 1];
  }
  if (words["--out"].empty())
    return 2;
  const Path out = words["--out"];
  std::error_code made;
  std::filesystem::create_directories(out, made);
  setThreadCount(1);
  const long count = std::strtol(words["--count"].c_str(), nullptr, 10);
  const std::uint64_t first = std::strtoull(words["--seed"].c_str(), nullptr, 10);
  const double spacing = std::strtod(words["--spacing"].c_str(), nullptr);
  const auto start = std::chrono::steady_clock::now();
  for (long n = 0; n < count; ++n) {
    const std::uint64_t seed = first + std::uint64_t(n);
    char name[40];
    std::snprintf(name, sizeof name, "phantom-%08llu.spp", static_cast<unsigned long long>(seed));
    if (std::filesystem::exists(out / name))
      continue;
    const auto volumes = drawOne(seed, spacing);
    if (!volumes) {
      std::fprintf(stderr, "seed %llu: %s\n", static_cast<unsigned long long>(seed),
                   errorCodeName(volumes.error().code));
      return 1;
    }
    if (const Status written = writePoolFile(out / name, *volumes, seed); !written) {
      std::fprintf(stderr, "%s: %s\n", name, errorCodeName(written.error().code));
      return 5;
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::fprintf(stderr, "%ld volumes in %.1f s\n", count, seconds);
  return 0;
}

} // namespace
} // namespace spondyl

int main(int argc, char** argv) {
  return spondyl::run(argc, argv);
}
