#include "core/dicom/walk.h"

#include "core/dicom/inflate.h"
#include "core/dicom/transfer_syntax.h"
#include "core/dicom/wanted_tags.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace spondyl::dicom {
namespace {

using tag::Tag;
constexpr std::uint32_t undefinedLength = 0xFFFFFFFF;

bool isPixels(Tag t) {
  return t == tag::PixelData || t == tag::FloatPixelData || t == tag::DoublePixelData;
}

bool isVr(const std::byte* b) {
  constexpr std::string_view known = "AEASATCSDADSDTFDFLISLOLTOBODOFOLOVOWPNSHSLSQSSSTSVTMUCUIULUNURUSUTUV";
  const std::array<char, 2> vr{static_cast<char>(b[0]), static_cast<char>(b[1])};
  for (std::size_t at = 0; at < known.size(); at += 2)
    if (known[at] == vr[0] && known[at + 1] == vr[1])
      return true;
  return false;
}

bool hasLongForm(std::string_view vr) {
  constexpr std::string_view longForm = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
  return longForm.find(vr) != std::string_view::npos;
}

struct Element {
  Tag tag = 0;
  std::string vr; ///< empty: implicit
  std::uint32_t length = 0;
  std::uint64_t valueAt = 0;
};

// What is kept of the nested attributes.
enum class Keep : std::uint8_t { Nothing, ModalityLut, VoiLut, Shared, Frames, Dimensions };

// One open sequence or item.
struct Level {
  bool isItem = false, implicit = false;
  Keep keep = Keep::Nothing;
  std::uint64_t end = 0; ///< of a defined length; 0: undefined
};

class Walker {
 public:
  Walker(ByteSource& source, DicomHeader& header, const WalkLimits& limits)
      : m_source(source), m_header(header), m_limits(limits) {}

  Result<std::uint64_t> meta(std::uint64_t at);
  Status dataset(std::uint64_t at);

 private:
  Result<Element> element(std::uint64_t at, bool implicit, bool bigEndian);
  Status keep(const Element& e, AttributeMap& into);
  Status keepNested(const Element& e);
  Keep keepOf(Tag sequence) const;
  Result<Keep> beginItem();
  Result<std::uint64_t> value(const Element& e);
  Result<std::uint64_t> fragments(const Element& e, PixelLocation* into);
  Status push(Level level);
  Error truncated(std::uint64_t expected) const {
    return fail(ErrorCode::Truncated,
                {m_header.path.string(), std::to_string(expected), std::to_string(m_source.size())},
                "walkDicom");
  }
  // A value that reaches behind the end: a file cut short, or a length that nobody meant.
  Error tooLong(std::uint64_t at, std::uint64_t length) const {
    constexpr std::uint64_t plausible = std::uint64_t(16) << 20;
    if (length <= plausible)
      return truncated(at + length);
    const std::uint64_t left = m_source.size() - std::min(m_source.size(), at);
    return fail(ErrorCode::DeclaredTooLarge,
                {m_header.path.string(), std::to_string(length), std::to_string(left)}, "walkDicom");
  }
  Error malformed(std::string what) const {
    return fail(ErrorCode::Malformed, {m_header.path.string(), std::move(what)}, "walkDicom");
  }

