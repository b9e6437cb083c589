// spondyl-bench-load FOLDER [ROUNDS]: loads one DICOM series by Spondyl, GDCM and vtk-dicom in turn, each
// load in a fresh process that has read three slices of it before (libraries started, files in the page
// cache). Prints CPU and wall time and the ratios within rounds; ends with 1 when the voxels are not the
// same.
#include "core/base/file.h"
#include "core/formats/open.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <gdcmIPPSorter.h>
#include <gdcmImageReader.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vtkDICOMReader.h>
#include <vtkDataArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkStringArray.h>

namespace spondyl::bench {
namespace {

using Files = std::vector<std::string>;
/// Loads the whole series and shows its stored values, slices along the normal.
using Loader =
    std::function<bool(const Path& folder, const Files& files, const std::function<void(std::string_view)>&)>;

/// What a load without its scan would be is not asked: reading a folder is finding out what lies in it, too.
bool loadBySpondyl(const Path& folder, const Files&, const std::function<void(std::string_view)>& seen) {
  const auto listing = openStudies(folder, {});
  if (!listing)
    return false;
  const auto loaded = loadVolume(listing->studies.front().series.front(), 0, {});
  if (!loaded)
    return false;
  seen({reinterpret_cast<const char*>(loaded->volume->data()), loaded->volume->byteCount()});
  return true;
}

bool loadByGdcm(const Path&, const Files& files, const std::function<void(std::string_view)>& seen) {
  gdcm::IPPSorter sorter;
  sorter.SetComputeZSpacing(false);
  if (!sorter.Sort(files))
    return false;
  std::unique_ptr<char[]> voxels;
  std::size_t slice = 0, at = 0;
  for (const std::string& file : sorter.GetFilenames()) {
    gdcm::ImageReader reader;
    reader.SetFileName(file.c_str());
    if (!reader.Read())
      return false;
    if (!voxels) {
      slice = reader.GetImage().GetBufferLength();
      voxels.reset(new char[slice * files.size()]); // not zeroed: every slice is written
    }
    if (reader.GetImage().GetBufferLength() != slice || !reader.GetImage().GetBuffer(voxels.get() + at))
      return false;
    at += slice;
  }
  seen({voxels.get(), at});
  return true;
}

bool loadByVtkDicom(const Path&, const Files& files, const std::function<void(std::string_view)>& seen) {
  vtkNew<vtkStringArray> names;
  for (const std::string& file : files)
    names->InsertNextValue(file);
  vtkNew<vtkDICOMReader> reader;
  reader->SetFileNames(names);
  reader->SetMemoryRowOrderToFileNative();
  reader->AutoRescaleOff();
  reader->Update();
  if (reader->GetErrorCode() != 0)
    return false;
  vtkDataArray* values = reader->GetOutput()->GetPointData()->GetScalars();
  seen({static_cast<const char*>(values->GetVoidPointer(0)),
        std::size_t(values->GetDataSize() * values->GetDataTypeSize())});
  return true;
}

struct Measured {
  double cpu = 0, wall = 0; ///< seconds
  std::uint64_t voxels = 0; ///< hash
  bool ok = false;
};

double cpuSeconds() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Times one load in a child process, so that none finds memory that an earlier one left.
Measured measure(const Loader& load, const Path& folder, const Files& files, const Path& few,
                 const Files& fewFiles) {
  int ends[2];
  if (::pipe(ends) != 0)
    return {};
  const pid_t child = ::fork();
  if (child == 0) {
    Measured m;
    m.ok = load(few, fewFiles, [](std::string_view) {});
    const double cpu = cpuSeconds();
    const auto start = std::chrono::steady_clock::now();
    m.ok = m.ok && load(folder, files, [&](std::string_view voxels) {
             m.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
             m.cpu = cpuSeconds() - cpu;
             m.voxels = std::hash<std::string_view>()(voxels);
           });
    const bool told = ::write(ends[1], &m, sizeof m) == sizeof m;
    ::_exit(told ? 0 : 1);
  }
  Measured m;
  ::close(ends[1]);
  if (::read(ends[0], &m, sizeof m) != sizeof m)
    m.ok = false;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return m;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

Files filesIn(const Path& folder) {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

int compare(const Path& folder, int rounds) {
  const Files files = filesIn(folder);
  const Path few =
      std::filesystem::temp_directory_path() / ("spondyl-bench-few-" + std::to_string(::getpid()));
  std::filesystem::create_directory(few);
  for (std::size_t n = 0; n < std::min<std::size_t>(3, files.size()); ++n)
    std::filesystem::copy(files[n], few);
  const Files fewFiles = filesIn(few);

  const struct {
    const char* name;
    Loader load;
  } readers[] = {{"Spondyl", loadBySpondyl}, {"GDCM", loadByGdcm}, {"vtk-dicom", loadByVtkDicom}};
  constexpr std::size_t count = std::size(readers);
  std::vector<double> cpu[count], wall[count], ratio[count];
  bool good = true;
  std::uint64_t voxels = 0;
  for (int round = 0; round < rounds && good; ++round) {
    Measured m[count];
    for (std::size_t n = 0; n < count; ++n) { // another one begins each round
      const std::size_t which = (n + std::size_t(round)) % count;
      m[which] = measure(readers[which].load, folder, files, few, fewFiles);
    }
    voxels = m[0].voxels;
    for (std::size_t n = 0; n < count; ++n) {
      if (!m[n].ok || m[n].voxels != voxels) {
        std::fprintf(stderr, "%s: %s\n", readers[n].name,
                     m[n].ok ? "other voxels than Spondyl" : "did not load the series");
        good = false;
        continue;
      }
      cpu[n].push_back(m[n].cpu * 1e3);
      wall[n].push_back(m[n].wall * 1e3);
      ratio[n].push_back(m[n].cpu / m[0].cpu);
    }
  }
  std::filesystem::remove_all(few);
  if (!good)
    return 1;
  std::printf("%zu files, %d rounds, all voxels equal (hash %016llx)\n", files.size(), rounds,
              static_cast<unsigned long long>(voxels));
  std::printf("%-10s %14s %10s %14s %22s\n", "", "CPU ms median", "least", "wall ms median",
              "CPU against Spondyl's");
  for (std::size_t n = 0; n < count; ++n)
    std::printf("%-10s %14.0f %10.0f %14.0f %21.2fx\n", readers[n].name, median(cpu[n]),
                *std::min_element(cpu[n].begin(), cpu[n].end()), median(wall[n]), median(ratio[n]));
  return 0;
}

} // namespace
} // namespace spondyl::bench

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3 || !std::filesystem::is_directory(argv[1])) {
    std::fprintf(stderr, "usage: spondyl-bench-load FOLDER [ROUNDS]\n");
    return 2;
  }
  return spondyl::bench::compare(argv[1], argc > 2 ? std::max(1, std::atoi(argv[2])) : 9);
}
