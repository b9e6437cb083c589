// Stands for NVIDIA's driver library in device_test: two GPUs, of which the second does not tell its memory.
#include <cstddef>
#include <cstdio>

extern "C" {
int cuInit(unsigned) {
  return 0;
}
int cuDeviceGetCount(int* count) {
  *count = 2;
  return 0;
}
int cuDeviceGet(int* handle, int index) {
  *handle = 7 + index;
  return 0;
}
int cuDeviceGetName(char* name, int size, int handle) {
  std::snprintf(name, std::size_t(size), "Fake GPU %d", handle - 7);
  return 0;
}
int cuDeviceTotalMem_v2(std::size_t* bytes, int handle) {
  *bytes = std::size_t(8) << 30;
  return handle == 7 ? 0 : 1;
}
}
