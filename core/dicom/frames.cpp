// Multi-frame CT and MR: what the functional groups say about each frame.
#include "core/dicom/header_parts.h"

#include "core/dicom/text.h"

#include <algorithm>

namespace spondyl::dicom {
namespace {

// The attributes of one frame: its own before the shared ones.
DicomHeader groupsOf(const DicomHeader& raw, std::size_t frame) {
  DicomHeader groups;
  groups.path = raw.path;
  groups.bigEndian = raw.bigEndian;
  if (frame < raw.frameGroups.size())
    groups.values = raw.frameGroups[frame];
  groups.values.insert(raw.sharedGroups.begin(), raw.sharedGroups.end());
  return groups;
}

std::optional<double> firstDouble(const DicomHeader& groups, tag::Tag t) {
  const auto all = groups.doubles(t);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

std::string joined(const std::vector<double>& values) {
  std::string out;
  for (const double v : values)
    out += (out.empty() ? "" : " ") + shortNumber(v);
  return out;
}

// Pointers that say where a frame lies; frames that differ in these alone are one stack.
bool isPlace(tag::Tag pointer) {
  return pointer == tag::InStackPosition || pointer == tag::ImagePosition || pointer == tag::StackId ||
         pointer == 0x00209113;
}

void addDimensions(const DicomHeader& raw, const DicomHeader& groups, ImageHeader& h) {
  const auto values = groups.longs(tag::DimensionValues);
  for (std::size_t d = 0; d < std::min(values.size(), raw.dimensions.size()); ++d) {
    const auto at = raw.dimensions[d].find(tag::DimensionPointer);
    if (at == raw.dimensions[d].end())
      continue;
    const auto* bytes = reinterpret_cast<const std::byte*>(at->second.data());
    const tag::Tag pointer =
        (tag::Tag(readU16(bytes, raw.bigEndian)) << 16) | readU16(bytes + 2, raw.bigEndian);
    if (!isPlace(pointer))
      h.discriminators.emplace_back("dimension " + std::to_string(d + 1), std::to_string(values[d]));
  }
}

void addDiscriminators(const DicomHeader& raw, const DicomHeader& groups, ImageHeader& h) {
  h.discriminators.clear();
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty())
      h.discriminators.emplace_back(name, value);
  };
  const auto number = [](const std::optional<double>& v) { return v ? shortNumber(*v) : std::string(); };
  const auto temporal = groups.longs(tag::TemporalIndex);
  add("stack", groups.text(tag::StackId));
  add("echo time", number(h.series.echoTimeMs));
  add("temporal position", temporal.empty() ? "" : std::to_string(temporal.front()));
  add("diffusion b-value", number(firstDouble(groups, tag::DiffusionBValue)));
  add("diffusion direction", joined(groups.doubles(tag::DiffusionDirection)));
  add("trigger time", number(firstDouble(groups, tag::TriggerDelay)));
  add("image type", groups.text(tag::FrameType));
  add("kernel", groups.text(tag::Kernel));
  add("flip angle", groups.text(tag::FlipAngle));
  const auto acquisition = groups.us(tag::FrameAcquisition);
  add("acquisition number", acquisition ? std::to_string(*acquisition) : "");
  addDimensions(raw, groups, h);
}

// In multi-frame objects these are of the kind FD; converted single images keep their decimal string.
std::optional<double> anyNumber(const DicomHeader& groups, tag::Tag binary, tag::Tag decimal) {
  const auto value = firstDouble(groups, binary);
  return value ? value : groups.number(decimal);
}

Status readFrame(const DicomHeader& raw, std::size_t frame, ImageHeader& h) {
  const DicomHeader groups = groupsOf(raw, frame);
  SPONDYL_CHECK(checkUnit(raw, groups));
  readGeometry(groups, h);
  if (const auto rescale = rescaleOf(groups))
    h.rescale = rescale;
  if (h.series.windows.empty())
    h.series.windows =
        windowsOf(groups, toUtf8(groups.text(tag::WindowExplanation), raw.texts(tag::CharacterSet), false));
  h.series.echoTimeMs = anyNumber(groups, tag::EffectiveEchoTime, tag::EchoTime);
  if (groups.has(tag::RepetitionTime))
    h.series.repetitionTimeMs = groups.number(tag::RepetitionTime);
  if (groups.has(tag::Kvp))
    h.series.kvp = groups.number(tag::Kvp);
  if (groups.has(tag::Kernel))
    h.series.kernel = groups.text(tag::Kernel);
  addDiscriminators(raw, groups, h);
  return {};
}

} // namespace

Result<std::vector<ImageHeader>> splitFrames(const DicomHeader& raw, const ImageHeader& common, int frames) {
  const auto count = static_cast<std::size_t>(frames);
  if (!raw.frameGroups.empty() && raw.frameGroups.size() != count)
    return fail(ErrorCode::Malformed,
                {raw.path.string(), std::to_string(raw.frameGroups.size()) + " frames are described, " +
                                        std::to_string(frames) + " announced"},
                "splitFrames");
  std::vector<std::vector<ByteRange>> packed;
  if (raw.pixels.encapsulated) {
    SPONDYL_TRY(packed, fragmentsOfFrames(raw, frames));
  }
  const PixelLayout& p = common.layout;
  const std::uint64_t bytes =
      std::uint64_t(p.rows) * std::uint64_t(p.columns) * std::uint64_t(p.bitsAllocated / 8);
  std::vector<ImageHeader> out(count, common);
  for (std::size_t f = 0; f < count; ++f) {
    out[f].source.frame = static_cast<int>(f);
    if (raw.pixels.encapsulated)
      out[f].raw.pixels.ranges = std::move(packed[f]);
    else
      out[f].raw.pixels.ranges = {{raw.pixels.ranges.front().offset + f * bytes, bytes}};
    SPONDYL_CHECK(readFrame(raw, f, out[f]));
  }
  return out;
}

} // namespace spondyl::dicom
