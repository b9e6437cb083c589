#pragma once
// Data sets as trees, encoded in any of the uncompressed ways.

#include "tests/core/dicom/dicom_bytes.h"

#include <bit>
#include <vector>

namespace spondyl::test {

struct Node {
  std::uint32_t tag = 0;
  std::string vr, value;
  std::vector<std::vector<Node>> items{};
};
using Nodes = std::vector<Node>;

struct Encoding {
  bool implicit = false, undefinedLengths = false;
};

inline std::string encode(const Nodes& nodes, Encoding how) {
  std::string out;
  for (const Node& n : nodes) {
    std::string value = n.value;
    for (const Nodes& each : n.items) {
      const std::string inside = encode(each, how);
      value += how.undefinedLengths ? item(0xFFFFFFFF, inside) + tagBytes(0xFFFEE00D) + le32(0)
                                    : item(static_cast<std::uint32_t>(inside.size()), inside);
    }
    if (value.size() % 2)
      value += n.vr == "UI" ? '\0' : ' ';
    const bool open = n.vr == "SQ" && how.undefinedLengths;
    const auto length = open ? 0xFFFFFFFF : static_cast<std::uint32_t>(value.size());
    if (open)
      value += tagBytes(0xFFFEE0DD) + le32(0);
    const bool longForm = n.vr == "SQ" || n.vr[0] == 'O' || n.vr == "UN";
    if (how.implicit)
      out += tagBytes(n.tag) + le32(length) + value;
    else if (longForm)
      out += longElement(n.tag, n.vr, length, value);
    else
      out += tagBytes(n.tag) + n.vr + le16(length) + value;
  }
  return out;
}

inline std::string fd(std::initializer_list<double> values) {
  std::string out;
  for (const double v : values) {
    const auto bits = std::bit_cast<std::uint64_t>(v);
    out += le32(static_cast<std::uint32_t>(bits)) + le32(static_cast<std::uint32_t>(bits >> 32));
  }
  return out;
}
inline std::string ds(std::initializer_list<double> values) {
  std::string out;
  char buffer[40];
  for (const double v : values) {
    std::snprintf(buffer, sizeof buffer, "%.10g", v);
    out += (out.empty() ? "" : "\\") + std::string(buffer);
  }
  return out;
}

} // namespace spondyl::test
