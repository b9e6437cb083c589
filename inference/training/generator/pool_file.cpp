#include "inference/training/generator/pool_file.h"

#include <cstdio>

namespace spondyl {

namespace {

constexpr int generatorVersion = 2; ///< raised when the same seed gives another volume
constexpr std::size_t alignment = 64;
std::size_t aligned(std::size_t n) {
  return (n + alignment - 1) / alignment * alignment;
}

/// [a, b, c] of numbers. The header holds only numbers, level names and fixed words: nothing needs escaping.
std::string triple(double a, double b, double c) {
  char text[96];
  std::snprintf(text, sizeof text, "[%.4f,%.4f,%.4f]", a, b, c);
  return text;
}

std::string headerText(const PhantomVolumes& v, std::uint64_t seed, std::size_t first, std::size_t block) {
  const GridSize size = v.grid.size();
  const PointLps origin = v.grid.origin();
  const auto n = [](auto value) { return std::to_string(value); };
  std::string text = R"({"schema":"spondyl.phantom-pool/1","generator":)" + n(generatorVersion) +
                     R"(,"seed":)" + n(seed) + R"(,"shape":[)" + n(size.k) + "," + n(size.j) + "," +
                     n(size.i) + R"(],"spacing_mm":)" + n(v.grid.spacing()[0]) + R"(,"origin_lps_mm":)" +
                     triple(origin.x, origin.y, origin.z) + R"(,"blocks":[)";
  const std::pair<const char*, const char*> kinds[] = {
      {"class", "u1"}, {"instance", "u1"}, {"tissue", "u1"}, {"distance", "i1"}};
  for (std::size_t k = 0; k < 4; ++k)
    text += std::string(k ? "," : "") + R"({"name":")" + kinds[k].first + R"(","dtype":")" + kinds[k].second +
            R"(","offset":)" + n(first + k * block) + "}";
  text += R"(],"instances":[)";
  for (std::size_t k = 0; k < v.drawn.size(); ++k) {
    const DrawnInstance& d = v.drawn[k];
    const PointIjk c = v.grid.toIjk(d.centre);
    text += std::string(k ? "," : "") + R"({"number":)" + n(int(d.number)) + R"(,"level":")" +
            levelName(d.level) + R"(","label":)" + n(int(d.level)) + R"(,"rank":)" + n(rank(d.level)) +
            R"(,"centre_zyx":)" + triple(c.k, c.j, c.i) + R"(,"voxels":)" + n(d.voxels) + R"(,"whole":)" +
            (d.whole ? "true" : "false") + "}";
  }
  return text + "]}";
}

} // namespace

std::string landmarkText(const SpineDescription& d, std::uint64_t seed) {
  std::string text = R"({"schema":"spondyl.phantom-landmarks/1","generator":)" +
                     std::to_string(generatorVersion) + R"(,"seed":)" + std::to_string(seed) +
                     R"(,"landmarks":[)";
  bool first = true;
  const auto add = [&](Level level, const std::string& site, PointLps p) {
    text += std::string(first ? "" : ",") + "\n" + R"({"rank":)" + std::to_string(rank(level)) +
            R"(,"site":")" + site + R"(","lps_mm":)" + triple(p.x, p.y, p.z) + "}";
    first = false;
  };
  for (const PhantomLandmark& l : d.truth.landmarks)
    if (l.level && *l.level != Level::Sacrum)
      add(*l.level, l.id.substr(l.id.find('.') + 1), l.lps);
  const BodyCorners s1 = cornersOf(d.sacralBody);
  const std::pair<const char*, VectorLps> plate[] = {{"anterior", s1.superiorAnterior},
                                                     {"middle", s1.superiorMiddle},
                                                     {"posterior", s1.superiorPosterior},
                                                     {"left", s1.superiorLeft},
                                                     {"right", s1.superiorRight}};
  for (const auto& [place, local] : plate)
    add(Level::Sacrum, std::string("superior.") + place, drawnAt(d, d.sacrum.toOuter(local)));
  return text + "]}\n";
}

Status writePoolFile(const Path& path, const PhantomVolumes& v, std::uint64_t seed) {
  const std::size_t count = v.grid.size().count(), block = aligned(count);
  // The offsets in the text depend on its length: leave room for their digits.
  const std::size_t first = aligned(12 + headerText(v, seed, 1000000, block).size() + 64);
  std::string text = headerText(v, seed, first, block);
  text.resize(first - 12, ' ');
  std::string bytes = "SPNDPOOL";
  for (int n = 0; n < 4; ++n)
    bytes.push_back(char((text.size() >> (8 * n)) & 0xFF));
  bytes += text;
  const auto add = [&](const void* data) {
    bytes.append(static_cast<const char*>(data), count);
    bytes.resize(aligned(bytes.size()), '\0');
  };
  add(v.classes.data());
  add(v.instances.data());
  add(v.tissue.data());
  add(v.boneDistance.data());
  return writeFileWhole(path, bytes);
}

} // namespace spondyl
