#include "core/dicom/stack_geometry.h"

#include "core/dicom/transfer_syntax.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <set>

namespace spondyl::dicom {
namespace {

constexpr double samePositionMm = 0.01;
constexpr double evenShare = 0.02; // of a step: rounding of positions to two decimals in 1 mm slices and less
constexpr double evenMm = 0.02;
constexpr double largestGapMm = 15.0; // further apart nothing sensible can be put between
constexpr double largestMissingShare = 0.25;
constexpr double largestUnevenRatio = 3.0;
constexpr double tiltDeg = 0.1;

std::string text(double value) {
  char buffer[32];
  const double rounded = std::round(value * 1000) / 1000;
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, rounded).ptr;
  return {buffer, end};
}

std::string seriesName(const ImageHeader& h) {
  return !h.series.description.empty() ? h.series.description
         : !h.series.uid.empty()       ? h.series.uid
                                       : h.source.file.filename().string();
}

struct Placed {
  const ImageHeader* header;
  double along; ///< mm on the normal
};

std::vector<Placed> placeAlongNormal(const std::vector<const ImageHeader*>& members, VectorLps normal) {
  std::vector<Placed> placed;
  for (const ImageHeader* h : members)
    placed.push_back({h, dot(*h->position - PointLps{}, normal)});
  std::stable_sort(placed.begin(), placed.end(),
                   [](const Placed& a, const Placed& b) { return a.along < b.along; });
  return placed;
}

// Keeps the first of slices at one place; among equals the lowest instance number.
int dropDuplicates(std::vector<Placed>& placed) {
  std::vector<Placed> kept;
  for (const Placed& p : placed) {
    if (!kept.empty() && p.along - kept.back().along < samePositionMm) {
      if (p.header->source.instanceNumber < kept.back().header->source.instanceNumber)
        kept.back().header = p.header;
      continue;
    }
    kept.push_back(p);
  }
  const int dropped = static_cast<int>(placed.size() - kept.size());
  placed = std::move(kept);
  return dropped;
}

// For each slice its place on a uniform line of steps; empty if the steps are no whole multiples of one.
std::vector<int> multiplesOfOneStep(const std::vector<Placed>& placed) {
  std::vector<double> steps;
  for (std::size_t k = 1; k < placed.size(); ++k)
    steps.push_back(placed[k].along - placed[k - 1].along);
  std::vector<double> sorted = steps;
  std::nth_element(sorted.begin(), sorted.begin() + std::ssize(sorted) / 2, sorted.end());
  double step = sorted[sorted.size() / 2];
  const double smallest = *std::min_element(steps.begin(), steps.end());
  // With few slices the middle one may itself be a gap.
  if (step > 1.5 * smallest && steps.size() < 4)
    step = smallest;
  std::vector<int> at{0};
  for (const double s : steps) {
    if (!(s / step < 1e5))
      return {};
    const int m = static_cast<int>(std::lround(s / step));
    if (m < 1 || std::abs(s - m * step) > 0.1 * step)
      return {};
    at.push_back(at.back() + m);
  }
  return at;
}

double deviationFromLine(const std::vector<Placed>& placed, const std::vector<int>& at, VectorLps step) {
  double worst = 0;
  const PointLps origin = *placed.front().header->position;
  for (std::size_t k = 0; k < placed.size(); ++k)
    worst = std::max(worst, distance(*placed[k].header->position, origin + step * at[k]));
  return worst;
}

void noteTilt(Stack& stack, VectorLps step, VectorLps normal) {
  const double cosine = std::clamp(dot(normalized(step), normal), -1.0, 1.0);
  const double degrees = std::acos(cosine) * 180.0 / std::numbers::pi;
  if (degrees > tiltDeg)
    stack.warnings.push_back({WarningCode::GantryTilt, {text(degrees)}});
}

void noteThickness(Stack& stack, const ImageHeader& first, double stepMm) {
  stack.sliceThicknessMm = first.sliceThickness;
  const bool stated =
      first.spacingBetweenSlices && std::abs(*first.spacingBetweenSlices - stepMm) < 0.05 * stepMm;
  if (first.sliceThickness && *first.sliceThickness > 0 && !stated &&
      std::abs(*first.sliceThickness - stepMm) > 0.05 * stepMm)
    stack.warnings.push_back({WarningCode::SpacingNotThickness, {text(stepMm), text(*first.sliceThickness)}});
}

void fillSingle(Stack& stack, const ImageHeader& h, const SliceFrame& frame) {
  stack.sliceThicknessMm = h.sliceThickness;
  stack.refusal = fail(ErrorCode::SingleSlice, {seriesName(h)}, "buildStack");
  double thickness = 1.0;
  for (const auto& stated : {h.sliceThickness, h.spacingBetweenSlices})
    if (stated && *stated > 0)
      thickness = *stated;
  stack.warnings.push_back({WarningCode::SingleSlice, {text(thickness)}});
  auto grid =
      Grid::create({h.layout.columns, h.layout.rows, 1}, *h.position, frame.column * (*h.pixelSpacing)[1],
                   frame.row * (*h.pixelSpacing)[0], frame.normal * thickness);
  if (grid)
    stack.grid = *grid;
  else
    stack.refusal = grid.error();
}

// Returns false if the gaps are too many or too wide to be filled.
bool noteMissing(Stack& stack, const std::vector<int>& at, double stepMm) {
  const int missing = at.back() + 1 - static_cast<int>(at.size());
  if (missing == 0)
    return true;
  std::string where;
  for (std::size_t k = 1; k < at.size(); ++k) {
    if (at[k] == at[k - 1] + 1)
      continue;
    if ((at[k] - at[k - 1]) * stepMm > largestGapMm && at[k] - at[k - 1] > 2)
      return false;
    where += (where.empty() ? "" : ", ") + std::to_string(at[k - 1]) + "-" + std::to_string(at[k]);
  }
  if (missing > largestMissingShare * (at.back() + 1) && missing > 1)
    return false;
  stack.warnings.push_back({WarningCode::MissingSlices, {std::to_string(missing), text(stepMm), where}});
  return true;
}

Error uneven(const std::vector<Placed>& placed, double smallest, double largest) {
  return fail(ErrorCode::UnevenSlices, {seriesName(*placed.front().header), text(smallest), text(largest)},
              "buildStack");
}

// Uneven steps: a uniform line of middle steps from the first slice to the last.
std::optional<VectorLps> fillUneven(Stack& stack, const std::vector<Placed>& placed, int& count) {
  std::vector<double> steps;
  for (std::size_t k = 1; k < placed.size(); ++k)
    steps.push_back(placed[k].along - placed[k - 1].along);
  std::sort(steps.begin(), steps.end());
  const double smallest = steps.front(), largest = steps.back(), middle = steps[steps.size() / 2];
  const PointLps first = *placed.front().header->position, last = *placed.back().header->position;
  const double length = placed.back().along - placed.front().along;
  const VectorLps perMm = (last - first) / length;
  double sideways = 0; // how far slices leave the line through the first and the last one
  for (const Placed& p : placed)
    sideways =
        std::max(sideways, distance(*p.header->position, first + perMm * (p.along - placed.front().along)));
  if (largest > largestUnevenRatio * middle || largest > largestGapMm || sideways > 0.5) {
    stack.refusal = uneven(placed, smallest, largest);
    return std::nullopt;
  }
  count = static_cast<int>(std::floor(length / middle + 1e-6)) + 1;
  stack.warnings.push_back({WarningCode::UnevenSlices, {text(smallest), text(largest)}});
  for (const Placed& p : placed)
    stack.resampledFrom.push_back(p.header->source);
  for (int k = 0; k < count; ++k) {
    const double along = placed.front().along + k * middle;
    const auto nearest =
        std::min_element(placed.begin(), placed.end(), [&](const Placed& a, const Placed& b) {
          return std::abs(a.along - along) < std::abs(b.along - along);
        });
    stack.slices.push_back(nearest->header->source);
  }
  return perMm * middle;
}

void fillSeveral(Stack& stack, const std::vector<Placed>& placed, const SliceFrame& frame) {
  const ImageHeader& first = *placed.front().header;
  const std::vector<int> at = multiplesOfOneStep(placed);
  int count = 0;
  VectorLps step;
  bool uniform = !at.empty();
  if (uniform) {
    count = at.back() + 1;
    step = (*placed.back().header->position - *first.position) / (count - 1);
    uniform = deviationFromLine(placed, at, step) <= std::max(evenMm, evenShare * length(step));
  }
  if (uniform) {
    if (!noteMissing(stack, at, length(step))) {
      std::vector<double> steps;
      for (std::size_t k = 1; k < placed.size(); ++k)
        steps.push_back(placed[k].along - placed[k - 1].along);
      stack.refusal = uneven(placed, *std::min_element(steps.begin(), steps.end()),
                             *std::max_element(steps.begin(), steps.end()));
      for (const Placed& p : placed)
        stack.slices.push_back(p.header->source);
      return;
    }
    stack.slices.resize(static_cast<std::size_t>(count));
    for (std::size_t k = 0; k < placed.size(); ++k)
      stack.slices[static_cast<std::size_t>(at[k])] = placed[k].header->source;
  } else {
    const auto middle = fillUneven(stack, placed, count);
    if (!middle) {
      for (const Placed& p : placed)
        stack.slices.push_back(p.header->source);
      return;
    }
    step = *middle;
  }
  noteTilt(stack, step, frame.normal);
  noteThickness(stack, first, std::abs(dot(step, frame.normal)));
  auto grid =
      Grid::create({first.layout.columns, first.layout.rows, count}, *first.position,
                   frame.column * (*first.pixelSpacing)[1], frame.row * (*first.pixelSpacing)[0], step);
  if (grid)
    stack.grid = *grid;
  else
    stack.refusal = grid.error();
}

} // namespace

