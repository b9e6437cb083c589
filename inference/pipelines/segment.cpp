#include "inference/pipelines/segment.h"

#include "core/base/process.h"
#include "inference/engine/sliding_window.h"
#include "inference/pipelines/doubts.h"
#include "inference/pipelines/naming.h"
#include "inference/pipelines/resample.h"

#include <chrono>
#include <cmath>
#include <new>

namespace spondyl::inference {
namespace {

constexpr double windowOverlap = 0.25;
constexpr double airHounsfield = -300;       ///< a window of CT without a value above it holds no patient
constexpr int cropMargin = 4;                ///< voxels of air kept round the patient
constexpr double networkBytesPerVoxel = 900; ///< measured with the shipped network, all layers of one window
constexpr double programMiB = 250;
constexpr double scatterShare =
    0.2; ///< of the expected spacing: votes that scatter more make an instance doubtful
constexpr double fewMl = 0.5;
constexpr const char* cutNote = "cut by the edge of the images";

double mebibytes(double bytes) {
  return bytes / (1024.0 * 1024.0);
}

class Stopwatch {
 public:
  explicit Stopwatch(std::vector<StageTime>& times) : m_times(times) {}
  void lap(const char* stage) {
    const auto now = std::chrono::steady_clock::now();
    m_times.push_back({stage, std::chrono::duration<double>(now - m_last).count()});
    m_last = now;
  }

