#include "core/dicom/write_series.h"

#include "core/base/id.h"
#include "core/base/parallel.h"
#include "core/dicom/dataset.h"
#include "core/dicom/transfer_syntax.h"

#include <dcmtk/config/osconfig.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <dcmtk/dcmdata/dctk.h>
#include <limits>
#include <mutex>

namespace spondyl::dicom {
namespace {

// Which 16-bit words stand for the volume's values.
struct Words {
  bool isSigned = true;
  Rescale rescale;      ///< of the words
  bool asStored = true; ///< the volume's own stored values
  double largestError = 0;
};

Words chooseWords(const Volume& volume) {
  Words words;
  words.rescale = volume.rescale();
  if (volume.voxelType() == VoxelType::Int16)
    return words;
  if (volume.voxelType() == VoxelType::UInt16) {
    words.isSigned = false;
    return words;
  }
  double low = std::numeric_limits<double>::infinity(), high = -low;
  bool whole = true;
  visitVoxels(volume, [&](auto voxels) {
    for (const auto v : voxels) {
      const double value = static_cast<double>(v);
      if (!std::isfinite(value))
        continue;
      low = std::min(low, value);
      high = std::max(high, value);
      whole = whole && value == std::floor(value);
    }
  });
  if (low > high)
    low = high = 0;
  const bool fits = whole && low >= -32768 && high <= 32767;
  if (fits)
    return words;
  words.asStored = false;
  const Rescale own = volume.rescale();
  const double step = high > low ? (high - low) / 65535.0 : 1.0;
  words.rescale = {own.slope * step, own.slope * (low + 32768.0 * step) + own.intercept};
  words.largestError = std::abs(own.slope) * step / 2;
  return words;
}

std::vector<Uint16> sliceWords(const Volume& volume, const Words& words, int k) {
  const std::size_t n = static_cast<std::size_t>(volume.size().i) * static_cast<std::size_t>(volume.size().j);
  std::vector<Uint16> out(n);
  const Rescale own = volume.rescale();
  visitVoxels(volume, [&](auto voxels) {
    const auto slice = voxels.subspan(static_cast<std::size_t>(k) * n, n);
    for (std::size_t v = 0; v < n; ++v) {
      double number = static_cast<double>(slice[v]);
      if (!words.asStored)
        number =
            std::round((number * own.slope + own.intercept - words.rescale.intercept) / words.rescale.slope);
      if (!std::isfinite(number))
        number = 0;
      out[v] = words.isSigned
                   ? static_cast<Uint16>(static_cast<Sint16>(std::clamp(number, -32768.0, 32767.0)))
                   : static_cast<Uint16>(std::clamp(number, 0.0, 65535.0));
    }
  });
  return out;
}

void putSeries(DcmItem& item, const Series& s, double thicknessMm) {
  put(item, tag::Modality, s.modality);
  put(item, tag::SeriesUid, s.uid);
  put(item, tag::SeriesNumber, std::to_string(s.number.value_or(1)));
  if (!s.description.empty())
    put(item, tag::SeriesDescription, s.description);
  if (!s.protocol.empty())
    put(item, tag::ProtocolName, s.protocol);
  if (!s.bodyPart.empty())
    put(item, tag::BodyPart, s.bodyPart);
  put(item, tag::PatientPosition, s.patientPosition.empty() ? "HFS" : s.patientPosition);
  put(item, tag::FrameOfReference, s.frameOfReferenceUid);
  put(item, 0x00201040, ""); // Position Reference Indicator
  put(item, 0x00200060, ""); // Laterality
  putOurEquipment(item);
  putDs(item, tag::SliceThickness, {thicknessMm});
  put(item, tag::AcquisitionNumber, "");
  if (s.modality == "CT") {
    put(item, tag::ImageType, "DERIVED\\SECONDARY\\AXIAL");
    put(item, tag::Kvp, s.kvp ? decimalString(*s.kvp) : "");
    if (!s.kernel.empty())
      put(item, tag::Kernel, s.kernel);
    return;
  }
  put(item, tag::ImageType, "DERIVED\\SECONDARY\\OTHER");
  put(item, 0x00180020, "RM"); // Scanning Sequence: research mode, as the true one is not known
  put(item, 0x00180021, "NONE");
  put(item, 0x00180022, "");
  put(item, 0x00180023, ""); // MR Acquisition Type
  put(item, tag::RepetitionTime, s.repetitionTimeMs ? decimalString(*s.repetitionTimeMs) : "");
  put(item, tag::EchoTime, s.echoTimeMs ? decimalString(*s.echoTimeMs) : "");
  put(item, 0x00180091, ""); // Echo Train Length
  putDs(item, tag::SpacingBetweenSlices, {thicknessMm});
}

void putPixels(DcmItem& item, const Volume& volume, const Words& words, const Series& s, int k) {
  putUs(item, tag::SamplesPerPixel, 1);
  put(item, tag::Photometric, "MONOCHROME2");
  putUs(item, tag::Rows, static_cast<std::uint16_t>(volume.size().j));
  putUs(item, tag::Columns, static_cast<std::uint16_t>(volume.size().i));
  putUs(item, tag::BitsAllocated, 16);
  putUs(item, tag::BitsStored, 16);
  putUs(item, tag::HighBit, 15);
  putUs(item, tag::PixelRepresentation, words.isSigned ? 1 : 0);
  const bool scaled = s.modality == "CT" || words.rescale != Rescale{};
  if (scaled)
    putDs(item, tag::RescaleIntercept, {words.rescale.intercept});
  if (scaled)
    putDs(item, tag::RescaleSlope, {words.rescale.slope});
  if (scaled)
    put(item, 0x00281054, s.modality == "CT" ? "HU" : "US");
  if (!s.windows.empty()) {
    std::string centres, widths;
    for (const WindowPreset& w : s.windows) {
      centres += (centres.empty() ? "" : "\\") + decimalString(w.centre);
      widths += (widths.empty() ? "" : "\\") + decimalString(w.width);
    }
    put(item, tag::WindowCentre, centres);
    put(item, tag::WindowWidth, widths);
  }
  if (volume.padding() && words.asStored) {
    const auto padding = static_cast<std::int32_t>(*volume.padding());
    if (words.isSigned)
      item.putAndInsertSint16(DcmTag(DCM_PixelPaddingValue, EVR_SS), static_cast<Sint16>(padding));
    else
      item.putAndInsertUint16(DcmTag(DCM_PixelPaddingValue, EVR_US), static_cast<Uint16>(padding));
  }
  const std::vector<Uint16> pixels = sliceWords(volume, words, k);
  item.putAndInsertUint16Array(DcmTag(DCM_PixelData, EVR_OW), pixels.data(),
                               static_cast<unsigned long>(pixels.size()));
}

std::string fileName(int k) {
  const std::string number = std::to_string(k + 1);
  return "IM" + std::string(number.size() < 5 ? 5 - number.size() : 0, '0') + number + ".dcm";
}

Status saveSlice(const Volume& volume, const Words& words, const Study& study, const Series& series, int k,
                 const SliceSource& source, const Path& folder) {
  const Grid& grid = volume.grid();
  const auto spacing = grid.spacing();
  const VectorLps column = normalized(grid.stepI()), row = normalized(grid.stepJ());
  const double thickness = std::abs(dot(grid.stepK(), cross(column, row)));
  DcmFileFormat file;
  DcmItem& item = *file.getDataset();
  putPatientAndStudy(item, study, study.uid);
  putInstance(item, source.sopClassUid, source.sopInstanceUid);
  putSeries(item, series, thickness);
  put(item, tag::InstanceNumber, std::to_string(k + 1));
  const PointLps position = grid.toLps(IndexIjk{0, 0, k});
  putDs(item, tag::ImagePosition, {position.x, position.y, position.z});
  putDs(item, tag::ImageOrientation, {column.x, column.y, column.z, row.x, row.y, row.z});
  putDs(item, tag::PixelSpacing, {spacing[1], spacing[0]});
  putPixels(item, volume, words, series, k);
  const Path path = folder / fileName(k);
  const OFCondition saved = file.saveFile(OFFilename(path.c_str()), EXS_LittleEndianExplicit);
  if (saved.good())
    return {};
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (!error && space.available < (std::uintmax_t(1) << 20))
    return fail(ErrorCode::DiskFull, {folder.string()}, "writeDicomSeries");
  return fail(ErrorCode::FileNotWritable, {path.string(), saved.text()}, "writeDicomSeries");
}

Status saveAll(const Volume& volume, const Words& words, const Study& study, const Series& series,
               const Path& folder, const JobContext& context) {
  const std::vector<SliceSource>& slices = series.stacks.front().slices;
  std::mutex mutex;
  std::optional<Error> trouble;
  std::atomic<std::size_t> done{0};
  parallelFor(slices.size(), 4, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end && !context.stopRequested(); ++k) {
      auto status = saveSlice(volume, words, study, series, static_cast<int>(k), slices[k], folder);
      const std::lock_guard lock(mutex);
      if (!status && !trouble)
        trouble = std::move(status).error();
      if (trouble)
        return;
      context.progress.report("write", static_cast<double>(++done) / static_cast<double>(slices.size()));
    }
  });
  if (trouble)
    return *trouble;
  if (context.stopRequested())
    return fail(ErrorCode::Cancelled, {}, "writeDicomSeries");
  return {};
}

} // namespace

