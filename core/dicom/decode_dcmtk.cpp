// JPEG and JPEG-LS frames through DCMTK's codecs. They get a data set of our own making that holds nothing
// but the frame, so no byte of a foreign file's structure reaches DCMTK.
#include "core/dicom/decode.h"

#include <dcmtk/config/osconfig.h>

#include <cstring>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <mutex>

namespace spondyl::dicom {
namespace {

void registerCodecsOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
  });
}

// The size that the codestream states itself must be the image's: a few bytes could promise any other.
bool statesThisSize(std::span<const std::byte> packed, const PixelLayout& layout) {
  const auto byte = [&](std::size_t at) { return std::to_integer<int>(packed[at]); };
  const auto word = [&](std::size_t at) { return byte(at) * 256 + byte(at + 1); };
  if (packed.size() < 4 || byte(0) != 0xFF || byte(1) != 0xD8)
    return false;
  for (std::size_t at = 2; at + 10 <= packed.size();) {
    if (byte(at) != 0xFF)
      return false;
    const int marker = byte(at + 1);
    if (marker == 0xFF) { // a fill byte
      ++at;
      continue;
    }
    const bool isTable = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
    const bool isFrame = (marker >= 0xC0 && marker <= 0xCF && !isTable) || marker == 0xF7;
    if (isFrame)
      return byte(at + 4) <= layout.bitsAllocated && word(at + 5) == layout.rows &&
             word(at + 7) == layout.columns && byte(at + 9) == 1;
    if (marker == 0xDA || marker == 0xD9 || word(at + 2) < 2)
      return false;
    at += 2 + static_cast<std::size_t>(word(at + 2));
  }
  return false;
}

} // namespace

bool decodeByDcmtk(std::span<const std::byte> packed, const PixelLayout& layout,
                   const std::string& transferSyntax, std::span<std::byte> cells) {
  if (!statesThisSize(packed, layout))
    return false;
  registerCodecsOnce();
  const DcmXfer syntax(transferSyntax.c_str());
  DcmDataset dataset;
  dataset.putAndInsertUint16(DCM_Rows, static_cast<Uint16>(layout.rows));
  dataset.putAndInsertUint16(DCM_Columns, static_cast<Uint16>(layout.columns));
  dataset.putAndInsertUint16(DCM_SamplesPerPixel, 1);
  dataset.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2");
  dataset.putAndInsertUint16(DCM_BitsAllocated, static_cast<Uint16>(layout.bitsAllocated));
  dataset.putAndInsertUint16(DCM_BitsStored, static_cast<Uint16>(layout.bitsStored));
  dataset.putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(layout.highBit));
  dataset.putAndInsertUint16(DCM_PixelRepresentation, layout.isSigned ? 1 : 0);
  auto* sequence = new DcmPixelSequence(DCM_PixelSequenceTag);
  sequence->insert(new DcmPixelItem(DCM_PixelItemTag)); // the empty offset table
  auto* fragment = new DcmPixelItem(DCM_PixelItemTag);
  std::vector<Uint8> even(packed.size() + packed.size() % 2);
  std::memcpy(even.data(), packed.data(), packed.size());
  fragment->putUint8Array(even.data(), static_cast<unsigned long>(even.size()));
  sequence->insert(fragment);
  auto* pixels = new DcmPixelData(DCM_PixelData);
  pixels->putOriginalRepresentation(syntax.getXfer(), nullptr, sequence);
  dataset.insert(pixels, OFTrue);

  Uint32 startFragment = 0;
  OFString colourModel;
  // DCMTK wants an even number of bytes.
  const std::size_t bytes = cells.size() + cells.size() % 2;
  std::vector<std::byte> odd(bytes == cells.size() ? 0 : bytes);
  std::byte* target = odd.empty() ? cells.data() : odd.data();
  if (pixels
          ->getUncompressedFrame(&dataset, 0, startFragment, target, static_cast<Uint32>(bytes), colourModel,
                                 nullptr)
          .bad())
    return false;
  if (!odd.empty())
    std::memcpy(cells.data(), odd.data(), cells.size());
  return true;
}

} // namespace spondyl::dicom
