#include "core/dicom/dataset.h"

#include "core/base/id.h"

#include <dcmtk/config/osconfig.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <dcmtk/dcmdata/dctk.h>

namespace spondyl::dicom {
namespace {

DcmTag dcmTag(tag::Tag t) {
  return DcmTag(static_cast<Uint16>(t >> 16), static_cast<Uint16>(t & 0xFFFF));
}
DcmTagKey key(tag::Tag t) {
  return DcmTagKey(static_cast<Uint16>(t >> 16), static_cast<Uint16>(t & 0xFFFF));
}

// "1958-03-21" and "14:05:39" to DICOM.
std::string digitsOf(const std::string& iso) {
  std::string out;
  for (const char c : iso)
    if (c >= '0' && c <= '9')
      out += c;
  return out;
}

// LO and the like hold 64 characters, not bytes.
std::string shortened(const std::string& text, std::size_t characters) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && count++ == characters)
      return text.substr(0, at);
  }
  return text;
}

} // namespace

std::string decimalString(double value) {
  if (std::abs(value) < 1e-13)
    return "0";
  char buffer[40];
  for (int precision = 15; precision > 1; --precision) {
    std::snprintf(buffer, sizeof buffer, "%.*g", precision, value);
    if (std::char_traits<char>::length(buffer) <= 16)
      return buffer;
  }
  return "0";
}

std::string uidFromText(const std::string& text) {
  const std::string hex = sha256Hex(std::string_view(text)).substr(0, 32);
  std::string decimal; // least significant digit first
  for (const char c : hex) {
    int carry = c <= '9' ? c - '0' : c - 'a' + 10;
    for (char& digit : decimal) {
      const int v = (digit - '0') * 16 + carry;
      digit = static_cast<char>('0' + v % 10);
      carry = v / 10;
    }
    for (; carry > 0; carry /= 10)
      decimal += static_cast<char>('0' + carry % 10);
  }
  return "2.25." + (decimal.empty() ? "0" : std::string(decimal.rbegin(), decimal.rend()));
}

std::string seriesUidFor(const Series& series) {
  if (!series.uid.empty())
    return series.uid;
  std::string text = "series";
  for (const Stack& stack : series.stacks)
    for (const SliceSource& slice : stack.slices)
      text += "|" + slice.sopInstanceUid;
  return uidFromText(text);
}

std::string studyUidFor(const Study& study, const Series& series) {
  if (!study.uid.empty())
    return study.uid;
  return uidFromText("study|" + seriesUidFor(series));
}

void put(DcmItem& item, tag::Tag t, const std::string& value) {
  item.putAndInsertOFStringArray(dcmTag(t), OFString(value.c_str(), value.size()));
}
void putUs(DcmItem& item, tag::Tag t, std::uint16_t value) {
  item.putAndInsertUint16(dcmTag(t), value);
}
void putUs(DcmItem& item, tag::Tag t, std::initializer_list<std::uint16_t> values) {
  item.putAndInsertUint16Array(dcmTag(t), values.begin(), static_cast<unsigned long>(values.size()));
}
void putUl(DcmItem& item, tag::Tag t, std::initializer_list<std::uint32_t> values) {
  // putAndInsertUint32 would replace the element with each value.
  auto* element = new DcmUnsignedLong(dcmTag(t));
  const std::vector<Uint32> copy(values.begin(), values.end());
  element->putUint32Array(copy.data(), static_cast<unsigned long>(copy.size()));
  item.insert(element, OFTrue);
}
void putDs(DcmItem& item, tag::Tag t, std::initializer_list<double> values) {
  std::string joined;
  for (const double v : values)
    joined += (joined.empty() ? "" : "\\") + decimalString(v);
  put(item, t, joined);
}

DcmItem& addItem(DcmItem& parent, tag::Tag sequence) {
  DcmItem* item = nullptr;
  parent.findOrCreateSequenceItem(dcmTag(sequence), item, -2);
  return *item;
}

