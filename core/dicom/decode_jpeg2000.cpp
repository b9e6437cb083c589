// JPEG 2000 through OpenJPEG, from memory; DCMTK has no decoder for it.
#include "core/dicom/decode.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <openjpeg.h>

namespace spondyl::dicom {
namespace {

struct Reader {
  std::span<const std::byte> bytes;
  std::size_t at = 0;
};

OPJ_SIZE_T readBytes(void* buffer, OPJ_SIZE_T wanted, void* user) {
  auto& reader = *static_cast<Reader*>(user);
  const std::size_t count = std::min<std::size_t>(wanted, reader.bytes.size() - reader.at);
  if (count == 0)
    return static_cast<OPJ_SIZE_T>(-1);
  std::memcpy(buffer, reader.bytes.data() + reader.at, count);
  reader.at += count;
  return count;
}

OPJ_OFF_T skipBytes(OPJ_OFF_T count, void* user) {
  auto& reader = *static_cast<Reader*>(user);
  if (count < 0 || static_cast<std::size_t>(count) > reader.bytes.size() - reader.at)
    return -1;
  reader.at += static_cast<std::size_t>(count);
  return count;
}

OPJ_BOOL seekBytes(OPJ_OFF_T to, void* user) {
  auto& reader = *static_cast<Reader*>(user);
  if (to < 0 || static_cast<std::size_t>(to) > reader.bytes.size())
    return OPJ_FALSE;
  reader.at = static_cast<std::size_t>(to);
  return OPJ_TRUE;
}

void quiet(const char*, void*) {}

bool isJp2(std::span<const std::byte> bytes) {
  constexpr unsigned char signature[] = {0, 0, 0, 12, 'j', 'P', ' ', ' '};
  return bytes.size() > sizeof signature && std::memcmp(bytes.data(), signature, sizeof signature) == 0;
}

} // namespace

bool decodeJpeg2000(std::span<const std::byte> packed, const PixelLayout& layout,
                    std::span<std::byte> cells) {
  Reader reader{packed};
  const std::unique_ptr<opj_codec_t, void (*)(opj_codec_t*)> codec(
      opj_create_decompress(isJp2(packed) ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K),
      [](opj_codec_t* c) { opj_destroy_codec(c); });
  const std::unique_ptr<opj_stream_t, void (*)(opj_stream_t*)> stream(
      opj_stream_create(std::max<std::size_t>(1024, packed.size()), OPJ_TRUE),
      [](opj_stream_t* s) { opj_stream_destroy(s); });
  if (!codec || !stream)
    return false;
  opj_stream_set_user_data(stream.get(), &reader, nullptr);
  opj_stream_set_user_data_length(stream.get(), packed.size());
  opj_stream_set_read_function(stream.get(), readBytes);
  opj_stream_set_skip_function(stream.get(), skipBytes);
  opj_stream_set_seek_function(stream.get(), seekBytes);
  opj_set_error_handler(codec.get(), quiet, nullptr);
  opj_set_warning_handler(codec.get(), quiet, nullptr);
  opj_set_info_handler(codec.get(), quiet, nullptr);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  if (!opj_setup_decoder(codec.get(), &parameters))
    return false;
  opj_image_t* read = nullptr;
  const bool headerRead = opj_read_header(stream.get(), codec.get(), &read);
  const std::unique_ptr<opj_image_t, void (*)(opj_image_t*)> image(
      read, [](opj_image_t* i) { opj_image_destroy(i); });
  const auto fits = [&] {
    const opj_image_comp_t& c = image->comps[0];
    return c.w == static_cast<unsigned>(layout.columns) && c.h == static_cast<unsigned>(layout.rows) &&
           c.prec >= 1 && c.prec <= 32;
  };
  // Sizes are checked before anything is decoded: the codestream may promise more than the file's header.
  if (!headerRead || !image || image->numcomps != 1 || !fits())
    return false;
  if (!opj_decode(codec.get(), stream.get(), image.get()) || !image->comps[0].data || !fits())
    return false;
  const std::size_t cell = static_cast<std::size_t>(layout.bitsAllocated / 8), count = cells.size() / cell;
  // The low bytes of the number are the stored word, whatever sign the codestream states.
  for (std::size_t k = 0; k < count; ++k) {
    const OPJ_INT32 value = image->comps[0].data[k];
    std::memcpy(cells.data() + k * cell, &value, cell);
  }
  return true;
}

} // namespace spondyl::dicom
