#include "core/formats/nrrd.h"
#include "core/formats/nrrd_header.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <limits>
#include <zlib.h>

namespace spondyl {
namespace {

Error truncated(const Path& path) {
  return fail(ErrorCode::Truncated, {path.string(), "?", "?"}, "readNrrd");
}

// zlib's state for one gzip stream.
struct Inflater {
  z_stream stream{};
  bool open = false;
  ~Inflater() {
    if (open)
      inflateEnd(&stream);
  }
};

// Bytes of one data file behind everything that is skipped: plain, or inflated piece by piece.
class NrrdStream {
 public:
  static Result<std::unique_ptr<NrrdStream>> open(const NrrdHeader& header, const Path& path) {
    auto stream = std::unique_ptr<NrrdStream>(new NrrdStream(path));
    SPONDYL_CHECK(stream->goToData(header));
    if (header.encoding != NrrdEncoding::Gzip)
      return stream;
    stream->m_inflater = std::make_unique<Inflater>();
    constexpr int gzipFormat = 15 + 16;
    if (inflateInit2(&stream->m_inflater->stream, gzipFormat) != Z_OK)
      return fail(ErrorCode::OutOfMemory, {"1", "?"}, "readNrrd");
    stream->m_inflater->open = true;
    SPONDYL_CHECK(stream->skip(header.byteSkip));
    return stream;
  }

  Status read(std::span<std::byte> out) {
    if (m_inflater)
      return inflateInto(out);
    const std::size_t kept = std::min(out.size(), m_piece.size() - m_used);
    std::memcpy(out.data(), m_piece.data() + m_used, kept);
    m_used += kept;
    out = out.subspan(kept);
    if (out.size() >= m_piece.capacity()) { // large ones straight to their place
      m_file.read(reinterpret_cast<char*>(out.data()), std::streamsize(out.size()));
      return std::size_t(m_file.gcount()) == out.size() ? Status() : truncated(m_path);
    }
    if (out.empty())
      return {};
    return refill() ? read(out) : Status(truncated(m_path));
  }

 private:
  explicit NrrdStream(Path path) : m_path(std::move(path)), m_file(m_path, std::ios::binary) {
    m_piece.reserve(std::size_t(1) << 16);
  }

  bool refill() {
    m_piece.resize(m_piece.capacity());
    m_file.read(m_piece.data(), std::streamsize(m_piece.size()));
    m_piece.resize(std::size_t(m_file.gcount()));
    m_used = 0;
    return !m_piece.empty();
  }

  Status inflateInto(std::span<std::byte> out) {
    z_stream& z = m_inflater->stream;
    while (!out.empty()) {
      if (m_used == m_piece.size() && !refill())
        return truncated(m_path);
      z.next_in = reinterpret_cast<Bytef*>(m_piece.data() + m_used);
      z.avail_in = static_cast<uInt>(m_piece.size() - m_used);
      z.next_out = reinterpret_cast<Bytef*>(out.data());
      z.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), std::size_t(1) << 30));
      const uInt asked = z.avail_out;
      const int state = inflate(&z, Z_NO_FLUSH);
      m_used = m_piece.size() - z.avail_in;
      out = out.subspan(asked - z.avail_out);
      if (state == Z_STREAM_END)
        inflateReset(&z); // gzip files may be joined
      else if (state != Z_OK && state != Z_BUF_ERROR)
        return fail(ErrorCode::Malformed, {m_path.string(), "NRRD data: gzip"}, "readNrrd");
    }
    return {};
  }

  // Lines are skipped before inflating; bytes, in a gzip file, after it.
  Status goToData(const NrrdHeader& header) {
    std::error_code error;
    const std::uint64_t all = std::filesystem::file_size(m_path, error);
    if (error || !m_file)
      return fail(ErrorCode::FileUnreadable, {m_path.string(), error ? error.message() : "cannot be opened"},
                  "readNrrd");
    std::uint64_t at = header.dataAt;
    if (header.byteSkip < 0) {
      const GridSize n = header.grid.size();
      const std::uint64_t data = std::uint64_t(n.i) * std::uint64_t(n.j) *
                                 std::uint64_t(header.slicesPerFile) * bytesOf(header.type);
      if (data + header.dataAt > all)
        return truncated(m_path);
      at = all - data;
    }
    m_file.seekg(std::streamoff(at));
    for (int line = 0; line < header.lineSkip && header.byteSkip >= 0; ++line)
      m_file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    if (header.encoding != NrrdEncoding::Gzip && header.byteSkip > 0)
      m_file.seekg(std::streamoff(header.byteSkip), std::ios::cur);
    return m_file.good() ? Status() : truncated(m_path);
  }

  Status skip(std::int64_t bytes) {
    std::vector<std::byte> dump(std::size_t(std::min<std::int64_t>(bytes, std::int64_t(1) << 20)));
    while (bytes > 0) {
      const auto piece = std::min<std::int64_t>(bytes, std::int64_t(dump.size()));
      SPONDYL_CHECK(read(std::span(dump).first(std::size_t(piece))));
      bytes -= piece;
    }
    return {};
  }

  Path m_path;
  std::ifstream m_file;
  std::vector<char> m_piece; ///< read from the file and, from m_used on, not yet handed out
  std::size_t m_used = 0;
  std::unique_ptr<Inflater> m_inflater; ///< none: plain
};

