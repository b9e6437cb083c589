#include "core/dicom/image_header.h"

#include "core/dicom/header_parts.h"
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
  s.windows = windowsOf(raw, text(tag::WindowExplanation));
  s.transferSyntaxUid = raw.transferSyntax;
  const SyntaxInfo* syntax = findSyntax(raw.transferSyntax);
  // JPEG 2000's general syntax may hold reversible frames; then the file says "00".
  const std::string stated = raw.text(tag::LossyCompression);
  const bool reversible = stated == "00" && syntax && syntax->coding == PixelCoding::Jpeg2000;
  s.lossy = stated == "01" || (syntax && syntax->lossy && !reversible);
}

Status readLayout(const DicomHeader& raw, int frames, PixelLayout& p) {
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
  const std::uint64_t wanted = std::uint64_t(p.rows) * std::uint64_t(p.columns) *
                               std::uint64_t(p.bitsAllocated / 8) * static_cast<std::uint64_t>(frames);
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
  return checkUnit(raw, raw);
}

void readValueMeaning(const DicomHeader& raw, ImageHeader& h) {
  h.rescale = rescaleOf(raw);
  if (const auto padding = raw.us(tag::PixelPadding))
    h.padding = h.layout.isSigned ? double(static_cast<std::int16_t>(*padding)) : double(*padding);
  if (auto lut = lutOf(raw.modalityLut, raw.bigEndian, h.layout.isSigned))
    h.lut = ModalityLut{lut->first, std::move(lut->table)};
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
    if (raw.has(t) && t != tag::DiffusionBValue)
      h.discriminators.emplace_back(name, raw.text(t));
    else if (const auto value = raw.doubles(t); !value.empty() && t == tag::DiffusionBValue)
      h.discriminators.emplace_back(name, shortNumber(value.front()));
}

enum class Kind { Single, MultiFrame, Projection, Other };

Kind kindOf(const std::string& sopClass, const std::string& modality) {
  const auto isOneOf = [](std::string_view text, std::initializer_list<std::string_view> all) {
    return std::find(all.begin(), all.end(), text) != all.end();
  };
  if (isOneOf(sopClass, {ctImageStorage, mrImageStorage}))
    return Kind::Single;
  if (isMultiFrameStorage(sopClass))
    return Kind::MultiFrame;
  if (isOneOf(sopClass, {crImageStorage, dxImageStorage, rfImageStorage, xaImageStorage}))
    return Kind::Projection;
  // Scanned films come as secondary captures that say what they are.
  if (sopClass == secondaryCaptureStorage && isOneOf(modality, {"CR", "DX", "RG", "RF", "XA"}))
    return Kind::Projection;
  return Kind::Other;
}

// De-identified files may lack the UIDs in the data set; the file's own meta information still has them.
std::string orElse(const std::string& text, const std::string& other) {
  return text.empty() ? other : text;
}

std::string sopClassOf(const DicomHeader& raw) {
  const std::string stated = orElse(raw.text(tag::SopClass), raw.mediaSopClass);
  const std::string modality = raw.text(tag::Modality);
  if (!stated.empty() || !raw.pixels.tag || (modality != "CT" && modality != "MR"))
    return stated;
  return std::string(modality == "MR" ? mrImageStorage : ctImageStorage);
}

// What all images of a file share; `raw` is emptied of what is no longer needed.
Result<ImageHeader> readCommon(const DicomHeader& raw, const std::string& sopClass, int frames) {
  ImageHeader h;
  SPONDYL_CHECK(readLayout(raw, frames, h.layout));
  const TextReader text(raw, h.undecodableText);
  readStudy(raw, text, h.study);
  readSeries(raw, text, h.series);
  const bool isMr =
      sopClass == mrImageStorage || sopClass == enhancedMrStorage || sopClass == convertedMrStorage;
  if (h.series.modality.empty() && kindOf(sopClass, {}) != Kind::Projection)
    h.series.modality = isMr ? "MR" : "CT";
  readGeometry(raw, h);
  readValueMeaning(raw, h);
  readDiscriminators(raw, h);
  h.lossyRatio = raw.text(tag::LossyRatio);
  h.source = {raw.path, sopClass, orElse(raw.text(tag::SopInstance), raw.mediaSopInstance), 0,
              raw.integer(tag::InstanceNumber).value_or(0)};
  h.raw.path = raw.path;
  h.raw.transferSyntax = raw.transferSyntax;
  h.raw.bigEndian = raw.bigEndian;
  h.raw.explicitVr = raw.explicitVr;
  h.raw.inflated = raw.inflated;
  h.raw.pixels = {raw.pixels.tag, raw.pixels.encapsulated, raw.pixels.isWords, {}, {}};
  return h;
}

void readProjection(const DicomHeader& raw, ImageHeader& h) {
  h.radiograph = radiographOf(raw, h.layout);
  const auto aspect = raw.numbers(tag::PixelAspectRatio);
  if (aspect.size() == 2 && aspect[0] > 0 && aspect[1] > 0)
    h.pixelAspect = aspect[0] / aspect[1];
}

Result<std::vector<ImageHeader>> toImageHeaders(const DicomHeader& raw) {
  const std::string sopClass = sopClassOf(raw), modality = raw.text(tag::Modality);
  const Kind kind = kindOf(sopClass, modality);
  if (kind == Kind::Other)
    return fail(ErrorCode::UnsupportedObject,
                {raw.path.string(), !sopClass.empty() ? nameOfUid(sopClass) : orElse(modality, "no image")},
                "readImageHeaders");
  if (!raw.transferSyntax.empty() && !findSyntax(raw.transferSyntax))
    return fail(ErrorCode::UnsupportedTransferSyntax, {raw.path.string(), nameOfUid(raw.transferSyntax)},
                "readImageHeaders");
  const int frames = raw.integer(tag::Frames).value_or(1);
  if (frames > 1 && kind != Kind::MultiFrame)
    return fail(ErrorCode::UnsupportedObject, {raw.path.string(), "multi-frame " + nameOfUid(sopClass)},
                "readImageHeaders");
  if (frames < 1 || static_cast<std::size_t>(frames) > WalkLimits{}.frames)
    return fail(ErrorCode::Malformed, {raw.path.string(), "Number of Frames " + std::to_string(frames)},
                "readImageHeaders");
  SPONDYL_TRY(ImageHeader common, readCommon(raw, sopClass, frames));
  if (kind == Kind::MultiFrame)
    return splitFrames(raw, common, frames);
  common.raw.pixels.ranges = raw.pixels.ranges;
  if (kind == Kind::Projection)
    readProjection(raw, common);
  if (raw.isMosaic())
    return splitMosaic(raw, common);
  return std::vector<ImageHeader>{std::move(common)};
}

} // namespace

Result<std::vector<ImageHeader>> readImageHeaders(const Path& path) {
  SPONDYL_TRY(const DicomHeader raw, walkDicom(path));
  return toImageHeaders(raw);
}

Result<ImageHeader> readImageHeader(const Path& path, int frame) {
  SPONDYL_TRY(std::vector<ImageHeader> all, readImageHeaders(path));
  if (frame < 0 || frame >= std::ssize(all))
    return fail(ErrorCode::GridMismatch,
                {path.string(), "frame " + std::to_string(frame + 1), std::to_string(all.size()) + " frames"},
                "readImageHeader");
  return std::move(all[static_cast<std::size_t>(frame)]);
}

} // namespace spondyl::dicom
