#pragma once
// Which values are black and which are white.

#include "core/image/volume.h"
#include "core/study/study.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spondyl::viewer {

struct Windowing {
  double centre = 400, width = 2000; ///< rescaled values (HU on CT); width > 0
  bool inverted = false;
  /// A radiograph's own curve (VOI LUT): applied to rescaled values first; centre and width are then in what
  /// it gives.
  std::shared_ptr<const VoiLut> curve = nullptr;
  double low() const { return centre - width / 2; }
  double high() const { return centre + width / 2; }
  bool operator==(const Windowing&) const = default;
};

struct WindowingPreset {
  std::string name; ///< "CT bone"
  Windowing windowing;
};
/// CLINICAL §1.3; keys 1 to 7.
const std::vector<WindowingPreset>& ctPresets();
/// "bone", "CT bone", "soft-tissue", "C,W" is not one. Case and the words' separators do not matter.
std::optional<Windowing> presetByName(std::string_view name);

/// From the `low` to the `high` fraction (0.01, 0.99) of the values above the background.
Windowing percentileWindowing(const Volume& volume, double low = 0.01, double high = 0.99);
/// CT: bone. A radiograph: as its file wants to be shown. Anything else: the percentiles of the series.
Windowing defaultWindowing(const Series& series, const Volume& volume, int stack = 0);
/// Key 0: the file's own window, or the default.
Windowing fileWindowing(const Series& series, const Volume& volume, int stack = 0);
/// Set if this stack is one.
const Radiograph* radiographOf(const Series& series, int stack);

/// CT by what the series or the values' meaning says.
bool isCt(const Series& series, const Volume& volume);

} // namespace spondyl::viewer