  ByteSource& m_source;
  DicomHeader& m_header;
  const WalkLimits& m_limits;
  std::vector<Level> m_levels;
  std::uint64_t m_elements = 0, m_items = 0;
};

Result<Element> Walker::element(std::uint64_t at, bool implicit, bool bigEndian) {
  const auto head = m_source.peek(at, 12);
  if (head.size() < 8)
    return truncated(at + 8);
  Element e;
  e.tag = (std::uint32_t(readU16(head.data(), bigEndian)) << 16) | readU16(head.data() + 2, bigEndian);
  e.valueAt = at + 8;
  const bool delimiter = (e.tag >> 16) == 0xFFFE;
  // A few devices write single attributes without a VR into explicit files.
  const bool noVr = implicit || delimiter || !(head[4] >= std::byte('A') && head[4] <= std::byte('Z'));
  if (noVr) {
    e.length = readU32(head.data() + 4, bigEndian);
    return e;
  }
  e.vr = {static_cast<char>(head[4]), static_cast<char>(head[5])};
  if (hasLongForm(e.vr) || !isVr(head.data() + 4)) {
    if (head.size() < 12)
      return truncated(at + 12);
    e.length = readU32(head.data() + 8, bigEndian);
    e.valueAt = at + 12;
  } else {
    e.length = readU16(head.data() + 6, bigEndian);
  }
  return e;
}

Status Walker::keep(const Element& e, AttributeMap& into) {
  if (e.length > m_limits.valueBytes)
    return {};
  std::string value(e.length, '\0');
  if (!m_source.read(e.valueAt, std::as_writable_bytes(std::span(value))))
    return truncated(e.valueAt + e.length);
  into.insert_or_assign(e.tag, std::move(value));
  return {};
}

// An attribute within a sequence that we read. Levels: sequence, item, functional group, its item.
Status Walker::keepNested(const Element& e) {
  constexpr std::uint32_t longestInFrame = 256;
  const bool lut = e.tag == tag::LutDescriptor || e.tag == tag::LutData || e.tag == tag::LutExplanation;
  const bool inGroup = m_levels.size() >= 4 && e.length <= longestInFrame && isWantedInFrame(e.tag);
  if (!m_levels.back().isItem) // damaged: directly within a sequence
    return {};
  switch (m_levels.back().keep) {
  case Keep::ModalityLut:
    return lut ? keep(e, m_header.modalityLut) : Status{};
  case Keep::VoiLut:
    return lut ? keep(e, m_header.voiLut) : Status{};
  case Keep::Shared:
    return inGroup && !m_header.sharedGroups.contains(e.tag) ? keep(e, m_header.sharedGroups) : Status{};
  case Keep::Frames:
    return inGroup && !m_header.frameGroups.back().contains(e.tag) ? keep(e, m_header.frameGroups.back())
                                                                   : Status{};
  case Keep::Dimensions:
    return e.tag == tag::DimensionPointer && e.length == 4 ? keep(e, m_header.dimensions.back()) : Status{};
  case Keep::Nothing:
    break;
  }
  return {};
}

Keep Walker::keepOf(Tag sequence) const {
  if (!m_levels.empty()) {
    // Private groups repeat whole data sets of the single-frame kind; their values are not the frame's.
    const Keep outer = m_levels.back().keep;
    const bool isPrivate = (sequence >> 16) % 2 == 1, inItem = m_levels.back().isItem;
    const bool groups = outer == Keep::Shared || outer == Keep::Frames;
    return groups && inItem && !isPrivate ? outer : Keep::Nothing;
  }
  switch (sequence) {
  case tag::ModalityLutSequence:
    return Keep::ModalityLut;
  case tag::VoiLutSequence:
    return Keep::VoiLut;
  case tag::SharedGroups:
    return Keep::Shared;
  case tag::FrameGroups:
    return Keep::Frames;
  case tag::DimensionIndexSequence:
    return Keep::Dimensions;
  default:
    return Keep::Nothing;
  }
}

Result<Keep> Walker::beginItem() {
  const Keep keeps = m_levels.back().keep;
  const bool outermost = m_levels.size() == 1;
  if (keeps == Keep::Frames && outermost) {
    if (m_header.frameGroups.size() >= m_limits.frames)
      return malformed("too many frames");
    m_header.frameGroups.emplace_back();
  }
  if (keeps == Keep::Dimensions && outermost) {
    if (m_header.dimensions.size() >= 64)
      return malformed("too many dimensions");
    m_header.dimensions.emplace_back();
  }
  // Of several tables the first one counts.
  const bool later = (keeps == Keep::ModalityLut && !m_header.modalityLut.empty()) ||
                     (keeps == Keep::VoiLut && !m_header.voiLut.empty());
  return later ? Keep::Nothing : keeps;
}

Status Walker::push(Level level) {
  if (std::ssize(m_levels) >= 2 * m_limits.depth)
    return fail(ErrorCode::NestedTooDeep, {m_header.path.string(), std::to_string(m_limits.depth)},
                "walkDicom");
  m_levels.push_back(level);
  return {};
}

// Items of encapsulated pixels hold bytes, not attributes. Returns where the next element begins.
Result<std::uint64_t> Walker::fragments(const Element& e, PixelLocation* into) {
  std::uint64_t at = e.valueAt;
  bool first = true;
  while (at < m_source.size()) {
    const auto head = m_source.peek(at, 8);
    if (head.size() < 8)
      return truncated(at + 8);
    const Tag t = (std::uint32_t(readU16(head.data(), m_header.bigEndian)) << 16) |
                  readU16(head.data() + 2, m_header.bigEndian);
    const std::uint64_t length = readU32(head.data() + 4, m_header.bigEndian);
    if (t == tag::SequenceEnd)
      return at + 8;
    if (t != tag::Item)
      return malformed("encapsulated pixel data");
    if (++m_items > m_limits.items)
      return malformed("too many items");
    if (length > m_source.size() - at - 8)
      return truncated(at + 8 + length);
    if (into && first)
      into->offsetTable = {at + 8, length};
    else if (into)
      into->ranges.push_back({at + 8, length});
    first = false;
    at += 8 + length;
  }
  return at; // the end marker is missing, the fragments are whole
}

Result<std::uint64_t> Walker::value(const Element& e) {
  const std::uint64_t left = m_source.size() - std::min(m_source.size(), e.valueAt);
  const bool top = m_levels.empty();
  if (isPixels(e.tag) && e.length == undefinedLength) {
    if (top)
      m_header.pixels = {e.tag, true, false, {}, {}};
    return fragments(e, top ? &m_header.pixels : nullptr);
  }
  if (e.length > left) {
    if (isPixels(e.tag))
      return truncated(e.valueAt + e.length);
    return tooLong(e.valueAt, e.length);
  }
  if (top && isPixels(e.tag))
    m_header.pixels = {e.tag, false, e.vr == "OW", {{e.valueAt, e.length}}, {}};
  // Large, and of use only for one kind of image.
  const bool idle = e.tag == tag::CsaImageHeader && !m_header.isMosaic();
  if (top && isWanted(e.tag) && !idle)
    SPONDYL_CHECK(keep(e, m_header.values));
  if (!top)
    SPONDYL_CHECK(keepNested(e));
  return e.valueAt + e.length;
}

Result<std::uint64_t> Walker::meta(std::uint64_t at) {
  while (at + 8 <= m_source.size()) {
    const auto head = m_source.peek(at, 8);
    if (head.size() < 8 || readU16(head.data(), false) != 0x0002)
      break;
    if (++m_elements > 1000)
      return malformed("file meta information");
    SPONDYL_TRY(const Element e, element(at, !isVr(head.data() + 4), false));
    if (e.length > m_source.size() - std::min(m_source.size(), e.valueAt))
      return tooLong(e.valueAt, e.length);
    if (e.tag >= tag::MediaSopClass && e.tag <= tag::TransferSyntax)
      SPONDYL_CHECK(keep(e, m_header.values));
    at = e.valueAt + e.length;
  }
  return at;
}

Status Walker::dataset(std::uint64_t at) {
  for (;;) {
    while (!m_levels.empty() && m_levels.back().end && at >= m_levels.back().end)
      m_levels.pop_back();
    if (at >= m_source.size())
      return {};
    if (++m_elements > m_limits.elements)
      return malformed("too many attributes");
    const bool implicit = m_levels.empty() ? !m_header.explicitVr : m_levels.back().implicit;
    // What follows the image (padding, rubbish) is nobody's concern.
    if (m_levels.empty() && m_header.pixels.tag && !m_limits.toEnd)
      return {};
    SPONDYL_TRY(const Element e, element(at, implicit, m_header.bigEndian));
    at = e.valueAt;
    if (e.tag == tag::Item || e.tag == tag::ItemEnd || e.tag == tag::SequenceEnd) {
      const bool inItem = !m_levels.empty() && m_levels.back().isItem;
      if (e.tag != tag::Item) {
        if (!m_levels.empty() && (e.tag == tag::SequenceEnd || inItem))
          m_levels.pop_back();
        if (e.tag == tag::SequenceEnd && inItem && !m_levels.empty())
          m_levels.pop_back();
        continue;
      }
      if (m_levels.empty() || inItem)
        return malformed("an item outside of a sequence");
      if (++m_items > m_limits.items)
        return malformed("too many items");
      if (e.length != undefinedLength && e.length > m_source.size() - at)
        return tooLong(at, e.length);
      SPONDYL_TRY(const Keep keeps, beginItem());
      if (e.length == 0)
        continue;
      SPONDYL_CHECK(
          push({true, m_levels.back().implicit, keeps, e.length == undefinedLength ? 0 : at + e.length}));
      continue;
    }
    const bool unknown = e.vr == "UN";
    const bool isSequence = !isPixels(e.tag) && (e.vr == "SQ" || e.length == undefinedLength ||
                                                 (e.vr.empty() && isKnownSequence(e.tag)));
    if (!isSequence) {
      SPONDYL_TRY(at, value(e));
      continue;
    }
    if (e.length != undefinedLength && e.length > m_source.size() - at)
      return tooLong(at, e.length);
    if (e.length == 0)
      continue;
    // A sequence of unknown VR is encoded implicitly whatever the syntax (PS3.5 6.2.2).
    SPONDYL_CHECK(
        push({false, implicit || unknown, keepOf(e.tag), e.length == undefinedLength ? 0 : at + e.length}));
  }
}

// The stated syntax is sometimes wrong or absent; the first attribute tells what is really there.
Status settleEncoding(ByteSource& source, std::uint64_t at, DicomHeader& header, bool stated) {
  const auto head = source.peek(at, 8);
  if (head.size() < 8)
    return fail(ErrorCode::Truncated,
                {header.path.string(), std::to_string(at + 8), std::to_string(source.size())}, "walkDicom");
  const std::uint16_t little = readU16(head.data(), false), big = readU16(head.data(), true);
  if (!stated)
    header.bigEndian = big <= 0x0010 && little > 0x0010;
  const std::uint16_t group = header.bigEndian ? big : little;
  if (!stated && group > 0x0010)
    return fail(ErrorCode::NotAnImage, {header.path.string()}, "walkDicom");
  header.explicitVr = isVr(head.data() + 4);
  return {};
}

} // namespace