std::optional<SliceFrame> sliceFrame(const ImageHeader& header) {
  if (!header.orientation)
    return std::nullopt;
  const auto& o = *header.orientation;
  const VectorLps column{o[0], o[1], o[2]}, row{o[3], o[4], o[5]};
  const double a = length(column), b = length(row);
  if (!(a > 0.5 && a < 2 && b > 0.5 && b < 2) || std::abs(dot(column, row)) > 0.0087 * a * b)
    return std::nullopt;
  const VectorLps c = column / a, r = row / b;
  return SliceFrame{c, r, normalized(cross(c, r))};
}

std::vector<std::vector<const ImageHeader*>>
groupedByPosition(const std::vector<const ImageHeader*>& members) {
  std::vector<std::vector<const ImageHeader*>> places;
  const auto frame = sliceFrame(*members.front());
  if (!frame)
    return places;
  double last = 0;
  for (const Placed& p : placeAlongNormal(members, frame->normal)) {
    if (places.empty() || p.along - last >= samePositionMm)
      places.emplace_back();
    places.back().push_back(p.header);
    last = p.along;
  }
  return places;
}

bool hasDuplicatePositions(const std::vector<const ImageHeader*>& members) {
  const auto places = groupedByPosition(members);
  return !places.empty() && places.size() < members.size();
}