 private:
  std::vector<StageTime>& m_times;
  std::chrono::steady_clock::time_point m_last = std::chrono::steady_clock::now();
};

WindowPlan planFor(const Shape& size, const ModelCard& card, std::size_t windowVoxels) {
  return planWindows(size, card.windowShapes, card.sizeMultiple, windowOverlap, windowVoxels);
}

/// At the border of the input's field: nearer than one voxel of the field to it, seen from its centre.
AtEdge edgeOf(const SpineField& field, const Grid& input) {
  const auto spacing = input.spacing();
  const GridSize n = input.size();
  return [&field, input, spacing, n](std::uint32_t index) {
    const PointIjk p = input.toIjk(field.toLps(field.position(index)));
    const auto near = [&](double x, int count, double mm) {
      return std::min(x + 0.5, count - 0.5 - x) * mm < field.spacingMm() * 0.999;
    };
    return near(p.i, n.i, spacing[0]) || near(p.j, n.j, spacing[1]) || near(p.k, n.k, spacing[2]);
  };
}

std::vector<ResultVertebra> vertebraeOf(const SpineField& field, const Decoded& decoded,
                                        const Surroundings& around) {
  const DecodeParameters parameters;
  std::vector<ResultVertebra> out;
  for (std::size_t n = 0; n < decoded.vertebrae.size(); ++n) {
    const DecodedVertebra& d = decoded.vertebrae[n];
    ResultVertebra v;
    v.place = int(n) + 1;
    v.centroid = field.toLps(d.centre);
    v.whole = d.whole;
    v.volumeMl = d.volumeMl;
    v.evidence = around.evidence[n];
    if (!d.whole)
      v.note = cutNote;
    else if (d.voteSpreadMm > scatterShare * parameters.expectedSpacing(d.level))
      v.note = "its border to the neighbours is uncertain";
    out.push_back(std::move(v));
  }
  if (!decoded.sacrum.empty()) {
    ResultVertebra v;
    v.place = int(out.size()) + 1;
    v.isSacrum = true;
    v.centroid = field.toLps(around.sacrumCentre);
    v.whole = decoded.sacrumWhole;
    v.volumeMl = double(decoded.sacrum.size()) * field.voxelMl();
    if (!v.whole)
      v.note = cutNote;
    out.push_back(std::move(v));
  }
  return out;
}

/// What the votes could not tell apart is said, never divided by guess.
void markDoubles(SegmentResult& result, const Decoded& decoded) {
  bool any = false;
  for (std::size_t n = 0; n < decoded.vertebrae.size(); ++n) {
    const DecodedVertebra& d = decoded.vertebrae[n];
    if (!mayBeTwo(result.vertebrae, n, d.cutAbove && d.cutBelow))
      continue;
    result.vertebrae[n].note = "may be two vertebrae";
    any = true;
  }
  if (any)
    result.warnings.push_back("What was found as one vertebra may be two: it is too large for one.");
}

void addStructures(SegmentResult& result, const std::vector<PaintedStructure>& painted,
                   const Decoded& decoded, const std::vector<bool>& metalBeside, double voxelMl) {
  const DecodeParameters parameters;
  std::vector<double> volumes(result.vertebrae.size(), 0.0);
  for (const PaintedStructure& p : painted) {
    ResultStructure s;
    s.label = p.label;
    s.part = p.part;
    s.confidence = p.meanProbability;
    if (p.vertebra != noVertebra) {
      const ResultVertebra& v = result.vertebrae[p.vertebra];
      s.vertebra = v.place;
      if (p.part != Part::Disc) {
        s.note = v.note;
        volumes[p.vertebra] += double(p.voxels) * voxelMl;
      }
    }
    if (isVertebral(p.part)) {
      const DecodedVertebra& d = decoded.vertebrae[p.vertebra];
      const double allowed = scatterShare * parameters.expectedSpacing(d.level);
      if (d.voteSpreadMm > allowed)
        s.confidence *= allowed / d.voteSpreadMm;
      if (metalBeside[p.vertebra])
        s.confidence = std::min(s.confidence, metalConfidence);
    }
    if (s.note.empty() && double(p.voxels) * voxelMl < fewMl)
      s.note = "only a small part was found";
    if (p.part == Part::Sacrum) // part of the names: where they are assumed, it is no surer than they
      result.vertebrae[p.vertebra].confidence =
          result.naming == "assumed" ? std::min(s.confidence, mostAssumedConfidence) : s.confidence;
    result.structures.push_back(std::move(s));
  }
  for (std::size_t n = 0; n < volumes.size(); ++n)
    if (volumes[n] > 0)
      result.vertebrae[n].volumeMl = volumes[n];
}

/// Very thick slices can pass a small vertebra by.
bool hasVoxels(const std::vector<PaintedStructure>& painted, std::size_t vertebra) {
  for (const PaintedStructure& p : painted)
    if (p.vertebra == vertebra && p.part != Part::Disc)
      return true;
  return false;
}

} // namespace

double estimatedMemoryMiB(const Grid& input, const ModelCard& card, std::size_t windowVoxels) {
  const auto grid = networkGrid(input, card.spacingMm);
  if (!grid)
    return 0;
  const Shape size = shapeOf(*grid);
  const double field = double(voxelCount(size)), voxels = double(input.size().count());
  const WindowPlan plan = planFor(size, card, windowVoxels);
  const double window = double(voxelCount(plan.window)), channels = double(card.classes.size()) + 4;
  const double slab = std::min(size[0], plan.window[0]) * double(size[1]) * double(size[2]);
  const double resampling = 4 * voxels + 4 * field;
  const double networkRuns =
      4 * field + 7 * field + 4 * (channels + 1) * slab + window * (networkBytesPerVoxel + 4 * channels);
  const double labelling = 7 * field + 3 * field;
  return mebibytes(4 * voxels + std::max({resampling, networkRuns, labelling})) + programMiB;
}

Result<SegmentResult> segmentSpine(Network& network, const ModelCard& card, const Volume& volume,
                                   const SegmentOptions& options, const JobContext& job,
                                   const LabelMaps& maps) {
  const double allowed = options.memoryLimitMiB > 0 ? options.memoryLimitMiB : availableMemoryMiB();
  const double input = options.memoryLimitMiB > 0 ? mebibytes(double(volume.byteCount())) : 0;
  std::size_t windowVoxels = windowVoxelLimit;
  double needed = input + estimatedMemoryMiB(volume.grid(), card, windowVoxels);
  while (allowed > 0 && needed > allowed && windowVoxels > leastWindowVoxels)
    needed = input + estimatedMemoryMiB(volume.grid(), card, windowVoxels /= 2);
  if (allowed > 0 && needed > allowed)
    return fail(ErrorCode::OutOfMemory,
                {std::to_string(std::lround(needed)), std::to_string(std::lround(allowed))}, "segmentSpine");
  try {
    SegmentResult result;
    Stopwatch watch(result.times);
    job.progress.report("resample", 0);
    SPONDYL_TRY(const Grid grid, networkGrid(volume.grid(), card.spacingMm));
    if (grid.size().count() > 0xffffffffu)
      return fail(ErrorCode::OutOfMemory, {std::to_string(grid.size().count() >> 20), "4096"},
                  "segmentSpine");
    WindowOptions windows{windowOverlap, outsideInput(card)};
    windows.skipBelow =
        card.modality == "ct" ? normalised(airHounsfield, card.normalisation) : windows.outside;
    windows.centreShift = card.windowShift;
    windows.leastWeight = float(card.windowLeast);
    SPONDYL_TRY(std::vector<float> values,
                resampleForNetwork(volume, grid, card.percentiles ? 0 : card.outsideValue, job.stop));
    const std::vector<PointLps> metal =
        card.modality == "ct" ? metalIn(grid, values) : std::vector<PointLps>{};
    normaliseAll(values, normalisationOf(card, values), windows.outside);
    const CroppedField part = cropped(grid, std::move(values), windows.skipBelow, cropMargin);
    watch.lap("resample");
    SpineField field(part.grid, card);
    const auto slide = [&] {
      return slideOver(network, part.values, field.size(), planFor(field.size(), card, windowVoxels), windows,
                       {job.stop, job.progress.part(0.1, 0.85)},
                       [&](int z, std::span<const float> slice) { field.takeSlice(z, slice); });
    };
    Status slid = slide();
    while (!slid && slid.error().code == ErrorCode::OutOfMemory && windowVoxels > leastWindowVoxels) {
      windowVoxels /= 2;
      field = SpineField(part.grid, card);
      slid = slide();
    }
    SPONDYL_CHECK(slid);
    watch.lap("segment");
    job.progress.report("decode", 0.85);
    DecodeParameters parameters;
    parameters.instanceThreshold = card.vertebraThreshold;
    Decoded decoded = decode(field, edgeOf(field, volume.grid()), parameters);
    if (job.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "segmentSpine");
    const Surroundings around = findSurroundings(field, decoded, card.discThreshold);
    result.vertebrae = vertebraeOf(field, decoded, around);
    if (result.vertebrae.empty()) {
      result.warnings.push_back("No spine was found.");
      watch.lap("decode");
      job.progress.report("label", 1.0);
      return result;
    }
    markDoubles(result, decoded);
    nameLevels(result, options.anchor);
    const std::vector<bool> metalBeside = besideMetal(field, decoded, metal);
    tellDoubts(result, metalBeside, coronalBendDeg(decoded.vertebrae));
    watch.lap("decode");
    job.progress.report("label", 0.92);
    std::vector<bool> isRing;
    for (std::size_t n = 0; n < decoded.vertebrae.size(); ++n)
      isRing.push_back(result.vertebrae[n].level == Level::C1);
    const auto painted = paint(field, decoded, around, isRing, volume.grid(), maps,
                               {card.vertebraThreshold, card.discThreshold}, job.stop);
    if (job.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "segmentSpine");
    addStructures(result, painted, decoded, metalBeside, volume.grid().voxelVolumeMm3() / 1000.0);
    for (std::size_t n = 0; n < result.vertebrae.size(); ++n)
      if (!hasVoxels(painted, n))
        result.vertebrae[n].note = "too small to show on this grid";
    if (decoded.vertebrae.size() < 2)
      result.warnings.push_back("Fewer than two vertebrae are in view.");
    watch.lap("label");
    job.progress.report("label", 1.0);
    return result;
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory,
                {std::to_string(std::lround(needed)), std::to_string(std::lround(allowed))}, "segmentSpine");
  }
}

} // namespace spondyl::inference