Result<DicomHeader> walkDicom(const Path& path, const WalkLimits& limits) {
  SPONDYL_TRY(ByteSource file, ByteSource::open(path));
  DicomHeader header;
  header.path = path;
  const auto start = file.peek(0, 132);
  const bool preamble = start.size() == 132 && std::equal(start.begin() + 128, start.end(),
                                                          std::as_bytes(std::span("DICM", 4)).begin());
  std::uint64_t at = preamble ? 132 : 0;
  if (!preamble) {
    // Without the mark only a file that begins like a data set is one.
    if (start.size() < 8)
      return fail(ErrorCode::NotAnImage, {path.string()}, "walkDicom");
    const std::uint16_t little = readU16(start.data(), false), big = readU16(start.data(), true);
    const bool known = little == 0x0002 || little == 0x0008 || big == 0x0008;
    if (!known)
      return fail(ErrorCode::NotAnImage, {path.string()}, "walkDicom");
  }
  Walker metaWalker(file, header, limits);
  SPONDYL_TRY(at, metaWalker.meta(at));
  header.transferSyntax = header.text(tag::TransferSyntax);
  header.mediaSopClass = header.text(tag::MediaSopClass);
  header.mediaSopInstance = header.text(tag::MediaSopInstance);
  header.values.clear();
  if (at >= file.size())
    return fail(ErrorCode::Truncated, {path.string(), "?", std::to_string(file.size())}, "walkDicom");

  const SyntaxInfo* syntax = findSyntax(header.transferSyntax);
  if (syntax && syntax->coding == PixelCoding::Deflated) {
    std::string packed(
        static_cast<std::size_t>(std::min<std::uint64_t>(file.size() - at, limits.inflatedBytes)), '\0');
    if (!file.read(at, std::as_writable_bytes(std::span(packed))))
      return fail(ErrorCode::FileUnreadable, {path.string(), "read error"}, "walkDicom");
    SPONDYL_TRY(std::string plain,
                inflateBounded(std::as_bytes(std::span(packed)), limits.inflatedBytes, path.string()));
    header.inflated = std::make_shared<const std::string>(std::move(plain));
    file = ByteSource::fromMemory(header.inflated);
    at = 0;
  }
  if (syntax)
    header.bigEndian = syntax->bigEndian;
  SPONDYL_CHECK(settleEncoding(file, at, header, syntax != nullptr || !header.transferSyntax.empty()));
  Walker walker(file, header, limits);
  SPONDYL_CHECK(walker.dataset(at));
  return header;
}

} // namespace spondyl::dicom
