#include "core/study/study.h"

#include <algorithm>
#include <cctype>

namespace spondyl {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool mentions(const Series& series, std::initializer_list<const char*> words) {
  const std::string text = lower(series.description + " " + series.protocol + " " + series.bodyPart);
  return std::any_of(words.begin(), words.end(),
                     [&](const char* w) { return text.find(w) != std::string::npos; });
}

// A volume beats a localizer, thin slices beat thick ones; a name only breaks ties, as names are often wrong.
double spineScore(const Series& series, const Stack& stack, Acceptance accept) {
  if (stack.radiograph) { // behind any volume, the larger picture first
    const double pixels = stack.grid ? static_cast<double>(stack.grid->size().count()) : 0;
    return accept.radiograph && pixels > 0 ? 1e-3 * pixels / (1e7 + pixels) : -1;
  }
  const bool refused =
      stack.refusal && !(accept.singleSlice && stack.refusal->code == ErrorCode::SingleSlice);
  if (refused || !stack.grid)
    return -1;
  const Grid& grid = *stack.grid;
  const auto spacing = grid.spacing();
  const double volumeDm3 = grid.voxelVolumeMm3() * static_cast<double>(grid.size().count()) * 1e-6;
  const double largest = std::max({spacing[0], spacing[1], spacing[2]});
  double score = std::min(volumeDm3, 20.0) / 20.0 + 1.0 / (1.0 + largest);
  if (grid.size().k < 5)
    score *= 0.2;
  if (series.modality == "CT" || series.modality == "MR")
    score += 0.5;
  if (mentions(series,
               {"spine", "lumb", "lws", "hws", "bws", "wirbel", "cerv", "thorac", "rachis", "columna"}))
    score += 0.2;
  if (mentions(series, {"scout", "localizer", "topogram", "dose"}))
    score *= 0.3;
  return score;
}

std::vector<std::string> seriesNames(const StudyListing& listing) {
  std::vector<std::string> names;
  for (const Study& study : listing.studies)
    for (const Series& series : study.series)
      names.push_back(series.uid.empty() ? study.name : series.uid);
  return names;
}

} // namespace

std::string displayName(const Patient& patient) {
  std::size_t begin = 0;
  std::string group;
  while (begin <= patient.name.size()) {
    const std::size_t end = std::min(patient.name.find('=', begin), patient.name.size());
    group = patient.name.substr(begin, end - begin);
    if (group.find_first_not_of("^ ") != std::string::npos)
      break;
    begin = end + 1;
  }
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= group.size();) {
    const std::size_t end = std::min(group.find('^', at), group.size());
    parts.push_back(group.substr(at, end - at));
    at = end + 1;
  }
  parts.resize(5);
  std::string out;
  for (const std::size_t part : {3u, 1u, 2u, 0u, 4u}) // prefix given middle family suffix
    if (!parts[part].empty())
      out += (out.empty() ? "" : " ") + parts[part];
  return out;
}

Result<SeriesChoice> chooseSeries(const StudyListing& listing, const std::string& uidOrNumber,
                                  Acceptance accept) {
  std::optional<SeriesChoice> best;
  std::optional<Error> refusal;
  double bestScore = -1;
  int matches = 0;
  std::size_t mostSlices = 0;
  for (std::size_t s = 0; s < listing.studies.size(); ++s)
    for (std::size_t r = 0; r < listing.studies[s].series.size(); ++r) {
      const Series& series = listing.studies[s].series[r];
      const bool byUid = series.uid == uidOrNumber;
      const bool byNumber = series.number && std::to_string(*series.number) == uidOrNumber;
      if (!uidOrNumber.empty() && !byUid && !byNumber)
        continue;
      ++matches;
      for (std::size_t k = 0; k < series.stacks.size(); ++k) {
        const Stack& stack = series.stacks[k];
        const double score = spineScore(series, stack, accept);
        if (score > bestScore) {
          bestScore = score;
          best = SeriesChoice{s, r, k};
        }
        if (stack.refusal && stack.slices.size() >= mostSlices) {
          mostSlices = stack.slices.size();
          refusal = stack.refusal;
        }
      }
    }
  if (matches == 0 && !uidOrNumber.empty())
    return fail(ErrorCode::SeriesNotFound, {uidOrNumber}, "chooseSeries");
  if (matches > 1 && !uidOrNumber.empty())
    return fail(ErrorCode::SeveralSeries, seriesNames(listing), "chooseSeries");
  if (best)
    return *best;
  if (refusal)
    return *refusal;
  return fail(ErrorCode::NoImages, {}, "chooseSeries");
}

} // namespace spondyl
