#include "inference/pipelines/paint.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace spondyl::inference {
namespace {

constexpr float half = 0.5f;

/// 0 to 1 with 0.5 at the threshold, reached at 0 and at twice the threshold. Interpolating this instead of
/// the probability keeps a sharp border half-way between two voxels, and a soft one at the threshold.
float membership(float probability, float threshold) {
  return std::min(1.0f, probability / (2 * threshold));
}

/// Codes while painting: three per vertebra (body, arch, disc below), then sacrum, canal and cord.
struct Codes {
  std::size_t vertebrae;
  std::uint16_t body(std::size_t n) const { return std::uint16_t(3 * n + 1); }
  std::uint16_t arch(std::size_t n) const { return std::uint16_t(3 * n + 2); }
  std::uint16_t disc(std::size_t n) const { return std::uint16_t(3 * n + 3); }
  std::uint16_t sacrum() const { return std::uint16_t(3 * vertebrae + 1); }
  std::uint16_t canal() const { return std::uint16_t(3 * vertebrae + 2); }
  std::uint16_t cord() const { return std::uint16_t(3 * vertebrae + 3); }
  std::size_t count() const { return 3 * vertebrae + 4; }
};

struct Tally {
  std::vector<std::size_t> voxels;
  std::vector<double> probability;
  explicit Tally(std::size_t count) : voxels(count), probability(count) {}
  void add(std::uint16_t code, float p) {
    ++voxels[code];
    probability[code] += p;
  }
};

class Painter {
 public:
  Painter(const SpineField& field, const Decoded& decoded, const Surroundings& around,
          const std::vector<bool>& isRing, const PaintOptions& options)
      : m_field(field), m_owner(decoded.owner), m_isRing(isRing),
        m_threshold(float(options.vertebraThreshold)),
        m_discThreshold(float(options.discThreshold)), m_codes{decoded.vertebrae.size()},
        m_canal(m_owner.size()), m_active(m_owner.size()) {
    for (const std::uint32_t index : around.canal)
      m_canal[index] = 1;
    const Shape& size = field.size();
    m_row = std::size_t(size[2]);
    m_slice = m_row * std::size_t(size[1]);
    // A cell between eight voxels is named by its lowest corner.
    for (std::size_t n = 0; n < m_owner.size(); ++n)
      if (m_owner[n] || m_canal[n])
        for (int corner = 0; corner < 8; ++corner) {
          const std::size_t back =
              ((corner & 1) ? 1 : 0) + ((corner & 2) ? m_row : 0) + ((corner & 4) ? m_slice : 0);
          if (n >= back)
            m_active[n - back] = 1;
        }
  }
  const Codes& codes() const { return m_codes; }

