#pragma once
// Enhanced (multi-frame) CT and MR objects made from volumes.

#include "tests/core/dicom/dicom_tree.h"
#include "tests/core/dicom/phantom_volume.h"

namespace spondyl::test {

struct MadeFrame {
  PointLps position;
  VectorLps column, row;
  double rowSpacing = 1, columnSpacing = 1;
  std::vector<std::int16_t> pixels;
  Rescale rescale;
  std::string stackId = "1";
  unsigned inStack = 1, temporal = 1;
  double echoMs = 0, bValue = -1;
  Nodes more{};       ///< further functional groups
  std::string unit{}; ///< Rescale Type of a CT frame; empty: left out
};

struct MadeObject {
  bool mr = false;
  int rows = 0, columns = 0;
  std::vector<MadeFrame> frames;
  std::string uid = "1.2.3.77";
};

inline std::vector<MadeFrame> framesOf(const Volume& volume) {
  const Grid& g = volume.grid();
  const auto spacing = g.spacing();
  std::vector<MadeFrame> frames;
  for (int k = 0; k < g.size().k; ++k) {
    MadeFrame f{g.toLps(IndexIjk{0, 0, k}),
                normalized(g.stepI()),
                normalized(g.stepJ()),
                spacing[1],
                spacing[0],
                {},
                volume.rescale()};
    f.inStack = static_cast<unsigned>(k + 1);
    for (int j = 0; j < g.size().j; ++j)
      for (int i = 0; i < g.size().i; ++i)
        f.pixels.push_back(static_cast<std::int16_t>(volume.stored({i, j, k})));
    frames.push_back(std::move(f));
  }
  return frames;
}

inline MadeObject objectOf(const Volume& volume, bool mr = false) {
  return {mr, volume.size().j, volume.size().i, framesOf(volume)};
}

inline std::string pixelBytes(const MadeFrame& f) {
  std::string out;
  for (const std::int16_t v : f.pixels)
    out += le16(static_cast<std::uint16_t>(v));
  return out;
}

/// RLE of literal runs only: big, but right.
inline std::string rleFrame(const MadeFrame& f) {
  std::string segments[2];
  const std::string bytes = pixelBytes(f);
  for (std::size_t s = 0; s < 2; ++s) { // the high bytes first
    std::string plane;
    for (std::size_t at = 1 - s; at < bytes.size(); at += 2)
      plane += bytes[at];
    for (std::size_t at = 0; at < plane.size(); at += 128) {
      const std::string run = plane.substr(at, 128);
      segments[s] += static_cast<char>(run.size() - 1) + run;
    }
    if (segments[s].size() % 2)
      segments[s] += '\x80';
  }
  std::string head = le32(2) + le32(64) + le32(static_cast<std::uint32_t>(64 + segments[0].size()));
  head.resize(64, '\0');
  return head + segments[0] + segments[1];
}

inline Nodes frameNodes(const MadeFrame& f, bool mr) {
  Nodes out;
  if (f.echoMs > 0)
    out.push_back({0x00189114, "SQ", "", {{{0x00189082, "FD", fd({f.echoMs})}}}});
  if (f.bValue >= 0)
    out.push_back({0x00189117, "SQ", "", {{{0x00189087, "FD", fd({f.bValue})}}}});
  out.push_back({0x00209111,
                 "SQ",
                 "",
                 {{{0x00209056, "SH", f.stackId},
                   {0x00209057, "UL", le32(f.inStack)},
                   {0x00209128, "UL", le32(f.temporal)},
                   {0x00209157, "UL", le32(1) + le32(f.inStack) + le32(f.temporal)}}}});
  out.push_back(
      {0x00209113, "SQ", "", {{{0x00200032, "DS", ds({f.position.x, f.position.y, f.position.z})}}}});
  out.push_back(
      {0x00209116,
       "SQ",
       "",
       {{{0x00200037, "DS", ds({f.column.x, f.column.y, f.column.z, f.row.x, f.row.y, f.row.z})}}}});
  if (!mr || f.rescale != Rescale{}) {
    Nodes values{{0x00281052, "DS", ds({f.rescale.intercept})}, {0x00281053, "DS", ds({f.rescale.slope})}};
    if (!f.unit.empty())
      values.push_back({0x00281054, "LO", f.unit});
    out.push_back({0x00289145, "SQ", "", {values}});
  }
  out.insert(out.end(), f.more.begin(), f.more.end());
  return out;
}

inline Nodes dimensionNodes() {
  const auto pointer = [](std::uint32_t tag) { return Nodes{{0x00209165, "AT", tagBytes(tag)}}; };
  return {{0x00209222, "SQ", "", {pointer(0x00209056), pointer(0x00209057), pointer(0x00209128)}}};
}

/// Everything but the pixels.
inline std::string headOf(const MadeObject& o, Encoding how = {}, std::size_t describedFrames = SIZE_MAX) {
  const std::string sopClass = o.mr ? "1.2.840.10008.5.1.4.1.1.4.1" : "1.2.840.10008.5.1.4.1.1.2.1";
  Nodes nodes{
      {0x00080016, "UI", sopClass}, {0x00080018, "UI", o.uid},    {0x00080060, "CS", o.mr ? "MR" : "CT"},
      {0x00100020, "LO", "P1"},     {0x0020000D, "UI", "1.2.3"},  {0x0020000E, "UI", "1.2.3.4"},
      {0x00200013, "IS", "1"},      {0x00200052, "UI", "1.2.3.5"}};
  const Nodes dimensions = dimensionNodes();
  nodes.insert(nodes.end(), dimensions.begin(), dimensions.end());
  const Nodes image{{0x00280002, "US", le16(1)},
                    {0x00280004, "CS", "MONOCHROME2"},
                    {0x00280008, "IS", std::to_string(o.frames.size())},
                    {0x00280010, "US", le16(static_cast<unsigned>(o.rows))},
                    {0x00280011, "US", le16(static_cast<unsigned>(o.columns))},
                    {0x00280100, "US", le16(16)},
                    {0x00280101, "US", le16(16)},
                    {0x00280102, "US", le16(15)},
                    {0x00280103, "US", le16(1)}};
  nodes.insert(nodes.end(), image.begin(), image.end());
  const MadeFrame& first = o.frames.front();
  nodes.push_back({0x52009229,
                   "SQ",
                   "",
                   {{{0x00289110,
                      "SQ",
                      "",
                      {{{0x00180050, "DS", ds({4})},
                        {0x00280030, "DS", ds({first.rowSpacing, first.columnSpacing})}}}}}}});
  Node groups{0x52009230, "SQ", ""};
  for (std::size_t f = 0; f < std::min(describedFrames, o.frames.size()); ++f)
    groups.items.push_back(frameNodes(o.frames[f], o.mr));
  if (describedFrames > 0)
    nodes.push_back(std::move(groups));
  return encode(nodes, how);
}

inline std::string metaOf(const MadeObject& o, const std::string& syntax = "1.2.840.10008.1.2.1") {
  return fileMeta(syntax, o.mr ? "1.2.840.10008.5.1.4.1.1.4.1" : "1.2.840.10008.5.1.4.1.1.2.1");
}

inline std::string nativePixels(const MadeObject& o, Encoding how = {}) {
  std::string bytes;
  for (const MadeFrame& f : o.frames)
    bytes += pixelBytes(f);
  return encode({{0x7FE00010, "OW", bytes}}, how);
}

/// A whole uncompressed file.
inline std::string fileOf(const MadeObject& o, Encoding how = {}) {
  return metaOf(o, how.implicit ? "1.2.840.10008.1.2" : "1.2.840.10008.1.2.1") + headOf(o, how) +
         nativePixels(o, how);
}

/// RLE, each frame in `pieces` fragments, with or without a table of their offsets.
inline std::string rleFileOf(const MadeObject& o, std::size_t pieces, bool withTable) {
  std::string table, fragments;
  for (const MadeFrame& f : o.frames) {
    table += le32(static_cast<std::uint32_t>(fragments.size()));
    const std::string packed = rleFrame(f);
    const std::size_t piece = (packed.size() / pieces + 1) / 2 * 2;
    for (std::size_t p = 0; p < pieces; ++p) {
      const std::string part = p + 1 < pieces ? packed.substr(p * piece, piece) : packed.substr(p * piece);
      fragments += item(static_cast<std::uint32_t>(part.size()), part);
    }
  }
  if (!withTable)
    table.clear();
  return metaOf(o, "1.2.840.10008.1.2.5") + headOf(o) +
         longElement(0x7FE00010, "OB", 0xFFFFFFFF,
                     item(static_cast<std::uint32_t>(table.size()), table) + fragments +
                         tagBytes(0xFFFEE0DD) + le32(0));
}

} // namespace spondyl::test
