#include "core/dicom/image_header.h"

#include "core/dicom/text.h"
#include "core/dicom/transfer_syntax.h"

#include <algorithm>
#include <cctype>

namespace spondyl::dicom {
namespace {

Error unsupported(const DicomHeader& raw, std::string what) {
  return fail(ErrorCode::UnsupportedPixels, {raw.path.string(), std::move(what)}, "readImageHeader");
}

// "19580321" to "1958-03-21"; anything else (also "1958.03.21" of old devices) only if it holds eight digits.
std::string isoDate(const std::string& text) {
  std::string digits;
  for (const char c : text)
    if (std::isdigit(static_cast<unsigned char>(c)))
      digits += c;
  if (digits.size() != 8)
    return {};
  return digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2);
}

std::string isoTime(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (c == '.')
      break;
    if (std::isdigit(static_cast<unsigned char>(c)))
      digits += c;
  }
  if (digits.size() < 4)
    return {};
  digits.resize(6, '0');
  return digits.substr(0, 2) + ":" + digits.substr(2, 2) + ":" + digits.substr(4, 2);
}

class TextReader {
 public:
  TextReader(const DicomHeader& raw, bool& undecodable)
      : m_raw(raw), m_sets(raw.texts(tag::CharacterSet)), m_undecodable(undecodable) {}
  std::string operator()(tag::Tag t) const {
    return toUtf8(m_raw.text(t), m_sets, t == tag::PatientName || t == tag::ReferringPhysician,
                  &m_undecodable);
  }

 private:
  const DicomHeader& m_raw;
  std::vector<std::string> m_sets;
  bool& m_undecodable;
};

void readStudy(const DicomHeader& raw, const TextReader& text, Study& s) {
  s.patient.name = text(tag::PatientName);
  s.patient.id = text(tag::PatientId);
  s.patient.birthDate = isoDate(raw.text(tag::PatientBirthDate));
  s.patient.sex = raw.text(tag::PatientSex);
  s.patientAge = raw.text(tag::PatientAge);
  s.uid = s.name = raw.text(tag::StudyUid);
  s.date = isoDate(raw.text(tag::StudyDate));
  s.time = isoTime(raw.text(tag::StudyTime));
  s.description = text(tag::StudyDescription);
  s.accession = text(tag::AccessionNumber);
  s.id = text(tag::StudyId);
  s.referringPhysician = text(tag::ReferringPhysician);
  s.institution = text(tag::Institution);
}

std::vector<WindowPreset> readWindows(const DicomHeader& raw, const TextReader& text) {
  const auto centres = raw.numbers(tag::WindowCentre), widths = raw.numbers(tag::WindowWidth);
  std::vector<std::string> names;
  const std::string joined = text(tag::WindowExplanation);
  for (std::size_t at = 0; at <= joined.size() && !joined.empty();) {
    const std::size_t end = std::min(joined.find('\\', at), joined.size());
    names.push_back(joined.substr(at, end - at));
    at = end + 1;
  }
  std::vector<WindowPreset> out;
  for (std::size_t k = 0; k < std::min(centres.size(), widths.size()); ++k)
    if (widths[k] >= 1)
      out.push_back({k < names.size() ? names[k] : std::string(), centres[k], widths[k]});
  return out;
}

void readSeries(const DicomHeader& raw, const TextReader& text, Series& s) {
  s.uid = raw.text(tag::SeriesUid);
  s.number = raw.integer(tag::SeriesNumber);
  s.modality = raw.text(tag::Modality);
  s.description = text(tag::SeriesDescription);
  s.protocol = text(tag::ProtocolName);
  s.bodyPart = raw.text(tag::BodyPart);
  s.date = isoDate(raw.text(tag::SeriesDate));
  s.time = isoTime(raw.text(tag::SeriesTime));
  s.patientPosition = raw.text(tag::PatientPosition);
  s.frameOfReferenceUid = raw.text(tag::FrameOfReference);
  s.manufacturer = text(tag::Manufacturer);
  s.model = text(tag::Model);
  s.kernel = text(tag::Kernel);
  s.contrastAgent = text(tag::ContrastAgent);
  s.sequenceName = text(tag::SequenceName);
  s.kvp = raw.number(tag::Kvp);
  s.echoTimeMs = raw.number(tag::EchoTime);
  s.repetitionTimeMs = raw.number(tag::RepetitionTime);
  s.windows = readWindows(raw, text);
  s.transferSyntaxUid = raw.transferSyntax;
  const SyntaxInfo* syntax = findSyntax(raw.transferSyntax);
  // JPEG 2000's general syntax may hold reversible frames; then the file says "00".
  const std::string stated = raw.text(tag::LossyCompression);
  const bool reversible = stated == "00" && syntax && syntax->coding == PixelCoding::Jpeg2000;
  s.lossy = stated == "01" || (syntax && syntax->lossy && !reversible);
}

