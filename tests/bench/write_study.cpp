// spondyl-bench-study FOLDER: writes the benchmarks' study as an uncompressed DICOM series.
#include "tests/bench/study.h"

#include "app/wording/error_text.h"

#include <cstdio>

int main(int argc, char** argv) {
  using namespace spondyl;
  if (argc != 2) {
    std::fprintf(stderr, "usage: spondyl-bench-study FOLDER\n");
    return 2;
  }
  const auto phantom = bench::drawStudy();
  if (!phantom) {
    std::fprintf(stderr, "%s\n", app::errorSentence(phantom.error()).c_str());
    return 5;
  }
  const auto written = bench::writeStudy(*phantom, argv[1]);
  if (!written) {
    std::fprintf(stderr, "%s\n", app::errorSentence(written.error()).c_str());
    return 5;
  }
  return 0;
}
