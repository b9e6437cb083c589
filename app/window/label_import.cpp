#include "app/window/label_import.h"

#include "core/anatomy/codes.h"
#include "core/formats/open.h"

#include <algorithm>

namespace spondyl::app {
namespace {

constexpr std::size_t mostNumbers = 200; // an image has thousands of values

/// Mean height of each number, from every other row and column.
std::vector<std::pair<int, double>> heights(const LabelArray& labels) {
  std::vector<std::pair<double, std::size_t>> sums(std::size_t(1) << 16);
  const GridSize size = labels.grid.size();
  for (int k = 0; k < size.k; ++k)
    for (int j = 0; j < size.j; j += 2)
      for (int i = 0; i < size.i; i += 2) {
        const std::uint16_t number = labels.numbers[labels.grid.offset({i, j, k})];
        if (number == 0)
          continue;
        sums[number].first += labels.grid.toLps(IndexIjk{i, j, k}).z;
        ++sums[number].second;
      }
  std::vector<std::pair<int, double>> found;
  for (std::size_t n = 1; n < sums.size(); ++n)
    if (sums[n].second)
      found.emplace_back(int(n), sums[n].first / double(sums[n].second));
  return found;
}

using Table = std::optional<int> (*)(int);
std::optional<int> ownNumber(int number) {
  return codeForLabel(number) ? std::optional<int>(number) : std::nullopt;
}

/// Levels that a table names, less those that stand above the one before them.
int fitOf(const std::vector<std::pair<int, double>>& heightOfNumber, Table table) {
  std::vector<std::pair<int, double>> levels; // rank, height
  for (const auto& [number, z] : heightOfNumber)
    if (const auto label = table(number))
      if (const auto level = levelFromLabel(*label))
        levels.emplace_back(rank(*level), z);
  std::sort(levels.begin(), levels.end());
  int fit = int(levels.size());
  for (std::size_t n = 1; n < levels.size(); ++n)
    if (levels[n].first != levels[n - 1].first && levels[n].second > levels[n - 1].second)
      fit -= 3;
  return fit;
}

} // namespace

LabelScheme schemeByOrder(const std::vector<std::pair<int, double>>& heightOfNumber) {
  const std::pair<LabelScheme, Table> tables[] = {{LabelScheme::Codes, ownNumber},
                                                  {LabelScheme::TotalSegmentator, labelFromTotalSegmentator},
                                                  {LabelScheme::TotalSpineSeg, labelFromTotalSpineSeg}};
  LabelScheme best = LabelScheme::Codes;
  int bestFit = 0;
  for (const auto& [scheme, table] : tables)
    if (const int fit = fitOf(heightOfNumber, table); fit > bestFit)
      best = scheme, bestFit = fit;
  return best;
}

Result<LabelJudgement> judgeLabels(const Path& path, const Grid& image, const JobContext& job) {
  const Result<LabelArray> labels = readLabelFile(path, job);
  if (!labels) {
    const ErrorCode code = labels.error().code;
    if (code == ErrorCode::Cancelled || code == ErrorCode::FileNotFound || code == ErrorCode::FileUnreadable)
      return labels.error();
    return LabelJudgement{};
  }
  const auto found = heights(*labels);
  LabelJudgement judgement;
  judgement.areLabels = !found.empty() && found.size() <= mostNumbers &&
                        image.contains(nearestIndex(image.toIjk(labels->grid.centre())));
  judgement.scheme = schemeByOrder(found);
  return judgement;
}

} // namespace spondyl::app