Result<WrittenSeries> writeDicomSeries(const Volume& volume, const Study& studyFacts,
                                       const Series& seriesFacts, const Path& folder,
                                       const JobContext& context) {
  if (seriesFacts.modality != "CT" && seriesFacts.modality != "MR")
    return fail(ErrorCode::UnsupportedObject, {folder.string(), seriesFacts.modality}, "writeDicomSeries");
  const Grid& grid = volume.grid();
  if (std::abs(dot(normalized(grid.stepI()), normalized(grid.stepJ()))) > 1e-4)
    return fail(ErrorCode::NoGeometry, {folder.string()}, "writeDicomSeries");
  std::error_code error;
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error))
    return fail(ErrorCode::ResultExists, {folder.string()}, "writeDicomSeries");

  const Words words = chooseWords(volume);
  WrittenSeries written;
  written.study = studyFacts;
  Series series = seriesFacts;
  series.origin = SeriesOrigin::Dicom;
  for (std::string* uid : {&written.study.uid, &series.uid, &series.frameOfReferenceUid})
    if (uid->empty())
      *uid = newDicomUid();
  series.transferSyntaxUid = "1.2.840.10008.1.2.1";
  series.lossy = false;
  series.sliceCount = grid.size().k;
  Stack stack;
  stack.grid = grid;
  const std::string sopClass(series.modality == "CT" ? ctImageStorage : mrImageStorage);
  for (int k = 0; k < grid.size().k; ++k)
    stack.slices.push_back({folder / fileName(k), sopClass, newDicomUid(), 0, k + 1});
  series.stacks = {stack};

  const Path target = folder.has_filename() ? folder : folder.parent_path();
  std::filesystem::create_directories(target.parent_path(), error);
  SPONDYL_TRY(const Path temporary, createTemporaryFolderBeside(target));
  Status status = saveAll(volume, words, written.study, series, temporary, context);
  if (status) {
    std::filesystem::remove(target, error); // an empty folder of that name
    std::filesystem::rename(temporary, target, error);
    if (error)
      status = fail(ErrorCode::FileNotWritable, {target.string(), error.message()}, "writeDicomSeries");
  }
  if (!status) {
    std::filesystem::remove_all(temporary, error);
    return std::move(status).error();
  }
  std::filesystem::permissions(target, std::filesystem::perms::owner_all, error);
  if (words.largestError > 0)
    written.warnings.push_back({WarningCode::ValuesRounded, {decimalString(words.largestError)}});
  written.study.series = {std::move(series)};
  return written;
}

} // namespace spondyl::dicom