Stack buildStack(std::vector<const ImageHeader*> members, std::string tellsApart) {
  Stack stack;
  stack.tellsApart = std::move(tellsApart);
  const ImageHeader& any = *members.front();
  const auto frame = sliceFrame(any);
  const bool placeable = frame && any.pixelSpacing &&
                         std::all_of(members.begin(), members.end(),
                                     [](const ImageHeader* h) { return h->position.has_value(); });
  if (!placeable) {
    std::stable_sort(members.begin(), members.end(), [](const ImageHeader* a, const ImageHeader* b) {
      return a->source.instanceNumber < b->source.instanceNumber;
    });
    for (const ImageHeader* h : members)
      stack.slices.push_back(h->source);
    stack.refusal = fail(ErrorCode::NoGeometry, {seriesName(any)}, "buildStack");
    return stack;
  }
  std::vector<Placed> placed = placeAlongNormal(members, frame->normal);
  if (const int dropped = dropDuplicates(placed))
    stack.warnings.push_back({WarningCode::DuplicateSlices, {std::to_string(dropped)}});
  const auto lossy =
      std::find_if(members.begin(), members.end(), [](const ImageHeader* h) { return h->series.lossy; });
  if (lossy != members.end())
    stack.warnings.push_back(
        {WarningCode::Lossy, {nameOfUid((*lossy)->raw.transferSyntax), (*lossy)->lossyRatio}});
  if (placed.size() == 1) {
    stack.slices.push_back(placed.front().header->source);
    fillSingle(stack, *placed.front().header, *frame);
  } else {
    fillSeveral(stack, placed, *frame);
  }
  return stack;
}

} // namespace spondyl::dicom
