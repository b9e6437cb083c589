#pragma once
// What all DICOM writers share. Only .cpp files of this folder include DCMTK.

#include "core/anatomy/codes.h"
#include "core/dicom/tags.h"
#include "core/study/study.h"

#include <array>

class DcmItem;
class DcmFileFormat;

namespace spondyl::dicom {

/// Decimal string of at most 16 characters, as exact as that allows; never an exponent for small numbers'
/// sake.
std::string decimalString(double value);
/// A UID that always is the same for the same text: for sources whose own UIDs were taken away.
std::string uidFromText(const std::string& text);
/// The study's and series' UIDs, or derived ones where the files have none.
std::string studyUidFor(const Study& study, const Series& series);
std::string seriesUidFor(const Series& series);

void put(DcmItem& item, tag::Tag t, const std::string& value);
void putUs(DcmItem& item, tag::Tag t, std::uint16_t value);
void putUs(DcmItem& item, tag::Tag t, std::initializer_list<std::uint16_t> values);
void putUl(DcmItem& item, tag::Tag t, std::initializer_list<std::uint32_t> values);
void putDs(DcmItem& item, tag::Tag t, std::initializer_list<double> values);
/// A new item at the end of a sequence (made if it is not there).
DcmItem& addItem(DcmItem& parent, tag::Tag sequence);
/// An empty sequence.
void putEmptySequence(DcmItem& parent, tag::Tag sequence);
void putCode(DcmItem& parent, tag::Tag sequence, const CodedConcept& code);
CodedConcept getCode(DcmItem& parent, tag::Tag sequence); ///< first item; empty if absent
std::string get(DcmItem& item, tag::Tag t);               ///< first value, UTF-8 as stored

/// Patient, General Study; character set UTF-8.
void putPatientAndStudy(DcmItem& item, const Study& study, const std::string& studyUid);
/// General Equipment of what Spondyl writes.
void putOurEquipment(DcmItem& item);
/// SOP Common and the instant of writing (instance creation and content date and time).
void putInstance(DcmItem& item, std::string_view sopClass, const std::string& sopInstanceUid);

/// Explicit VR little endian, whole or not at all. Errors: FileNotWritable, DiskFull, Internal.
Status saveWhole(DcmFileFormat& file, const Path& path);

/// DICOM's encoding of CIELab (D65) for an sRGB colour.
std::array<std::uint16_t, 3> cielabOf(std::array<std::uint8_t, 3> rgb);
/// And back, to the nearest sRGB colour.
std::array<std::uint8_t, 3> rgbOf(std::array<std::uint16_t, 3> cielab);

} // namespace spondyl::dicom