Status readLayout(const DicomHeader& raw, PixelLayout& p) {
  const auto rows = raw.us(tag::Rows), columns = raw.us(tag::Columns), allocated = raw.us(tag::BitsAllocated);
  if (!rows || !columns || !allocated || *rows == 0 || *columns == 0)
    return fail(ErrorCode::Malformed, {raw.path.string(), "Rows, Columns or Bits Allocated"},
                "readImageHeader");
  p.rows = *rows;
  p.columns = *columns;
  p.samples = raw.us(tag::SamplesPerPixel).value_or(1);
  p.bitsAllocated = *allocated;
  p.bitsStored = raw.us(tag::BitsStored).value_or(*allocated);
  p.highBit = raw.us(tag::HighBit).value_or(static_cast<std::uint16_t>(p.bitsStored - 1));
  p.isSigned = raw.us(tag::PixelRepresentation).value_or(0) == 1;
  const std::string photometric = raw.text(tag::Photometric);
  if (p.samples != 1)
    return unsupported(raw, std::to_string(p.samples) + " samples per pixel");
  if (!photometric.empty() && photometric != "MONOCHROME1" && photometric != "MONOCHROME2")
    return unsupported(raw, photometric);
  if (p.bitsAllocated != 8 && p.bitsAllocated != 16 && p.bitsAllocated != 32)
    return unsupported(raw, std::to_string(p.bitsAllocated) + " bits allocated");
  if (p.bitsStored < 1 || p.bitsStored > p.bitsAllocated || p.highBit < p.bitsStored - 1 ||
      p.highBit >= p.bitsAllocated)
    return unsupported(raw, "bits stored " + std::to_string(p.bitsStored) + ", high bit " +
                                std::to_string(p.highBit));
  const std::uint64_t wanted =
      std::uint64_t(p.rows) * std::uint64_t(p.columns) * std::uint64_t(p.bitsAllocated / 8);
  if (raw.pixels.tag == 0)
    return fail(ErrorCode::Truncated, {raw.path.string(), std::to_string(wanted), "0"}, "readImageHeader");
  if (raw.pixels.tag != tag::PixelData)
    return unsupported(raw, "floating-point pixels");
  if (!raw.pixels.encapsulated && raw.pixels.ranges.front().length < wanted)
    return fail(ErrorCode::Truncated,
                {raw.path.string(), std::to_string(wanted), std::to_string(raw.pixels.ranges.front().length)},
                "readImageHeader");
  // A few compressed bytes may promise any size; no CT or MR image is larger than this.
  constexpr std::uint64_t largestPacked = std::uint64_t(64) << 20;
  if (raw.pixels.encapsulated && std::uint64_t(p.rows) * std::uint64_t(p.columns) > largestPacked)
    return fail(ErrorCode::DeclaredTooLarge,
                {raw.path.string(), std::to_string(wanted), std::to_string(largestPacked)},
                "readImageHeader");
  if (raw.pixels.encapsulated && raw.pixels.ranges.empty())
    return fail(ErrorCode::Truncated, {raw.path.string(), std::to_string(wanted), "0"}, "readImageHeader");
  return {};
}

void readGeometry(const DicomHeader& raw, ImageHeader& h) {
  const auto position = raw.numbers(tag::ImagePosition), orientation = raw.numbers(tag::ImageOrientation);
  const auto spacing = raw.numbers(tag::PixelSpacing);
  if (position.size() == 3)
    h.position = PointLps{position[0], position[1], position[2]};
  if (orientation.size() == 6)
    std::copy_n(orientation.begin(), 6, h.orientation.emplace().begin());
  if (spacing.size() >= 2 && spacing[0] > 0 && spacing[1] > 0)
    h.pixelSpacing = {spacing[0], spacing[1]};
  h.sliceThickness = raw.number(tag::SliceThickness);
  h.spacingBetweenSlices = raw.number(tag::SpacingBetweenSlices);
}

