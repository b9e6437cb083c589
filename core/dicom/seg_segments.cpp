// Which segment a label number is, and the other way round.
#include "core/dicom/seg.h"
#include "core/dicom/seg_identity.h"

#include <algorithm>

namespace spondyl::dicom {
namespace {

const CodedConcept anatomicalStructure{"SCT", "91723000", "Anatomical Structure"};
const CodedConcept anyVertebra{"SCT", "51282000", "Vertebra"};
const CodedConcept anyDisc{"SCT", "360499006", "Intervertebral disc"};

} // namespace

SegSegment segmentForLabel(int number) {
  SegSegment s;
  s.number = number;
  if (const CodeRow* row = codeForLabel(number)) {
    s.label = row->shortName;
    s.description = row->name;
    s.category = row->category;
    s.type = row->type;
    s.modifier = row->modifier;
    s.rgb = row->rgb;
  } else {
    const bool disc = number > unnamedDiscLabel(0);
    const int n = disc ? number - unnamedDiscLabel(0) : number - unnamedLabel(0);
    const bool unnamed = n > 0 && n < 100;
    s.label = unnamed ? (disc ? "D" : "V") + std::to_string(n) : std::to_string(number);
    s.description = unnamed ? std::string(disc ? "disc" : "vertebra") + " without a name"
                            : "label " + std::to_string(number);
    s.category = anatomicalStructure;
    s.type = disc ? anyDisc : anyVertebra;
    s.rgb = colourOfUnnamed(std::max(1, unnamed ? n : 1));
  }
  s.trackingId = s.label;
  return s;
}

int labelNumberOf(const SegSegment& segment, int segmentNumber) {
  for (const CodeRow& row : codeTable())
    if (row.shortName == segment.label || row.name == segment.label)
      return row.label;
  const auto numbered = [&](const char* letter) -> int {
    if (segment.label.size() < 2 || segment.label.size() > 3 || segment.label[0] != *letter)
      return 0;
    const bool digits = std::all_of(segment.label.begin() + 1, segment.label.end(),
                                    [](char c) { return c >= '0' && c <= '9'; });
    return digits ? std::stoi(segment.label.substr(1)) : 0;
  };
  if (const int n = numbered("V"); n > 0 && segment.type.value == anyVertebra.value)
    return unnamedLabel(n);
  if (const int n = numbered("D"); n > 0 && segment.type.value == anyDisc.value)
    return unnamedDiscLabel(n);
  // A code counts only if it means one row: the generic vertebra means several.
  const CodeRow* found = nullptr;
  for (const CodeRow& row : codeTable()) {
    if (row.type.value != segment.type.value || row.type.scheme != segment.type.scheme ||
        row.modifier != segment.modifier)
      continue;
    if (found)
      return 10000 + segmentNumber;
    found = &row;
  }
  return found ? found->label : 10000 + segmentNumber;
}

} // namespace spondyl::dicom
