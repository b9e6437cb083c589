#include "core/base/id.h"
#include "core/dicom/dataset.h"
#include "core/dicom/seg.h"
#include "core/dicom/seg_bits.h"
#include "core/dicom/transfer_syntax.h"

#include <dcmtk/config/osconfig.h>

#include <algorithm>
#include <cmath>
#include <dcmtk/dcmdata/dctk.h>
#include <map>
#include <set>

namespace spondyl::dicom {
namespace {

const CodedConcept segmentationCode{"DCM", "113076", "Segmentation"};
const CodedConcept sourcePurpose{"DCM", "121322", "Source image for image processing operation"};
const CodedConcept artificialIntelligence{"DCM", "123110", "Artificial Intelligence"};

struct Frame {
  std::size_t segment = 0; ///< index into the written segments
  int slice = 0;
};

// Frames in the order segment, slice; segments without a voxel are left out and `kept` renumbered.
std::vector<Frame> collectFrames(const LabelArray& labels, std::vector<SegSegment>& kept) {
  std::map<std::uint16_t, std::vector<int>> slicesOf;
  const GridSize n = labels.grid.size();
  const std::size_t perSlice = static_cast<std::size_t>(n.i) * static_cast<std::size_t>(n.j);
  std::vector<bool> seen(65536);
  for (int k = 0; k < n.k; ++k) {
    std::fill(seen.begin(), seen.end(), false);
    std::uint16_t previous = 0;
    for (const std::uint16_t v :
         std::span(labels.numbers).subspan(static_cast<std::size_t>(k) * perSlice, perSlice)) {
      if (v == previous || v == 0)
        continue;
      previous = v;
      if (!seen[v])
        slicesOf[v].push_back(k);
      seen[v] = true;
    }
  }
  std::erase_if(kept, [&](const SegSegment& s) {
    return s.number <= 0 || s.number > 65535 || !slicesOf.contains(static_cast<std::uint16_t>(s.number));
  });
  std::vector<Frame> frames;
  for (std::size_t s = 0; s < kept.size(); ++s)
    for (const int k : slicesOf[static_cast<std::uint16_t>(kept[s].number)])
      frames.push_back({s, k});
  return frames;
}

const char* algorithmType(SegAlgorithm a) {
  switch (a) {
  case SegAlgorithm::Automatic:
    return "AUTOMATIC";
  case SegAlgorithm::SemiAutomatic:
    return "SEMIAUTOMATIC";
  case SegAlgorithm::Manual:
    break;
  }
  return "MANUAL";
}

void putSegment(DcmItem& dataset, const SegSegment& s, std::uint16_t number) {
  DcmItem& item = addItem(dataset, 0x00620002);
  putUs(item, 0x00620004, number);
  put(item, 0x00620005, s.label);
  if (!s.description.empty())
    put(item, 0x00620006, s.description);
  put(item, 0x00620008, algorithmType(s.algorithm));
  putCode(item, 0x00620003, s.category);
  putCode(item, 0x0062000F, s.type);
  if (s.modifier) {
    DcmItem* type = nullptr;
    if (item.findAndGetSequenceItem(DcmTagKey(0x0062, 0x000F), type).good())
      putCode(*type, 0x00620011, *s.modifier);
  }
  if (s.anatomicRegion)
    putCode(item, 0x00082218, *s.anatomicRegion);
  if (s.algorithm != SegAlgorithm::Manual) {
    const std::string name = s.algorithmName.empty() ? "Spondyl" : s.algorithmName;
    put(item, 0x00620009, name);
    DcmItem& algorithm = addItem(item, 0x00620007);
    putCode(algorithm, 0x0066002F, artificialIntelligence);
    put(algorithm, 0x00660036, name);
    put(algorithm, 0x00660031, s.algorithmVersion.empty() ? SPONDYL_VERSION : s.algorithmVersion);
  }
  const auto lab = cielabOf(s.rgb);
  putUs(item, 0x0062000D, {lab[0], lab[1], lab[2]});
  put(item, 0x00620020, s.trackingId.empty() ? s.label : s.trackingId);
  put(item, 0x00620021, s.trackingUid.empty() ? newDicomUid() : s.trackingUid);
}

void putDimensions(DcmItem& dataset) {
  const std::string organization = newDicomUid();
  put(addItem(dataset, 0x00209221), 0x00209164, organization);
  const struct {
    Uint16 group, element, functionalGroup, functionalElement;
    const char* label;
  } dimensions[] = {{0x0062, 0x000B, 0x0062, 0x000A, "ReferencedSegmentNumber"},
                    {0x0020, 0x0032, 0x0020, 0x9113, "ImagePositionPatient"}};
  for (const auto& d : dimensions) {
    DcmItem& item = addItem(dataset, 0x00209222);
    put(item, 0x00209164, organization);
    item.putAndInsertTagKey(DCM_DimensionIndexPointer, DcmTagKey(d.group, d.element));
    item.putAndInsertTagKey(DCM_FunctionalGroupPointer, DcmTagKey(d.functionalGroup, d.functionalElement));
    put(item, 0x00209421, d.label);
  }
}

void putSharedGroups(DcmItem& dataset, const Grid& grid) {
  const auto spacing = grid.spacing();
  const VectorLps column = normalized(grid.stepI()), row = normalized(grid.stepJ());
  const double across = std::abs(dot(grid.stepK(), cross(column, row)));
  DcmItem& shared = addItem(dataset, 0x52009229);
  DcmItem& measures = addItem(shared, 0x00289110);
  putDs(measures, tag::SliceThickness, {across});
  putDs(measures, tag::SpacingBetweenSlices, {across});
  putDs(measures, tag::PixelSpacing, {spacing[1], spacing[0]});
  DcmItem& orientation = addItem(shared, 0x00209116);
  putDs(orientation, tag::ImageOrientation, {column.x, column.y, column.z, row.x, row.y, row.z});
}

void putFrame(DcmItem& item, const Frame& frame, const Grid& grid, const SliceSource& source,
              bool resampled) {
  DcmItem& content = addItem(item, 0x00209111);
  putUl(content, 0x00209157,
        {static_cast<std::uint32_t>(frame.segment + 1), static_cast<std::uint32_t>(frame.slice + 1)});
  const PointLps position = grid.toLps(IndexIjk{0, 0, frame.slice});
  putDs(addItem(item, 0x00209113), tag::ImagePosition, {position.x, position.y, position.z});
  putUs(addItem(item, 0x0062000A), 0x0062000B, static_cast<std::uint16_t>(frame.segment + 1));
  if (source.isMissing() || source.sopInstanceUid.empty()) {
    putEmptySequence(item, 0x00089124);
    return;
  }
  DcmItem& derivation = addItem(item, 0x00089124);
  putCode(derivation, 0x00089215, segmentationCode);
  DcmItem& image = addItem(derivation, 0x00082112);
  put(image, 0x00081150, source.sopClassUid);
  put(image, 0x00081155, source.sopInstanceUid);
  if (isMultiFrameStorage(source.sopClassUid))
    put(image, 0x00081160, std::to_string(source.frame + 1)); // Referenced Frame Number
  put(image, 0x0028135A, resampled ? "NO" : "YES");           // Spatial Locations Preserved
  putCode(image, 0x0040A170, sourcePurpose);
}

void putReferences(DcmItem& dataset, const Series& series, const Stack& stack) {
  DcmItem& referenced = addItem(dataset, 0x00081115);
  put(referenced, tag::SeriesUid, seriesUidFor(series));
  std::set<std::string> seen; // frames of one object are one reference
  for (const SliceSource& slice : stack.slices) {
    if (slice.isMissing() || slice.sopInstanceUid.empty() || !seen.insert(slice.sopInstanceUid).second)
      continue;
    DcmItem& instance = addItem(referenced, 0x0008114A);
    put(instance, 0x00081150, slice.sopClassUid);
    put(instance, 0x00081155, slice.sopInstanceUid);
  }
}

std::string frameOfReferenceFor(const Series& series) {
  return series.frameOfReferenceUid.empty() ? uidFromText("frame|" + seriesUidFor(series))
                                            : series.frameOfReferenceUid;
}

void putSegModules(DcmItem& dataset, const Study& study, const Series& series, const Grid& grid,
                   const SegDescription& d, std::size_t frames) {
  putPatientAndStudy(dataset, study, studyUidFor(study, series));
  putInstance(dataset, segmentationStorage, d.sopInstanceUid.empty() ? newDicomUid() : d.sopInstanceUid);
  put(dataset, tag::Modality, "SEG");
  put(dataset, tag::SeriesUid, d.seriesUid.empty() ? newDicomUid() : d.seriesUid);
  put(dataset, tag::SeriesNumber, std::to_string(d.seriesNumber));
  put(dataset, tag::SeriesDescription, d.seriesDescription);
  putOurEquipment(dataset);
  put(dataset, tag::FrameOfReference, frameOfReferenceFor(series));
  put(dataset, 0x00201040, "");
  put(dataset, tag::InstanceNumber, "1");
  put(dataset, tag::ImageType, "DERIVED\\PRIMARY");
  put(dataset, 0x00700080, d.contentLabel);
  put(dataset, 0x00700081, d.contentDescription);
  put(dataset, 0x00700084, d.creatorName);
  putUs(dataset, tag::SamplesPerPixel, 1);
  put(dataset, tag::Photometric, "MONOCHROME2");
  put(dataset, tag::Frames, std::to_string(frames));
  putUs(dataset, tag::Rows, static_cast<std::uint16_t>(grid.size().j));
  putUs(dataset, tag::Columns, static_cast<std::uint16_t>(grid.size().i));
  putUs(dataset, tag::BitsAllocated, 1);
  putUs(dataset, tag::BitsStored, 1);
  putUs(dataset, tag::HighBit, 0);
  putUs(dataset, tag::PixelRepresentation, 0);
  put(dataset, tag::LossyCompression, series.lossy ? "01" : "00");
  // The ratio that the source states; none is made up.
  for (const Stack& stack : series.stacks)
    for (const Warning& w : stack.warnings)
      if (series.lossy && w.code == WarningCode::Lossy && w.arguments.size() > 1 && !w.arguments[1].empty())
        put(dataset, tag::LossyRatio, w.arguments[1]);
  put(dataset, 0x00620001, "BINARY");
  put(dataset, 0x00620013, "NO");
}

} // namespace

Status writeSeg(const LabelArray& labels, std::span<const SegSegment> segments, const Study& study,
                const Series& series, std::size_t stackIndex, const SegDescription& description,
                const Path& path, const JobContext& context) {
  if (series.origin != SeriesOrigin::Dicom || stackIndex >= series.stacks.size())
    return fail(ErrorCode::NoSourceIdentity, {path.string()}, "writeSeg");
  const Stack& stack = series.stacks[stackIndex];
  const Grid& grid = labels.grid;
  if (!stack.grid || !stack.grid->sameAs(grid, 1e-2) || labels.numbers.size() != grid.size().count() ||
      stack.slices.size() != static_cast<std::size_t>(grid.size().k))
    return fail(ErrorCode::GridMismatch, {"labels", "the series' grid", "another grid"}, "writeSeg");
  if (std::abs(dot(normalized(grid.stepI()), normalized(grid.stepJ()))) > 1e-4)
    return fail(ErrorCode::NoGeometry, {path.string()}, "writeSeg");
  std::vector<SegSegment> kept(segments.begin(), segments.end());
  const std::vector<Frame> frames = collectFrames(labels, kept);
  if (frames.empty())
    return fail(ErrorCode::NothingToWrite, {"labels"}, "writeSeg");

  DcmFileFormat file;
  DcmItem& dataset = *file.getDataset();
  putSegModules(dataset, study, series, grid, description, frames.size());
  for (std::size_t s = 0; s < kept.size(); ++s)
    putSegment(dataset, kept[s], static_cast<std::uint16_t>(s + 1));
  putDimensions(dataset);
  putReferences(dataset, series, stack);
  putSharedGroups(dataset, grid);
  auto* perFrame = new DcmSequenceOfItems(DCM_PerFrameFunctionalGroupsSequence);
  dataset.insert(perFrame, OFTrue);
  const std::size_t perSlice =
      static_cast<std::size_t>(grid.size().i) * static_cast<std::size_t>(grid.size().j);
  std::vector<std::uint8_t> bits((frames.size() * perSlice + 7) / 8 + 1);
  for (std::size_t f = 0; f < frames.size(); ++f) {
    if (context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "writeSeg");
    auto* item = new DcmItem;
    perFrame->append(item);
    putFrame(*item, frames[f], grid, stack.slices[static_cast<std::size_t>(frames[f].slice)],
             !stack.resampledFrom.empty());
    packFrame(
        std::span(labels.numbers).subspan(static_cast<std::size_t>(frames[f].slice) * perSlice, perSlice),
        static_cast<std::uint16_t>(kept[frames[f].segment].number), f, bits);
    context.progress.report("write", static_cast<double>(f + 1) / static_cast<double>(frames.size()));
  }
  bits.resize((frames.size() * perSlice + 7) / 8);
  bits.resize(bits.size() + bits.size() % 2);
  auto* pixels = new DcmPixelData(DcmTag(DCM_PixelData, EVR_OB));
  pixels->putUint8Array(bits.data(), static_cast<unsigned long>(bits.size()));
  dataset.insert(pixels, OFTrue);
  return saveWhole(file, path);
}

} // namespace spondyl::dicom