  struct Colour {
    std::uint16_t bone = 0, canal = 0;
    float boneProbability = 0, canalProbability = 0;
  };
  /// At a place in the field, in voxels.
  Colour at(double z, double y, double x) const {
    const Shape& size = m_field.size();
    constexpr double edge = 0.5 + 1e-6;
    if (z < -edge || y < -edge || x < -edge || z > size[0] - 1 + edge || y > size[1] - 1 + edge ||
        x > size[2] - 1 + edge)
      return {};
    const std::array<double, 3> p{std::clamp(z, 0.0, double(size[0] - 1)),
                                  std::clamp(y, 0.0, double(size[1] - 1)),
                                  std::clamp(x, 0.0, double(size[2] - 1))};
    std::array<std::size_t, 3> low{}, step{};
    std::array<float, 3> part{};
    const std::array<std::size_t, 3> strides{m_slice, m_row, 1};
    std::size_t base = 0;
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] = std::size_t(p[a]);
      part[a] = float(p[a] - double(low[a]));
      step[a] = low[a] + 1 < std::size_t(size[a]) ? strides[a] : 0;
      base += low[a] * strides[a];
    }
    if (!m_active[base])
      return {};
    std::array<std::size_t, 8> index{};
    std::array<float, 8> weight{};
    for (std::size_t c = 0; c < 8; ++c) {
      weight[c] = ((c & 1) ? part[2] : 1 - part[2]) * ((c & 2) ? part[1] : 1 - part[1]) *
                  ((c & 4) ? part[0] : 1 - part[0]);
      index[c] = base + ((c & 1) ? step[2] : 0) + ((c & 2) ? step[1] : 0) + ((c & 4) ? step[0] : 0);
    }
    return decide(index, weight);
  }

 private:
  float mean(SpineClass c, const std::array<std::size_t, 8>& index,
             const std::array<float, 8>& weight) const {
    const auto values = m_field.probability(c);
    float sum = 0;
    for (std::size_t n = 0; n < 8; ++n)
      sum += weight[n] * float(values[index[n]]);
    return sum / 255.0f;
  }

  /// Of a sum of classes, interpolated.
  template <class Read>
  static float meanMembership(const Read& read, float threshold, const std::array<std::size_t, 8>& index,
                              const std::array<float, 8>& weight) {
    float sum = 0;
    for (std::size_t n = 0; n < 8; ++n)
      sum += weight[n] * membership(float(read(index[n])) / 255.0f, threshold);
    return sum;
  }

  Colour decide(const std::array<std::size_t, 8>& index, const std::array<float, 8>& weight) const {
    const float body = mean(SpineClass::Body, index, weight), arch = mean(SpineClass::Arch, index, weight);
    // Who owns most of the corners; of vertebra-like corners that nobody owns (dropped fragments) likewise.
    std::uint8_t vertebra = 0, disc = 0;
    float vertebraWeight = 0, discWeight = 0, dropped = 0;
    bool sacrum = false, canal = false;
    for (std::size_t n = 0; n < 8; ++n) {
      const std::uint8_t owner = m_owner[index[n]];
      canal = canal || m_canal[index[n]];
      sacrum = sacrum || owner == sacrumOwner;
      if (owner == 0) {
        const int share =
            m_field.probability(SpineClass::Body)[index[n]] + m_field.probability(SpineClass::Arch)[index[n]];
        if (float(share) > m_threshold * 255.0f)
          dropped += weight[n];
      } else if (owner != sacrumOwner) {
        float same = 0;
        for (std::size_t m = 0; m < 8; ++m)
          same += m_owner[index[m]] == owner ? weight[m] : 0;
        const bool isVertebra = isVertebraOwner(owner);
        float& most = isVertebra ? vertebraWeight : discWeight;
        if (same > most) {
          most = same;
          (isVertebra ? vertebra : disc) = owner;
        }
      }
    }
    Colour colour;
    const auto bodyAndArch = [&](std::size_t n) {
      return int(m_field.probability(SpineClass::Body)[n]) + int(m_field.probability(SpineClass::Arch)[n]);
    };
    // S1 that had been read as a vertebra belongs to the sacrum whatever its probability says.
    const auto sacrums = [&](std::size_t n) {
      const int sure = int(m_field.probability(SpineClass::Sacrum)[n]);
      return m_owner[n] == sacrumOwner && sure < 128 ? 255 : sure;
    };
    const auto discs = [&](std::size_t n) { return int(m_field.probability(SpineClass::Disc)[n]); };
    if (vertebra && vertebraWeight >= dropped &&
        meanMembership(bodyAndArch, m_threshold, index, weight) > half) {
      const std::size_t n = std::size_t(vertebra - 1);
      colour.bone = body > arch && !m_isRing[n] ? m_codes.body(n) : m_codes.arch(n);
      colour.boneProbability = std::min(1.0f, body + arch);
    } else if (const float p = sacrum ? meanMembership(sacrums, half, index, weight) : 0; p > half) {
      colour.bone = m_codes.sacrum();
      colour.boneProbability = p;
    } else if (disc && meanMembership(discs, m_discThreshold, index, weight) > half) {
      colour.bone = m_codes.disc(std::size_t(disc - discOwner(0)));
      colour.boneProbability = mean(SpineClass::Disc, index, weight);
    }
    if (const float p = canal ? mean(SpineClass::Canal, index, weight) : 0; p > half) {
      const bool tells = !m_field.probability(SpineClass::Cord).empty();
      const float cord = tells ? mean(SpineClass::Cord, index, weight) : 0;
      colour.canal = 2 * cord > p ? m_codes.cord() : m_codes.canal();
      colour.canalProbability = p;
    }
    return colour;
  }

  const SpineField& m_field;
  const std::vector<std::uint8_t>& m_owner;
  const std::vector<bool>& m_isRing;
  float m_threshold, m_discThreshold;
  Codes m_codes;
  std::size_t m_row = 0, m_slice = 0;
  std::vector<std::uint8_t> m_canal, m_active;
};

