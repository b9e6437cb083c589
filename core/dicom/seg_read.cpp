#include "core/dicom/dataset.h"
#include "core/dicom/seg.h"
#include "core/dicom/seg_bits.h"
#include "core/dicom/seg_identity.h"
#include "core/dicom/transfer_syntax.h"
#include "core/dicom/walk.h"

#include <dcmtk/config/osconfig.h>

#include <algorithm>
#include <cmath>
#include <dcmtk/dcmdata/dctk.h>
#include <map>
#include <mutex>

namespace spondyl::dicom {
namespace {

Error malformed(const Path& path, const char* what) {
  return fail(ErrorCode::Malformed, {path.string(), what}, "readSeg");
}

std::vector<double> numbersOf(DcmItem& item, const DcmTagKey& key) {
  std::vector<double> out;
  Float64 value = 0;
  for (unsigned long at = 0; item.findAndGetFloat64(key, value, at).good(); ++at)
    out.push_back(value);
  return out;
}

DcmItem* firstItem(DcmItem* parent, const DcmTagKey& key) {
  DcmItem* item = nullptr;
  return parent && parent->findAndGetSequenceItem(key, item).good() ? item : nullptr;
}

// Items in order; getItem(n) would walk the list from its start each time.
std::vector<DcmItem*> itemsOf(DcmItem& parent, const DcmTagKey& key) {
  std::vector<DcmItem*> items;
  DcmSequenceOfItems* sequence = nullptr;
  if (parent.findAndGetSequence(key, sequence).bad() || !sequence)
    return items;
  for (DcmObject* o = sequence->nextInContainer(nullptr); o; o = sequence->nextInContainer(o))
    items.push_back(static_cast<DcmItem*>(o));
  return items;
}

SegSegment segmentOf(DcmItem& item) {
  SegSegment s;
  s.label = get(item, 0x00620005);
  s.description = get(item, 0x00620006);
  s.category = getCode(item, 0x00620003);
  s.type = getCode(item, 0x0062000F);
  if (DcmItem* type = firstItem(&item, DcmTagKey(0x0062, 0x000F)))
    if (const CodedConcept modifier = getCode(*type, 0x00620011); !modifier.value.empty())
      s.modifier = modifier;
  if (const CodedConcept region = getCode(item, 0x00082218); !region.value.empty())
    s.anatomicRegion = region;
  const std::string algorithm = get(item, 0x00620008);
  s.algorithm = algorithm == "MANUAL"      ? SegAlgorithm::Manual
                : algorithm == "AUTOMATIC" ? SegAlgorithm::Automatic
                                           : SegAlgorithm::SemiAutomatic;
  s.algorithmName = get(item, 0x00620009);
  if (DcmItem* identification = firstItem(&item, DcmTagKey(0x0062, 0x0007)))
    s.algorithmVersion = get(*identification, 0x00660031);
  std::array<std::uint16_t, 3> lab{};
  for (unsigned long c = 0; c < 3; ++c)
    item.findAndGetUint16(DcmTagKey(0x0062, 0x000D), lab[c], c);
  s.rgb = rgbOf(lab);
  s.trackingId = get(item, 0x00620020);
  s.trackingUid = get(item, 0x00620021);
  return s;
}

struct SegFrame {
  int segment = 0;
  PointLps position;
};

struct Layout {
  int rows = 0, columns = 0;
  VectorLps column, row; ///< unit
  double rowSpacing = 0, columnSpacing = 0, sliceSpacing = 0;
  std::vector<SegFrame> frames;
  VectorLps normal() const { return cross(column, row); }
};

Result<Layout> readLayout(DcmItem& dataset, const Path& path) {
  Layout out;
  Uint16 rows = 0, columns = 0;
  dataset.findAndGetUint16(DCM_Rows, rows);
  dataset.findAndGetUint16(DCM_Columns, columns);
  if (rows == 0 || columns == 0)
    return malformed(path, "Rows or Columns");
  out.rows = rows;
  out.columns = columns;
  DcmItem* shared = firstItem(&dataset, DCM_SharedFunctionalGroupsSequence);
  const auto groups = itemsOf(dataset, DCM_PerFrameFunctionalGroupsSequence);
  if (groups.empty())
    return malformed(path, "no frames");
  const auto either = [&](DcmItem* frame, const DcmTagKey& key) {
    DcmItem* own = firstItem(frame, key);
    return own ? own : firstItem(shared, key);
  };
  for (DcmItem* group : groups) {
    DcmItem* position = either(group, DCM_PlanePositionSequence);
    DcmItem* orientation = either(group, DCM_PlaneOrientationSequence);
    DcmItem* measures = either(group, DCM_PixelMeasuresSequence);
    DcmItem* segment = either(group, DCM_SegmentIdentificationSequence);
    if (!position || !orientation || !measures)
      return fail(ErrorCode::NoGeometry, {path.string()}, "readSeg");
    const auto p = numbersOf(*position, DCM_ImagePositionPatient),
               o = numbersOf(*orientation, DCM_ImageOrientationPatient);
    const auto spacing = numbersOf(*measures, DCM_PixelSpacing),
               between = numbersOf(*measures, DCM_SpacingBetweenSlices);
    const auto thickness = numbersOf(*measures, DCM_SliceThickness);
    if (p.size() < 3 || o.size() < 6 || spacing.size() < 2)
      return fail(ErrorCode::NoGeometry, {path.string()}, "readSeg");
    const VectorLps column = normalized({o[0], o[1], o[2]}), row = normalized({o[3], o[4], o[5]});
    const bool first = out.frames.empty();
    if (!first && (length(column - out.column) > 1e-3 || length(row - out.row) > 1e-3))
      return fail(ErrorCode::UnsupportedObject, {path.string(), "segmentation in several orientations"},
                  "readSeg");
    out.column = column;
    out.row = row;
    out.rowSpacing = spacing[0];
    out.columnSpacing = spacing[1];
    out.sliceSpacing = !between.empty() && between[0] > 0 ? between[0] : thickness.empty() ? 0 : thickness[0];
    Uint16 number = 1;
    if (segment)
      segment->findAndGetUint16(DCM_ReferencedSegmentNumber, number);
    out.frames.push_back({number, {p[0], p[1], p[2]}});
  }
  return out;
}

// The grid of the frames themselves: from the lowest to the highest, by the smallest step that occurs.
Result<Grid> gridOf(const Layout& l, const Path& path) {
  std::vector<std::pair<double, PointLps>> places;
  for (const SegFrame& f : l.frames)
    places.emplace_back(dot(f.position - PointLps{}, l.normal()), f.position);
  std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  double step = l.sliceSpacing;
  for (std::size_t k = 1; k < places.size(); ++k)
    if (const double d = places[k].first - places[k - 1].first; d > 0.01 && (step <= 0 || d < step))
      step = d;
  if (step <= 0)
    step = 1;
  const double span = places.back().first - places.front().first;
  const int count = static_cast<int>(std::lround(std::min(span / step, 65000.0))) + 1;
  constexpr double mostVoxels = double(1 << 30);
  if (double(count) * l.columns * l.rows > mostVoxels)
    return fail(ErrorCode::DeclaredTooLarge,
                {path.string(), std::to_string(count) + " slices", std::to_string(l.frames.size())},
                "readSeg");
  const VectorLps stepK =
      count > 1 ? (places.back().second - places.front().second) / (count - 1) : l.normal() * step;
  auto grid = Grid::create({l.columns, l.rows, count}, places.front().second, l.column * l.columnSpacing,
                           l.row * l.rowSpacing, stepK);
  if (!grid)
    return fail(ErrorCode::NoGeometry, {path.string()}, "readSeg");
  return grid;
}

// The slice of `grid` that a frame lies on, or -1: half a pixel sideways is too much.
int sliceOn(const Grid& grid, const Layout& l, PointLps position) {
  const PointIjk at = grid.toIjk(position);
  const int k = static_cast<int>(std::lround(std::clamp(at.k, -1.0, 1e6)));
  const bool fits = std::abs(at.i) < 0.1 && std::abs(at.j) < 0.1 && std::abs(at.k - k) < 0.1;
  const bool parallel =
      length(normalized(grid.stepI()) - l.column) < 1e-3 && length(normalized(grid.stepJ()) - l.row) < 1e-3;
  return fits && parallel && k >= 0 && k < grid.size().k ? k : -1;
}

Result<DicomHeader> checkedHeader(const Path& path) {
  WalkLimits limits;
  limits.toEnd = true;
  limits.inflatedBytes = std::uint64_t(512) << 20; // many frames
  SPONDYL_TRY(DicomHeader header, walkDicom(path, limits));
  const std::string sopClass = header.has(tag::SopClass) ? header.text(tag::SopClass) : header.mediaSopClass;
  if (sopClass != segmentationStorage)
    return fail(ErrorCode::UnsupportedObject, {path.string(), nameOfUid(sopClass)}, "readSeg");
  const SyntaxInfo* syntax = findSyntax(header.transferSyntax);
  const bool plain = syntax &&
                     (syntax->coding == PixelCoding::Native || syntax->coding == PixelCoding::Deflated) &&
                     !syntax->bigEndian;
  if (!plain || header.pixels.encapsulated)
    return fail(ErrorCode::UnsupportedTransferSyntax, {path.string(), nameOfUid(header.transferSyntax)},
                "readSeg");
  if (header.pixels.tag != tag::PixelData)
    return fail(ErrorCode::Truncated, {path.string(), "?", "0"}, "readSeg");
  return header;
}

// Frame voxels by either encoding: one bit, or eight at half of the largest value.
class Voxels {
 public:
  static Result<Voxels> read(DcmItem& dataset, const DicomHeader& header, const Layout& layout,
                             const Path& path) {
    Uint16 allocated = 0, maximum = 255;
    dataset.findAndGetUint16(DCM_BitsAllocated, allocated);
    dataset.findAndGetUint16(DCM_MaximumFractionalValue, maximum);
    if (allocated != 1 && allocated != 8)
      return fail(ErrorCode::UnsupportedPixels,
                  {path.string(), std::to_string(allocated) + " bits allocated"}, "readSeg");
    Voxels out;
    out.m_perFrame = static_cast<std::size_t>(layout.rows) * static_cast<std::size_t>(layout.columns);
    out.m_half = allocated == 8 ? (maximum + 1) / 2 : 0;
    const std::size_t voxels = out.m_perFrame * layout.frames.size(),
                      wanted = allocated == 1 ? (voxels + 7) / 8 : voxels;
    const ByteRange range = header.pixels.ranges.front();
    if (range.length < wanted)
      return fail(ErrorCode::Truncated, {path.string(), std::to_string(wanted), std::to_string(range.length)},
                  "readSeg");
    SPONDYL_TRY(ByteSource source, header.source());
    out.m_bytes.resize(wanted);
    if (!source.read(range.offset, std::as_writable_bytes(std::span(out.m_bytes))))
      return fail(ErrorCode::FileUnreadable, {path.string(), "read error"}, "readSeg");
    return out;
  }
  template <class F>
  void forEachSet(std::size_t frame, F&& set) const {
    if (m_half == 0)
      return unpackFrame(m_bytes, frame, m_perFrame, set);
    for (std::size_t v = 0; v < m_perFrame; ++v)
      if (m_bytes[frame * m_perFrame + v] >= m_half)
        set(v);
  }

