// libFuzzer: bytes from the other end of the worker's socket.
#include "inference/protocol/message.h"

#include <cstdlib>

using namespace spondyl::inference;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto decoded = decodeMessage({reinterpret_cast<const char*>(data), size});
  if (!decoded)
    return 0;
  // What is understood must be sayable again, and mean the same.
  const std::string said = encodeMessage(*decoded);
  const auto again = decodeMessage(said);
  if (!again || encodeMessage(*again) != said)
    std::abort();
  return 0;
}