void readValueMeaning(const DicomHeader& raw, ImageHeader& h) {
  const auto slope = raw.number(tag::RescaleSlope), intercept = raw.number(tag::RescaleIntercept);
  if (slope || intercept)
    h.rescale = Rescale{slope && *slope != 0 ? *slope : 1.0, intercept.value_or(0.0)};
  if (const auto padding = raw.us(tag::PixelPadding))
    h.padding = h.layout.isSigned ? double(static_cast<std::int16_t>(*padding)) : double(*padding);
  const auto descriptor = raw.modalityLut.find(tag::LutDescriptor), data = raw.modalityLut.find(tag::LutData);
  if (descriptor == raw.modalityLut.end() || data == raw.modalityLut.end() || descriptor->second.size() < 6)
    return;
  const auto word = [&](const std::string& bytes, std::size_t k) {
    return readU16(reinterpret_cast<const std::byte*>(bytes.data()) + 2 * k, raw.bigEndian);
  };
  const std::size_t entries = word(descriptor->second, 0) == 0 ? 65536 : word(descriptor->second, 0);
  const std::uint16_t first = word(descriptor->second, 1), bits = word(descriptor->second, 2);
  ModalityLut lut;
  lut.first = h.layout.isSigned ? static_cast<std::int16_t>(first) : first;
  const std::string& bytes = data->second;
  if (bytes.size() >= 2 * entries) {
    for (std::size_t k = 0; k < entries; ++k)
      lut.table.push_back(word(bytes, k));
  } else if (bits <= 8 && bytes.size() >= entries) {
    for (std::size_t k = 0; k < entries; ++k)
      lut.table.push_back(static_cast<unsigned char>(bytes[k]));
  } else {
    return;
  }
  h.lut = std::move(lut);
}

void readDiscriminators(const DicomHeader& raw, ImageHeader& h) {
  const std::pair<const char*, tag::Tag> table[] = {{"echo time", tag::EchoTime},
                                                    {"echo number", tag::EchoNumber},
                                                    {"temporal position", tag::TemporalPosition},
                                                    {"diffusion b-value", tag::DiffusionBValue},
                                                    {"trigger time", tag::TriggerTime},
                                                    {"image type", tag::ImageType},
                                                    {"kernel", tag::Kernel},
                                                    {"flip angle", tag::FlipAngle},
                                                    {"acquisition number", tag::AcquisitionNumber}};
  for (const auto& [name, t] : table)
    if (raw.has(t))
      h.discriminators.emplace_back(name, raw.text(t));
}

} // namespace

Result<ImageHeader> readImageHeader(const Path& path) {
  SPONDYL_TRY(DicomHeader raw, walkDicom(path));
  return toImageHeader(std::move(raw));
}

Result<ImageHeader> toImageHeader(DicomHeader raw) {
  // De-identified files may lack the UIDs in the data set; the file's own meta information still has them.
  const auto orElse = [](const std::string& text, const std::string& other) {
    return text.empty() ? other : text;
  };
  std::string sopClass = orElse(raw.text(tag::SopClass), raw.mediaSopClass);
  const std::string modality = raw.text(tag::Modality);
  const bool looksLikeImage = sopClass.empty() && (modality == "CT" || modality == "MR") && raw.pixels.tag;
  if (sopClass != ctImageStorage && sopClass != mrImageStorage && !looksLikeImage) {
    const std::string name = !sopClass.empty()   ? nameOfUid(sopClass)
                             : !modality.empty() ? modality
                                                 : "no image";
    return fail(ErrorCode::UnsupportedObject, {raw.path.string(), name}, "readImageHeader");
  }
  if (looksLikeImage)
    sopClass = modality == "MR" ? mrImageStorage : ctImageStorage;
  if (raw.text(tag::ImageType).find("MOSAIC") != std::string::npos)
    return fail(ErrorCode::UnsupportedObject, {raw.path.string(), "mosaic of many slices in one image"},
                "readImageHeader");
  if (!raw.transferSyntax.empty() && !findSyntax(raw.transferSyntax))
    return fail(ErrorCode::UnsupportedTransferSyntax, {raw.path.string(), nameOfUid(raw.transferSyntax)},
                "readImageHeader");
  if (const auto frames = raw.integer(tag::Frames); frames && *frames > 1)
    return fail(ErrorCode::UnsupportedObject, {raw.path.string(), "multi-frame " + nameOfUid(sopClass)},
                "readImageHeader");
  ImageHeader h;
  SPONDYL_CHECK(readLayout(raw, h.layout));
  const TextReader text(raw, h.undecodableText);
  readStudy(raw, text, h.study);
  readSeries(raw, text, h.series);
  if (h.series.modality.empty())
    h.series.modality = sopClass == mrImageStorage ? "MR" : "CT";
  readGeometry(raw, h);
  readValueMeaning(raw, h);
  readDiscriminators(raw, h);
  h.lossyRatio = raw.text(tag::LossyRatio);
  h.source = {raw.path, sopClass, orElse(raw.text(tag::SopInstance), raw.mediaSopInstance), 0,
              raw.integer(tag::InstanceNumber).value_or(0)};
  raw.values.clear();
  raw.modalityLut.clear();
  h.raw = std::move(raw);
  return h;
}

} // namespace spondyl::dicom
