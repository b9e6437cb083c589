#include "core/dicom/text.h"

#include <array>
#include <cerrno>
#include <iconv.h>
#include <map>
#include <optional>

namespace spondyl::dicom {
namespace {

struct SingleSet {
  std::string_view term; ///< without "ISO_IR " or "ISO 2022 IR "
  const char* encoding;
};
constexpr auto singleSets = std::to_array<SingleSet>({{"6", "ASCII"},
                                                      {"100", "ISO-8859-1"},
                                                      {"101", "ISO-8859-2"},
                                                      {"109", "ISO-8859-3"},
                                                      {"110", "ISO-8859-4"},
                                                      {"144", "ISO-8859-5"},
                                                      {"127", "ISO-8859-6"},
                                                      {"126", "ISO-8859-7"},
                                                      {"138", "ISO-8859-8"},
                                                      {"148", "ISO-8859-9"},
                                                      {"203", "ISO-8859-15"},
                                                      {"13", "SHIFT_JIS"},
                                                      {"166", "TIS-620"},
                                                      {"192", "UTF-8"},
                                                      {"149", "EUC-KR"},
                                                      {"58", "GB2312"},
                                                      {"87", "ASCII"},
                                                      {"159", "ASCII"}});

// Escape sequences of PS3.3 C.12.1.1.2 (without the escape) and what the bytes behind them are.
struct Designation {
  std::string_view escape;
  const char* encoding;
  std::string_view wrap; ///< given to the decoder before the bytes: ISO-2022-JP needs the sequence itself
};
constexpr auto designations = std::to_array<Designation>({{"(B", "ASCII", {}},
                                                          {"(J", "SHIFT_JIS", {}},
                                                          {")I", "SHIFT_JIS", {}},
                                                          {"-A", "ISO-8859-1", {}},
                                                          {"-B", "ISO-8859-2", {}},
                                                          {"-C", "ISO-8859-3", {}},
                                                          {"-D", "ISO-8859-4", {}},
                                                          {"-L", "ISO-8859-5", {}},
                                                          {"-G", "ISO-8859-6", {}},
                                                          {"-F", "ISO-8859-7", {}},
                                                          {"-H", "ISO-8859-8", {}},
                                                          {"-M", "ISO-8859-9", {}},
                                                          {"-b", "ISO-8859-15", {}},
                                                          {"-T", "TIS-620", {}},
                                                          {"$)C", "EUC-KR", {}},
                                                          {"$)A", "GB2312", {}},
                                                          {"$B", "ISO-2022-JP", "\x1b$B"},
                                                          {"$@", "ISO-2022-JP", "\x1b$@"},
                                                          {"$(D", "ISO-2022-JP-2", "\x1b$(D"}});

std::string encodingOf(std::string_view term) {
  if (term == "GB18030" || term == "GBK")
    return std::string(term);
  for (const std::string_view prefix : {"ISO_IR ", "ISO 2022 IR ", "ISO-IR ", "ISO_IR_", "ISO IR "})
    if (term.starts_with(prefix)) {
      const std::string_view number = term.substr(prefix.size());
      for (const SingleSet& set : singleSets)
        if (set.term == number)
          return set.encoding;
    }
  return {};
}

// One converter per encoding and thread: opening one costs more than converting a name.
std::optional<std::string> convert(std::string_view bytes, const std::string& encoding) {
  struct Converters {
    std::map<std::string, iconv_t> open;
    ~Converters() {
      for (auto& [name, handle] : open)
        iconv_close(handle);
    }
  };
  thread_local Converters converters;
  auto at = converters.open.find(encoding);
  if (at == converters.open.end()) {
    const iconv_t handle = iconv_open("UTF-8", encoding.c_str());
    if (handle == reinterpret_cast<iconv_t>(-1))
      return std::nullopt;
    at = converters.open.emplace(encoding, handle).first;
  }
  iconv(at->second, nullptr, nullptr, nullptr, nullptr);
  std::string out(bytes.size() * 4 + 16, '\0');
  char* in = const_cast<char*>(bytes.data());
  std::size_t inLeft = bytes.size();
  char* to = out.data();
  std::size_t outLeft = out.size();
  if (iconv(at->second, &in, &inLeft, &to, &outLeft) == static_cast<std::size_t>(-1) || inLeft)
    return std::nullopt;
  out.resize(out.size() - outLeft);
  // iconv passes code points on that Unicode does not have.
  return isUtf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string> convertExtended(std::string_view raw, const std::string& initial,
                                           bool isPersonName) {
  std::string out, encoding = initial;
  std::string_view wrap;
  std::size_t begin = 0;
  const auto flush = [&](std::size_t end) {
    if (end > begin) {
      const auto part = convert(std::string(wrap) + std::string(raw.substr(begin, end - begin)), encoding);
      if (!part)
        return false;
      out += *part;
    }
    begin = end;
    return true;
  };
  for (std::size_t at = 0; at < raw.size();) {
    const char c = raw[at];
    // 7-bit double-byte text may contain the bytes of '^', '=' and '\': only 94x94 sets in G0 do.
    const bool delimiter = c == '\r' || c == '\n' || c == '\f' || (isPersonName && (c == '^' || c == '='));
    if (delimiter && wrap.empty()) {
      if (!flush(at))
        return std::nullopt;
      out += c;
      begin = ++at;
      encoding = initial;
      continue;
    }
    if (c != '\x1b') {
      ++at;
      continue;
    }
    if (!flush(at))
      return std::nullopt;
    const Designation* found = nullptr;
    for (const Designation& d : designations)
      if (raw.substr(at + 1).starts_with(d.escape))
        found = &d;
    if (!found)
      return std::nullopt;
    // "(B" in a text with a G1 set of its own goes back to that set, of which ASCII is a part.
    encoding = found->escape == "(B" ? initial : found->encoding;
    wrap = found->wrap;
    at += 1 + found->escape.size();
    begin = at;
  }
  if (!flush(raw.size()))
    return std::nullopt;
  return out;
}

std::string withoutControls(std::string text) {
  std::erase_if(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
  });
  return text;
}

bool isAscii(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\x1b')
      return false;
  return true;
}

} // namespace

bool isUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    const std::size_t more = c < 0x80                ? 0
                             : c >= 0xC2 && c < 0xE0 ? 1
                             : c >= 0xE0 && c < 0xF0 ? 2
                             : c >= 0xF0 && c < 0xF5 ? 3
                                                     : 9;
    if (more == 9 || at + more >= text.size())
      return false;
    std::uint32_t code = more == 0 ? c : c & (0x3Fu >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<unsigned char>(text[at + k]);
      if ((next & 0xC0) != 0x80)
        return false;
      code = (code << 6) | (next & 0x3Fu);
    }
    const bool overlong = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
    if (overlong || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
      return false;
    at += more + 1;
  }
  return true;
}

std::string toUtf8(std::string_view raw, const std::vector<std::string>& characterSets, bool isPersonName,
                   bool* undecodable) {
  if (isAscii(raw))
    return withoutControls(std::string(raw));
  std::string initial =
      characterSets.empty() || characterSets[0].empty() ? "ASCII" : encodingOf(characterSets[0]);
  std::optional<std::string> text;
  if (!initial.empty())
    text = raw.find('\x1b') != std::string_view::npos ? convertExtended(raw, initial, isPersonName)
                                                      : convert(raw, initial);
  // A G1 set named only as a second value is often used without its escape sequence.
  for (std::size_t k = 1; !text && k < characterSets.size(); ++k) {
    const std::string other = encodingOf(characterSets[k]);
    if (!other.empty())
      text = convert(raw, other);
  }
  if (text)
    return withoutControls(*text);
  if (undecodable)
    *undecodable = true;
  if (isUtf8(raw))
    return withoutControls(std::string(raw));
  return withoutControls(convert(raw, "ISO-8859-1").value_or(std::string()));
}

} // namespace spondyl::dicom