 private:
  std::vector<std::uint8_t> m_bytes;
  std::size_t m_perFrame = 0;
  int m_half = 0; ///< 0: one bit a voxel
};

} // namespace

bool isSeg(const Path& path) {
  const auto header = walkDicom(path);
  if (!header)
    return false;
  return (header->has(tag::SopClass) ? header->text(tag::SopClass) : header->mediaSopClass) ==
         segmentationStorage;
}

Result<SegContent> readSeg(const Path& path, const Grid* onto) {
  static std::once_flag quiet;
  std::call_once(quiet, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
  // DCMTK sees only files whose nesting and lengths were found sane; the pixels are read by ourselves.
  SPONDYL_TRY(const DicomHeader header, checkedHeader(path));
  DcmFileFormat file;
  if (file.loadFile(OFFilename(path.c_str())).bad())
    return malformed(path, "segmentation");
  DcmItem& dataset = *file.getDataset();
  SPONDYL_TRY(const Layout layout, readLayout(dataset, path));
  SegContent content;
  std::map<int, std::uint16_t> numberOf;
  for (DcmItem* item : itemsOf(dataset, DCM_SegmentSequence)) {
    Uint16 number = 0;
    item->findAndGetUint16(DCM_SegmentNumber, number);
    SegSegment segment = segmentOf(*item);
    segment.number = labelNumberOf(segment, number);
    const bool taken = std::any_of(content.segments.begin(), content.segments.end(),
                                   [&](const SegSegment& s) { return s.number == segment.number; });
    if (taken)
      segment.number = 10000 + number;
    numberOf[number] = static_cast<std::uint16_t>(std::min(segment.number, 65535));
    content.segments.push_back(std::move(segment));
  }
  SPONDYL_TRY(const Grid grid, onto ? Result<Grid>(*onto) : gridOf(layout, path));
  if (grid.size().i != layout.columns || grid.size().j != layout.rows)
    return fail(ErrorCode::GridMismatch, {"segmentation", "the series' matrix", "another matrix"}, "readSeg");
  SPONDYL_TRY(const Voxels voxels, Voxels::read(dataset, header, layout, path));
  content.labels = {grid, std::vector<std::uint16_t>(grid.size().count())};
  const std::size_t perSlice =
      static_cast<std::size_t>(layout.rows) * static_cast<std::size_t>(layout.columns);
  std::size_t overlap = 0;
  for (std::size_t f = 0; f < layout.frames.size(); ++f) {
    const int k = sliceOn(grid, layout, layout.frames[f].position);
    const auto number = numberOf.find(layout.frames[f].segment);
    if (k < 0)
      return fail(ErrorCode::GridMismatch, {"segmentation", "the series' slices", "a frame between them"},
                  "readSeg");
    if (number == numberOf.end())
      return malformed(path, "frame of an unknown segment");
    std::uint16_t* slice = content.labels.numbers.data() + static_cast<std::size_t>(k) * perSlice;
    voxels.forEachSet(f, [&](std::size_t v) {
      overlap += slice[v] != 0 && slice[v] != number->second;
      slice[v] = number->second;
    });
  }
  if (overlap)
    content.warnings.push_back({WarningCode::SegmentsOverlap, {std::to_string(overlap)}});
  content.studyUid = get(dataset, tag::StudyUid);
  content.frameOfReferenceUid = get(dataset, tag::FrameOfReference);
  content.contentLabel = get(dataset, 0x00700080);
  if (DcmItem* referenced = firstItem(&dataset, DCM_ReferencedSeriesSequence))
    content.referencedSeriesUid = get(*referenced, tag::SeriesUid);
  return content;
}

} // namespace spondyl::dicom
