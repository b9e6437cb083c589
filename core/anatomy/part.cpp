#include "core/anatomy/part.h"

namespace spondyl {

std::string partName(Part part) {
  switch (part) {
  case Part::None:
    return "none";
  case Part::VertebralBody:
    return "vertebral body";
  case Part::PosteriorElements:
    return "posterior elements";
  case Part::Vertebra:
    return "vertebra";
  case Part::Disc:
    return "disc";
  case Part::Sacrum:
    return "sacrum";
  case Part::Coccyx:
    return "coccyx";
  case Part::Cord:
    return "cord";
  case Part::Canal:
    return "canal";
  case Part::Csf:
    return "CSF";
  case Part::Rib:
    return "rib";
  case Part::Hip:
    return "hip bone";
  case Part::FemoralHead:
    return "femoral head";
  case Part::Implant:
    return "implant";
  case Part::Lesion:
    return "lesion";
  case Part::Other:
    return "other";
  }
  return "other";
}

} // namespace spondyl
