// spondyl-phantom-pool: draws synthetic spines for training. One file per volume (pool_file.h), named by its
// seed.

#include "core/base/parallel.h"
#include "core/phantom/draw.h"
#include "core/phantom/random.h"
#include "inference/training/generator/pool_file.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
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

/// The patient of a seed; `random` goes on with the field of view.
Result<SpineDescription> describeOne(std::uint64_t seed, Random& random) {
  PhantomOptions options;
  options.seed = seed;
  options.pathology = true;
  options.warp = true;
  options.poseRotationDeg = {random.normal(0, 5), random.normal(0, 4), random.normal(0, 4)};
  return describeSpine(options);
}

Result<PhantomVolumes> drawOne(std::uint64_t seed, double spacing) {
  Random random(seed, 900);
  SPONDYL_TRY(const SpineDescription description, describeOne(seed, random));
  SPONDYL_TRY(const Grid grid, drawField(description, spacing, random));
  return drawPhantom(description, grid, {true, false});
}

/// Landmarks of every volume in the folder that has none yet, from its seed.
int addLandmarks(const Path& folder) {
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(folder, problem)) {
    if (entry.path().extension() != ".spp")
      continue;
    Path beside = entry.path();
    beside.replace_extension(".landmarks.json");
    if (std::filesystem::exists(beside))
      continue;
    const std::uint64_t seed =
        std::strtoull(entry.path().stem().string().substr(std::strlen("phantom-")).c_str(), nullptr, 10);
    Random random(seed, 900);
    const auto description = describeOne(seed, random);
    if (!description || !writeFileWhole(beside, landmarkText(*description, seed))) {
      std::fprintf(stderr, "seed %llu: landmarks not written\n", static_cast<unsigned long long>(seed));
      return 1;
    }
  }
  return problem ? 5 : 0;
}

int run(int argc, char** argv) {
  std::map<std::string, std::string> words{
      {"--out", ""}, {"--count", "1"}, {"--seed", "1"}, {"--spacing", "2"}, {"--landmarks", ""}};
  for (int n = 1; n < argc; n += 2) {
    if (!words.contains(argv[n]) || n + 1 >= argc) {
      std::fprintf(stderr, "usage: spondyl-phantom-pool --out DIR [--count N] [--seed FIRST] [--spacing MM]\n"
                           "       spondyl-phantom-pool --landmarks DIR\n");
      return 2;
    }
    words[argv[n]] = argv[n + 1];
  }
  if (!words["--landmarks"].empty())
    return addLandmarks(words["--landmarks"]);
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