template <class T>
Status parseValues(NrrdStream& stream, std::span<std::byte> out, std::string& pending, const Path& path) {
  const Error bad =
      fail(ErrorCode::Malformed, {path.string(), "NRRD data: a value that is none"}, "readNrrd");
  for (std::size_t at = 0; at < out.size(); at += sizeof(T)) {
    std::string& word = pending;
    word.clear();
    for (std::byte byte{};;) {
      const Status status = stream.read(std::span(&byte, 1));
      const char c = static_cast<char>(byte);
      const bool gap = !status || c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',';
      if (!gap) {
        word += c;
        if (word.size() > 64)
          return bad;
      } else if (!word.empty()) {
        break;
      } else if (!status) {
        return status.error();
      }
    }
    std::conditional_t<sizeof(T) == 1, int, T> value{};
    const char* first = word.data() + (word[0] == '+' ? 1 : 0);
    const auto [end, error] = std::from_chars(first, word.data() + word.size(), value);
    const T kept = static_cast<T>(value);
    if (error != std::errc() || end != word.data() + word.size() ||
        (std::is_integral_v<T> && std::int64_t(kept) != std::int64_t(value)))
      return bad;
    std::memcpy(out.data() + at, &kept, sizeof kept);
  }
  return {};
}

class NrrdSlices : public VoxelReader {
 public:
  explicit NrrdSlices(NrrdHeader header) : m_header(std::move(header)) {}

  Status next(std::span<std::byte> out) override {
    if (m_slice % m_header.slicesPerFile == 0) {
      const auto file = std::size_t(m_slice / m_header.slicesPerFile);
      SPONDYL_TRY(m_stream, NrrdStream::open(m_header, m_header.files[file]));
    }
    ++m_slice;
    if (m_header.encoding == NrrdEncoding::Ascii)
      return parse(out);
    SPONDYL_CHECK(m_stream->read(out));
    if (m_header.swapped)
      for (std::size_t at = 0, n = bytesOf(m_header.type); at < out.size(); at += n)
        std::reverse(out.begin() + std::ptrdiff_t(at), out.begin() + std::ptrdiff_t(at + n));
    return {};
  }

 private:
  Status parse(std::span<std::byte> out) {
    const auto as = [&](auto example) {
      return parseValues<decltype(example)>(*m_stream, out, m_word, m_header.path);
    };
    switch (m_header.type) {
    case FileType::UInt8:
      return as(std::uint8_t{});
    case FileType::Int8:
      return as(std::int8_t{});
    case FileType::UInt16:
      return as(std::uint16_t{});
    case FileType::Int16:
      return as(std::int16_t{});
    case FileType::UInt32:
      return as(std::uint32_t{});
    case FileType::Int32:
      return as(std::int32_t{});
    case FileType::UInt64:
      return as(std::uint64_t{});
    case FileType::Int64:
      return as(std::int64_t{});
    case FileType::Float32:
      return as(float{});
    case FileType::Float64:
      break;
    }
    return as(double{});
  }

  NrrdHeader m_header;
  std::unique_ptr<NrrdStream> m_stream;
  std::string m_word;
  int m_slice = 0;
};

Result<VoxelFile> voxelFile(const Path& path) {
  SPONDYL_TRY(const NrrdHeader header, readNrrdHeader(path));
  VoxelFile file{path, nameWithout(path, {".nrrd", ".nhdr", ".seg"}), header.grid, header.type, {}, {}, {}};
  if (header.volumes > 1)
    file.warnings.push_back({WarningCode::FirstVolumeOnly, {std::to_string(header.volumes)}});
  file.open = [header]() -> Result<std::unique_ptr<VoxelReader>> {
    return std::unique_ptr<VoxelReader>(std::make_unique<NrrdSlices>(header));
  };
  return file;
}

} // namespace

bool isNrrd(const Path& path) {
  char magic[7]{};
  std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
  return std::string_view(magic, sizeof magic) == "NRRD000";
}

Result<Study> describeNrrd(const Path& path) {
  SPONDYL_TRY(const VoxelFile file, voxelFile(path));
  return describeVoxelFile(file);
}

std::vector<Path> nrrdDataFiles(const Path& path) {
  const auto header = readNrrdHeader(path);
  return header && header->detached ? header->files : std::vector<Path>();
}

Result<LoadedVolume> readNrrd(const Path& path, const JobContext& context, const LoadOptions& options) {
  SPONDYL_TRY(const VoxelFile file, voxelFile(path));
  return loadVoxelFile(file, context, options);
}

Result<LabelArray> readNrrdLabels(const Path& path, const JobContext& context) {
  SPONDYL_TRY(const LoadedVolume loaded, readNrrd(path, context, {true, {}}));
  return labelsFrom(*loaded.volume, path);
}

} // namespace spondyl
