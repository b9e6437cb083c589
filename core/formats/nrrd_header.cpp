#include "core/formats/nrrd_header.h"

#include "core/formats/nrrd_fields.h"

#include <algorithm>
#include <bit>
#include <fstream>

namespace spondyl {
namespace {

constexpr std::size_t mostHeaderBytes = std::size_t(1) << 20;
constexpr std::int64_t largestSize = 65535;

Error malformed(const Path& path, const std::string& what) {
  return fail(ErrorCode::Malformed, {path.string(), "NRRD " + what}, "readNrrdHeader");
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
  return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

struct HeaderText {
  NrrdFields fields;
  std::vector<std::string> listed; ///< lines after "data file: LIST"
  std::uint64_t end = 0;           ///< where data begin
  bool blankLine = false;
};

Result<HeaderText> readText(const Path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return fail(ErrorCode::FileNotFound, {path.string()}, "readNrrdHeader");
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return fail(ErrorCode::FileUnreadable, {path.string(), "cannot be opened"}, "readNrrdHeader");
  std::string start(mostHeaderBytes, '\0');
  file.read(start.data(), std::streamsize(start.size()));
  start.resize(std::size_t(file.gcount()));
  if (start.empty())
    return fail(ErrorCode::FileEmpty, {path.string()}, "readNrrdHeader");
  HeaderText text;
  std::size_t at = 0;
  for (int line = 0;; ++line) {
    const std::size_t end = start.find('\n', at);
    if (end == std::string::npos && start.size() == mostHeaderBytes)
      return malformed(path, "header: no end within 1 MiB");
    const std::string words = trimmed(start.substr(at, end == std::string::npos ? end : end - at));
    at = end == std::string::npos ? start.size() : end + 1;
    if (line == 0) {
      if (!words.starts_with("NRRD000") || words.size() != 8 || words[7] < '1' || words[7] > '5')
        return malformed(path, "version " + words.substr(0, 8));
    } else if (words.empty() && end != std::string::npos) {
      text.blankLine = true;
      break;
    } else if (text.fields.count("data file") && text.fields["data file"].starts_with("LIST")) {
      text.listed.push_back(words);
    } else if (!words.empty() && words[0] != '#') {
      const std::size_t colon = words.find(':');
      if (colon == std::string::npos)
        return malformed(path, "header line " + std::to_string(line + 1));
      if (colon + 1 >= words.size() || words[colon + 1] != '=') {
        std::string field = lower(trimmed(words.substr(0, colon)));
        if (field == "datafile")
          field = "data file";
        if (field == "lineskip" || field == "byteskip")
          field.insert(4, " ");
        if (!text.fields.emplace(field, trimmed(words.substr(colon + 1))).second)
          return malformed(path, "field given twice: " + field);
      }
    }
    if (end == std::string::npos)
      break;
  }
  text.end = at;
  return text;
}

// Sizes, and which three axes are space; the first volume of what comes behind them.
struct Axes {
  GridSize size;
  std::int64_t volumes = 1;
  std::size_t first = 0; ///< of the three
};

Result<Axes> axesOf(const Path& path, const NrrdFields& fields,
                    const std::vector<std::vector<double>>& directions) {
  const auto dimension = nrrdWholeNumbers(fields.at("dimension"));
  const auto sizes = nrrdWholeNumbers(fields.at("sizes"));
  if (!dimension || dimension->size() != 1 || !sizes || sizes->empty() || sizes->size() > 16 ||
      (*dimension)[0] != std::int64_t(sizes->size()))
    return malformed(path, "sizes");
  for (const std::int64_t n : *sizes)
    if (n < 1 || n > largestSize)
      return malformed(path, "sizes");
  if (directions.size() != sizes->size())
    return malformed(path, "space directions");
  Axes axes;
  while (axes.first < directions.size() && directions[axes.first].empty()) {
    if ((*sizes)[axes.first] != 1)
      return fail(ErrorCode::UnsupportedPixels,
                  {path.string(), std::to_string((*sizes)[axes.first]) + " values a voxel"},
                  "readNrrdHeader");
    ++axes.first;
  }
  if (axes.first + 3 > directions.size())
    return fail(ErrorCode::NoGeometry, {path.string()}, "readNrrdHeader");
  for (std::size_t a = axes.first; a < directions.size(); ++a) {
    if ((a < axes.first + 3) == directions[a].empty())
      return fail(ErrorCode::UnsupportedPixels, {path.string(), "an order of axes that is not read"},
                  "readNrrdHeader");
    if (a >= axes.first + 3)
      axes.volumes *= (*sizes)[a];
    if (axes.volumes > largestSize)
      return malformed(path, "sizes");
  }
  const auto size = [&](std::size_t a) { return static_cast<int>((*sizes)[axes.first + a]); };
  axes.size = {size(0), size(1), size(2)};
  return axes;
}

Status readGeometry(NrrdHeader& header, const NrrdFields& fields) {
  const Error none = fail(ErrorCode::NoGeometry, {header.path.string()}, "readNrrdHeader");
  for (const char* needed : {"space", "space directions", "space origin"})
    if (!fields.count(needed))
      return none;
  const auto sense = nrrdToLps(fields.at("space"));
  if (!sense)
    return none;
  const auto directions = nrrdVectors(fields.at("space directions"));
  const auto origin = nrrdVectors(fields.at("space origin"));
  if (!directions || !origin || origin->size() != 1 || origin->front().size() != 3)
    return malformed(header.path, "space directions or origin");
  for (const auto& d : *directions)
    if (!d.empty() && d.size() != 3)
      return malformed(header.path, "space directions");
  const auto units = nrrdUnits(fields.count("space units") ? fields.at("space units") : R"("" "" "")");
  if (!units)
    return malformed(header.path, "space units");
  SPONDYL_TRY(const Axes axes, axesOf(header.path, fields, *directions));
  header.volumes = axes.volumes;
  const auto lps = [&](const std::vector<double>& v) {
    return VectorLps{v[0] * (*sense)[0] * (*units)[0], v[1] * (*sense)[1] * (*units)[1],
                     v[2] * (*sense)[2] * (*units)[2]};
  };
  const auto step = [&](std::size_t a) { return lps((*directions)[axes.first + a]); };
  const auto grid = Grid::create(axes.size, PointLps{} + lps(origin->front()), step(0), step(1), step(2));
  if (!grid)
    return none;
  header.grid = *grid;
  return {};
}

Status readEncoding(NrrdHeader& header, const NrrdFields& fields) {
  const std::string encoding = lower(fields.at("encoding"));
  if (encoding == "raw")
    header.encoding = NrrdEncoding::Raw;
  else if (encoding == "gz" || encoding == "gzip")
    header.encoding = NrrdEncoding::Gzip;
  else if (encoding == "txt" || encoding == "text" || encoding == "ascii")
    header.encoding = NrrdEncoding::Ascii;
  else
    return fail(ErrorCode::UnsupportedTransferSyntax, {header.path.string(), "NRRD encoding " + encoding},
                "readNrrdHeader");
  if (header.encoding != NrrdEncoding::Ascii && bytesOf(header.type) > 1) {
    const std::string endian = fields.count("endian") ? lower(fields.at("endian")) : "";
    if (endian != "little" && endian != "big")
      return malformed(header.path, "endian");
    header.swapped = (endian == "little") != (std::endian::native == std::endian::little);
  }
  const auto whole = [&](const char* field, std::int64_t low) -> std::optional<std::int64_t> {
    if (!fields.count(field))
      return 0;
    const auto numbers = nrrdWholeNumbers(fields.at(field));
    const bool good =
        numbers && numbers->size() == 1 && (*numbers)[0] >= low && (*numbers)[0] <= std::int64_t(1) << 40;
    return good ? std::optional((*numbers)[0]) : std::nullopt;
  };
  const auto lines = whole("line skip", 0);
  const auto bytes = whole("byte skip", header.encoding == NrrdEncoding::Raw ? -1 : 0);
  if (!lines || *lines > 100'000 || !bytes)
    return malformed(header.path, "skip");
  header.lineSkip = static_cast<int>(*lines);
  header.byteSkip = *bytes;
  return {};
}

// Enough bytes for what is declared, before anything is allocated.
Status checkLengths(const NrrdHeader& header) {
  const GridSize n = header.grid.size();
  // Only the first volume is read, unless the data are found from their end.
  const int slices =
      header.byteSkip < 0 ? header.slicesPerFile : std::min(header.slicesPerFile, header.grid.size().k);
  const std::uint64_t values = std::uint64_t(n.i) * std::uint64_t(n.j) * std::uint64_t(slices);
  for (const Path& path : header.files) {
    std::error_code error;
    const std::uint64_t all = std::filesystem::file_size(path, error);
    if (error)
      return fail(ErrorCode::FileUnreadable, {path.string(), error.message()}, "readNrrdHeader");
    const std::uint64_t skipped = header.dataAt + std::uint64_t(std::max<std::int64_t>(0, header.byteSkip));
    const std::uint64_t raw = values * bytesOf(header.type);
    if (header.encoding == NrrdEncoding::Gzip) {
      if (raw > all * largestGzipRatio + 1024)
        return fail(ErrorCode::DeclaredTooLarge,
                    {path.string(), std::to_string(raw), std::to_string(all * largestGzipRatio)},
                    "readNrrdHeader");
      continue;
    }
    // Text: a digit and a separator at the least.
    const std::uint64_t wanted = (header.encoding == NrrdEncoding::Raw ? raw : 2 * values - 1) + skipped;
    if (all < wanted)
      return fail(ErrorCode::Truncated, {path.string(), std::to_string(wanted), std::to_string(all)},
                  "readNrrdHeader");
  }
  return {};
}

} // namespace

Result<NrrdHeader> readNrrdHeader(const Path& path) {
  SPONDYL_TRY(const HeaderText text, readText(path));
  const NrrdFields& fields = text.fields;
  for (const char* needed : {"type", "dimension", "sizes", "encoding"})
    if (!fields.count(needed))
      return malformed(path, std::string("header without ") + needed);
  NrrdHeader header;
  header.path = path;
  const auto type = nrrdType(fields.at("type"));
  if (!type)
    return fail(ErrorCode::UnsupportedPixels, {path.string(), "NRRD type " + fields.at("type")},
                "readNrrdHeader");
  header.type = *type;
  SPONDYL_CHECK(readEncoding(header, fields));
  SPONDYL_CHECK(readGeometry(header, fields));
  header.detached = fields.count("data file") > 0;
  const std::int64_t slices = header.grid.size().k * header.volumes;
  if (header.detached) {
    SPONDYL_TRY(header.files, nrrdFileNames(path, fields.at("data file"), text.listed));
    if (slices % std::int64_t(header.files.size()) != 0)
      return malformed(path, "data file: files and slices do not fit");
  } else {
    if (!text.blankLine)
      return malformed(path, "header without an end");
    header.files = {path};
    header.dataAt = text.end;
  }
  header.slicesPerFile = static_cast<int>(slices / std::int64_t(header.files.size()));
  SPONDYL_CHECK(checkLengths(header));
  return header;
}

} // namespace spondyl