void putEmptySequence(DcmItem& parent, tag::Tag sequence) {
  parent.insertEmptyElement(dcmTag(sequence));
}

void putCode(DcmItem& parent, tag::Tag sequence, const CodedConcept& code) {
  DcmItem& item = addItem(parent, sequence);
  put(item, 0x00080100, code.value);
  put(item, 0x00080102, code.scheme);
  put(item, 0x00080104, shortened(code.meaning, 64));
}

std::string get(DcmItem& item, tag::Tag t) {
  OFString value;
  item.findAndGetOFString(key(t), value);
  return {value.c_str(), value.size()};
}

CodedConcept getCode(DcmItem& parent, tag::Tag sequence) {
  DcmItem* item = nullptr;
  if (parent.findAndGetSequenceItem(key(sequence), item).bad() || !item)
    return {};
  return {get(*item, 0x00080102), get(*item, 0x00080100), get(*item, 0x00080104)};
}

void putPatientAndStudy(DcmItem& item, const Study& study, const std::string& studyUid) {
  put(item, tag::CharacterSet, "ISO_IR 192");
  put(item, tag::PatientName, study.patient.name);
  put(item, tag::PatientId, shortened(study.patient.id, 64));
  put(item, tag::PatientBirthDate, digitsOf(study.patient.birthDate));
  const std::string& sex = study.patient.sex;
  put(item, tag::PatientSex, sex == "M" || sex == "F" || sex == "O" ? sex : "");
  if (study.patientAge.size() == 4)
    put(item, tag::PatientAge, study.patientAge);
  put(item, tag::StudyUid, studyUid);
  put(item, tag::StudyDate, digitsOf(study.date));
  put(item, tag::StudyTime, digitsOf(study.time));
  put(item, tag::AccessionNumber, shortened(study.accession, 16));
  put(item, tag::StudyId, shortened(study.id, 16));
  put(item, tag::ReferringPhysician, study.referringPhysician);
  if (!study.description.empty())
    put(item, tag::StudyDescription, shortened(study.description, 64));
}

void putOurEquipment(DcmItem& item) {
  put(item, tag::Manufacturer, "Spondyl");
  put(item, tag::Model, "Spondyl");
  put(item, 0x00181000, "0"); // Device Serial Number: software has none
  put(item, 0x00181020, SPONDYL_VERSION);
}

void putInstance(DcmItem& item, std::string_view sopClass, const std::string& sopInstanceUid) {
  put(item, tag::SopClass, std::string(sopClass));
  put(item, tag::SopInstance, sopInstanceUid);
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char date[16], time[16];
  std::strftime(date, sizeof date, "%Y%m%d", &parts);
  std::strftime(time, sizeof time, "%H%M%S", &parts);
  for (const tag::Tag t : {0x00080012u, 0x00080023u})
    put(item, t, date);
  for (const tag::Tag t : {0x00080013u, 0x00080033u})
    put(item, t, time);
}

Status saveWhole(DcmFileFormat& file, const Path& path) {
  SPONDYL_TRY(AtomicFile whole, AtomicFile::create(path));
  const OFCondition saved = file.saveFile(OFFilename(whole.temporaryPath().c_str()), EXS_LittleEndianExplicit,
                                          EET_ExplicitLength, EGL_recalcGL, EPD_withoutPadding);
  if (saved.bad()) {
    std::error_code error;
    const auto space =
        std::filesystem::space(path.parent_path().empty() ? Path(".") : path.parent_path(), error);
    if (!error && space.available < (std::uintmax_t(1) << 20))
      return fail(ErrorCode::DiskFull, {path.string()}, "saveWhole");
    return fail(ErrorCode::FileNotWritable, {path.string(), saved.text()}, "saveWhole");
  }
  return whole.commit();
}

} // namespace spondyl::dicom