Tally paintCodes(const Painter& painter, const SpineField& field, const Grid& input, const LabelMaps& maps,
                 const std::stop_token& stop) {
  Tally all(painter.codes().count());
  std::mutex mutex;
  const GridSize size = input.size();
  const PointIjk along = field.grid().directionToIjk(input.stepI());
  parallelFor(std::size_t(size.k) * std::size_t(size.j), 64, [&](std::size_t from, std::size_t to) {
    Tally tally(painter.codes().count());
    for (std::size_t row = from; row < to && !stop.stop_requested(); ++row) {
      const PointIjk start = field.grid().toIjk(
          input.toLps(IndexIjk{0, int(row % std::size_t(size.j)), int(row / std::size_t(size.j))}));
      for (int i = 0; i < size.i; ++i) {
        const auto colour = painter.at(start.k + along.k * i, start.j + along.j * i, start.i + along.i * i);
        const std::size_t at = row * std::size_t(size.i) + std::size_t(i);
        if (colour.bone) {
          maps.boneAndDisc[at] = colour.bone;
          tally.add(colour.bone, colour.boneProbability);
        }
        if (colour.canal) {
          maps.canal[at] = colour.canal;
          tally.add(colour.canal, colour.canalProbability);
        }
      }
    }
    const std::lock_guard lock(mutex);
    for (std::size_t c = 0; c < all.voxels.size(); ++c) {
      all.voxels[c] += tally.voxels[c];
      all.probability[c] += tally.probability[c];
    }
  });
  return all;
}

} // namespace

std::vector<PaintedStructure> paint(const SpineField& field, const Decoded& decoded,
                                    const Surroundings& around, const std::vector<bool>& isRing,
                                    const Grid& input, const LabelMaps& maps, const PaintOptions& options,
                                    const std::stop_token& stop) {
  const Painter painter(field, decoded, around, isRing, options);
  const Tally tally = paintCodes(painter, field, input, maps, stop);
  if (stop.stop_requested())
    return {};
  // Labels run without gaps: what has no voxel on the input's grid is no structure.
  std::vector<PaintedStructure> structures;
  std::vector<std::uint16_t> labels(tally.voxels.size(), 0);
  const Codes& codes = painter.codes();
  for (std::size_t c = 1; c < tally.voxels.size(); ++c) {
    if (tally.voxels[c] == 0)
      continue;
    PaintedStructure s;
    s.label = labels[c] = std::uint16_t(structures.size() + 1);
    s.voxels = tally.voxels[c];
    s.meanProbability = tally.probability[c] / double(tally.voxels[c]);
    constexpr std::array parts{Part::VertebralBody, Part::PosteriorElements, Part::Disc};
    if (c == codes.canal() || c == codes.cord()) {
      s.part = c == codes.cord() ? Part::Cord : Part::Canal;
      s.vertebra = noVertebra;
    } else if (c == codes.sacrum()) {
      s.part = Part::Sacrum;
      s.vertebra = codes.vertebrae;
    } else {
      s.part = parts[(c - 1) % 3];
      s.vertebra = (c - 1) / 3;
    }
    structures.push_back(s);
  }
  parallelFor(maps.boneAndDisc.size(), std::size_t(1) << 18, [&](std::size_t from, std::size_t to) {
    for (std::size_t n = from; n < to; ++n) {
      maps.boneAndDisc[n] = labels[maps.boneAndDisc[n]];
      maps.canal[n] = labels[maps.canal[n]];
    }
  });
  return structures;
}

} // namespace spondyl::inference
