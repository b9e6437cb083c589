// Rows of a motion segment: the disc below a vertebra and the vertebra's slip on the next.

#include "core/measure/formulas.h"
#include "core/measure/rows.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

struct Segment {
  DiscHeights heights;
  std::vector<PointFact> upper, lower; ///< anterior, middle, posterior
};

std::optional<Segment> segmentOf(Facts& facts, const ChainEntry& entry, Measurement& row) {
  if (entry.level == Level::C1) {
    setMissing(row, "there is no disc below C1");
    return std::nullopt;
  }
  const ChainEntry* below = facts.chain().below(entry.instance);
  if (!below) {
    setMissing(row, "the level below is not in view");
    return std::nullopt;
  }
  Segment s;
  const auto upper =
      needPoints(facts, entry, {"inferior.anterior", "inferior.middle", "inferior.posterior"}, row);
  if (!upper)
    return std::nullopt;
  const auto lower = needPoints(facts, *below,
                                {upperPlateSite(*below, "anterior"), upperPlateSite(*below, "middle"),
                                 upperPlateSite(*below, "posterior")},
                                row);
  if (!lower) {
    row.reason = facts.chain().displayName(below->instance) + ": " + row.reason;
    return std::nullopt;
  }
  s.upper = *upper;
  s.lower = *lower;
  s.heights = discHeights({s.upper[0].at, s.upper[2].at, s.lower[0].at, s.lower[2].at});
  return s;
}

template <int Place>
void discHeight(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto s = segmentOf(facts, entry, row);
  if (!s)
    return;
  const PointLps top = s->upper[Place].at;
  const double h = s->heights.between(top, s->lower[Place].at);
  addLine(row, top, top - s->heights.perpendicular * h);
  setValue(row, h);
}

void addPlates(const Segment& s, Measurement& row) {
  addLine(row, s.upper[0].at, s.upper[2].at);
  addLine(row, s.lower[0].at, s.lower[2].at);
}
void dabbs(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto s = segmentOf(facts, entry, row);
  if (!s)
    return;
  addPlates(*s, row);
  setValue(row, s->heights.dabbs());
}
void fyllos(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto s = segmentOf(facts, entry, row);
  if (!s)
    return;
  addPlates(*s, row);
  setValue(row,
           (s->heights.anterior + s->heights.between(s->upper[1].at, s->lower[1].at) + s->heights.posterior) /
               3);
}
void farfan(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto s = segmentOf(facts, entry, row);
  if (!s)
    return;
  addPlates(*s, row);
  setValue(row, s->heights.farfan());
}

std::optional<double> meanBodyHeight(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto p =
      needPoints(facts, entry,
                 {"superior.anterior", "inferior.anterior", "superior.posterior", "inferior.posterior"}, row);
  if (!p)
    return std::nullopt;
  return (distance((*p)[0].at, (*p)[1].at) + distance((*p)[2].at, (*p)[3].at)) / 2;
}
/// Mean of anterior and posterior disc height over the mean of the same heights of the two bodies.
void heightIndex(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto s = segmentOf(facts, entry, row);
  if (!s)
    return;
  const ChainEntry* below = facts.chain().below(entry.instance);
  if (below->level == Level::Sacrum)
    return setMissing(row, "the sacrum has no body height to compare with");
  const auto upper = meanBodyHeight(facts, entry, row);
  if (!upper)
    return;
  const auto lower = meanBodyHeight(facts, *below, row);
  if (!lower)
    return;
  addPlates(*s, row);
  setValue(row, discHeightIndex(s->heights.dabbs(), *upper, *lower));
}

void signalRatio(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto s = segmentOf(facts, entry, row);
  if (!s)
    return;
  const DiscSignal& signal = facts.discSignal(entry.instance);
  if (!signal.ratio)
    return setMissing(row, signal.whyMissing);
  row.at = signal.centre;
  if (!signal.isConfirmed)
    row.status = MeasurementStatus::Unconfirmed;
  setValue(row, *signal.ratio);
}

/// Voxels larger than this (mm, in the sagittal plane) put the posterior corners of a mask off by as much as
/// the slip of 3 mm that is worth reporting: at 2 mm, phantoms whose walls run along the voxels' rows show up
/// to 2.2 mm too much.
constexpr double coarseForCornersMm = 1.5;

/// 0 where the series' grid is not known.
double sagittalVoxelMm(Facts& facts) {
  const Series* series = facts.series();
  if (!series || series->stacks.empty() || !series->stacks.front().grid)
    return 0;
  const Grid& grid = *series->stacks.front().grid;
  const auto spacing = grid.spacing();
  const auto along = [&](VectorLps direction) {
    return spacing[std::size_t(grid.closestAxis(direction).first)];
  };
  return std::max(along({0, 1, 0}), along({0, 0, 1}));
}

std::optional<Slip> slipOf(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto s = segmentOf(facts, entry, row);
  if (!s)
    return std::nullopt;
  const bool byPerson = s->upper[2].byPerson && s->lower[2].byPerson && s->lower[0].byPerson;
  if (!byPerson && sagittalVoxelMm(facts) > coarseForCornersMm) {
    setMissing(row, "the voxels are too coarse to find the posterior corners; place them by hand");
    return std::nullopt;
  }
  const PointLps corner = s->upper[2].at, back = s->lower[2].at, front = s->lower[0].at;
  const Slip value = slip(corner, back, front);
  addLine(row, back, front);
  addLine(row, corner, back + normalized(front - back) * value.mm);
  row.from = {s->upper[2].name, s->lower[2].name, s->lower[0].name};
  row.at = corner;
  row.note = postureNote(facts);
  if (const double voxel = sagittalVoxelMm(facts); !byPerson && voxel > 0)
    row.error = 0.15 + 0.25 * voxel;
  return value;
}
void slipMm(Facts& facts, const ChainEntry& entry, Measurement& row) {
  if (const auto s = slipOf(facts, entry, row))
    setValue(row, s->mm);
}
void slipPercent(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto s = slipOf(facts, entry, row);
  if (!s)
    return;
  if (s->mm != 0)
    row.error *= std::abs(s->percent / s->mm);
  setValue(row, s->percent);
}

} // namespace

const std::vector<RowDefinition>& discRows() {
  static const std::vector<RowDefinition> rows = {
      {{"disc.height.anterior", "Disc, anterior height", "mm", 1, 1}, RowScope::Disc, &discHeight<0>},
      {{"disc.height.middle", "Disc, middle height", "mm", 1, 1}, RowScope::Disc, &discHeight<1>},
      {{"disc.height.posterior", "Disc, posterior height", "mm", 1, 1}, RowScope::Disc, &discHeight<2>},
      {{"disc.index.dabbs", "Disc height, Dabbs", "mm", 1, 1}, RowScope::Disc, &dabbs},
      {{"disc.index.fyllos", "Disc height, three-point mean", "mm", 1, 1}, RowScope::Disc, &fyllos},
      {{"disc.index.farfan", "Farfan index", "1", 2, 1}, RowScope::Disc, &farfan},
      {{"disc.index.dhi", "Disc height index", "1", 2, 1}, RowScope::Disc, &heightIndex},
      {{"disc.signal.ratio", "Disc signal, nucleus to fluid", "1", 2, 1}, RowScope::DiscOfMr, &signalRatio},
      {{"slip.mm", "Slip", "mm", 1, 1}, RowScope::Disc, &slipMm},
      {{"slip.percent", "Slip", "%", 0, 1}, RowScope::Disc, &slipPercent},
  };
  return rows;
}

} // namespace spondyl
