// Which files a detached NRRD header names. A header comes from a stranger: it reaches nothing outside its
// own folder, not even through a link.
#include "core/formats/nrrd_header.h"

#include <cstdio>
#include <sstream>

namespace spondyl {
namespace {

constexpr int mostFiles = 65535;

Result<Path> inside(const Path& header, const std::string& name) {
  const Path relative = Path(name).lexically_normal();
  const Error outside = fail(ErrorCode::DataOutsideFolder, {header.string(), name}, "readNrrdHeader");
  if (relative.empty() || relative.is_absolute() || *relative.begin() == "..")
    return outside;
  std::error_code error;
  const Path own = std::filesystem::absolute(header, error).parent_path();
  const Path folder = std::filesystem::weakly_canonical(own, error);
  const Path target = std::filesystem::weakly_canonical(own / relative, error);
  if (error)
    return fail(ErrorCode::FileUnreadable, {(own / relative).string(), error.message()}, "readNrrdHeader");
  const Path from = target.lexically_relative(folder);
  if (from.empty() || *from.begin() == "..")
    return outside;
  if (!std::filesystem::is_regular_file(target, error))
    return fail(ErrorCode::FileNotFound, {(own / relative).string()}, "readNrrdHeader");
  return target;
}

// "%03d" and the like filled by us: a stranger's pattern never reaches printf.
std::optional<std::string> numbered(const std::string& pattern, int number) {
  const std::size_t percent = pattern.find('%');
  if (percent == std::string::npos)
    return std::nullopt;
  std::size_t at = percent + 1;
  const bool zeros = at < pattern.size() && pattern[at] == '0';
  int width = 0;
  for (; at < pattern.size() && pattern[at] >= '0' && pattern[at] <= '9' && width < 100; ++at)
    width = width * 10 + (pattern[at] - '0');
  if (width > 20 || at >= pattern.size() || pattern[at] != 'd' || pattern.find('%', at) != std::string::npos)
    return std::nullopt;
  std::string digits = std::to_string(number);
  if (digits.size() < std::size_t(width))
    digits.insert(0, std::size_t(width) - digits.size(), zeros ? '0' : ' ');
  return pattern.substr(0, percent) + digits + pattern.substr(at + 1);
}

} // namespace

Result<std::vector<Path>> nrrdFileNames(const Path& header, const std::string& value,
                                        std::span<const std::string> lines) {
  const Error bad = fail(ErrorCode::Malformed, {header.string(), "NRRD data file"}, "readNrrdHeader");
  std::vector<std::string> names;
  if (value == "LIST" || value.starts_with("LIST ")) {
    for (const std::string& line : lines)
      if (!line.empty())
        names.push_back(line);
  } else if (value.find('%') != std::string::npos) {
    std::istringstream words(value);
    std::string pattern;
    int first = 0, last = 0, step = 0;
    if (!(words >> pattern >> first >> last >> step) || step == 0 || first < 0 || last < 0 ||
        (step > 0) != (last >= first) || std::abs((last - first) / step) >= mostFiles)
      return bad;
    for (int n = first; step > 0 ? n <= last : n >= last; n += step) {
      const auto name = numbered(pattern, n);
      if (!name)
        return bad;
      names.push_back(*name);
    }
  } else {
    names.push_back(value);
  }
  if (names.empty() || names.size() > std::size_t(mostFiles))
    return bad;
  std::vector<Path> files;
  for (const std::string& name : names) {
    SPONDYL_TRY(Path file, inside(header, name));
    files.push_back(std::move(file));
  }
  return files;
}

} // namespace spondyl
