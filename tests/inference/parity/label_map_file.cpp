// The label map pipeline on a raw array, for comparison with others (parity_labels.py):
//   label_map_file package=FOLDER in=IN.f32 out=OUT.u16 size=I,J,K spacing=MM,MM,MM [threads=N]
// Arrays: i fastest; i to the patient's left, j posterior, k superior. Writes the winning channel of every
// voxel. The package is run as it is, trusted or not.
#include "inference/engine/allocator.h"
#include "inference/pipelines/label_map.h"
#include "inference/pipelines/run_package.h"

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

int failed(const Error& error) {
  std::fprintf(stderr, "%s", errorCodeName(error.code));
  for (const auto& argument : error.arguments)
    std::fprintf(stderr, " %s", argument.c_str());
  std::fprintf(stderr, "\n");
  return 1;
}

std::array<double, 3> three(const std::string& text) {
  std::array<double, 3> out{};
  std::istringstream stream(text);
  for (double& value : out) {
    std::string one;
    std::getline(stream, one, ',');
    value = std::stod(one);
  }
  return out;
}

int run(std::map<std::string, std::string>& given) {
  installCachingAllocator();
  setComputeThreads(given["threads"].empty() ? 0 : std::stoi(given["threads"]));
  const auto size = three(given["size"]), mm = three(given["spacing"]);
  const auto grid = Grid::create({int(size[0]), int(size[1]), int(size[2])}, {0, 0, 0}, {mm[0], 0, 0},
                                 {0, mm[1], 0}, {0, 0, mm[2]});
  if (!grid)
    return failed(grid.error());
  auto builder = VolumeBuilder::create(*grid, VoxelType::Float32);
  if (!builder)
    return failed(builder.error());
  const auto voxels = builder->voxels<float>();
  std::ifstream(given["in"], std::ios::binary)
      .read(reinterpret_cast<char*>(voxels.data()), std::streamsize(voxels.size_bytes()));
  const VolumePtr volume = std::move(*builder).freeze();
  const auto package = readModelPackage(given["package"]);
  if (!package)
    return failed(package.error());
  if (!package->card.labels)
    return failed(fail(ErrorCode::ModelUnsuitable, {package->card.name, "it gives no label map"}));
  auto session = Session::load(networkSpecOf(*package), Device{});
  if (!session)
    return failed(session.error());
  const auto winners = winningChannels(**session, *package->card.labels, package->card, *volume, {});
  if (!winners)
    return failed(winners.error());
  std::ofstream(given["out"], std::ios::binary)
      .write(reinterpret_cast<const char*>(winners->data()),
             std::streamsize(winners->size() * sizeof(std::uint16_t)));
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> given;
  for (int n = 1; n < argc; ++n) {
    const std::string word = argv[n];
    given[word.substr(0, word.find('='))] = word.substr(std::min(word.size(), word.find('=') + 1));
  }
  try {
    return run(given);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "label_map_file: %s\n", problem.what());
    return 2;
  }
}
