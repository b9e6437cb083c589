#include "core/phantom/truth_json.h"

#include "core/anatomy/codes.h"

#include <nlohmann/json.hpp>

namespace spondyl {

namespace {

using Json = nlohmann::ordered_json;

double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}
Json point(PointLps p) {
  return {rounded(p.x), rounded(p.y), rounded(p.z)};
}
const char* nameOf(FractureShape shape) {
  switch (shape) {
  case FractureShape::Wedge:
    return "wedge";
  case FractureShape::Biconcave:
    return "biconcave";
  case FractureShape::Crush:
    break;
  }
  return "crush";
}
const char* nameOf(AnatomyVariant variant) {
  switch (variant) {
  case AnatomyVariant::None:
    return "none";
  case AnatomyVariant::L6:
    return "l6";
  case AnatomyVariant::T13:
    return "t13";
  case AnatomyVariant::T11:
    return "t11";
  case AnatomyVariant::L4:
    return "l4";
  case AnatomyVariant::CervicalRib:
    break;
  }
  return "cervical-rib";
}

Json levelJson(const PhantomLevelTruth& t) {
  Json level{{"name", levelName(t.level)}, {"label", t.label}, {"centre_lps_mm", point(t.centre)}};
  if (t.heightAnterior > 0) {
    level["height_mm"] = {{"anterior", rounded(t.heightAnterior)},
                          {"middle", rounded(t.heightMiddle)},
                          {"posterior", rounded(t.heightPosterior)}};
    level["loss_percent"] = {{"anterior", rounded(t.lossAnterior)},
                             {"middle", rounded(t.lossMiddle)},
                             {"posterior", rounded(t.lossPosterior)}};
    level["depth_mm"] = rounded(t.depth);
    level["width_mm"] = rounded(t.width);
  }
  level["rotation_deg"] = rounded(t.rotationDeg);
  level["slip_mm"] = rounded(t.slipMm);
  level["slip_percent"] = rounded(t.slipPercent);
  level["fracture"] = t.fracture ? Json(nameOf(*t.fracture)) : Json(nullptr);
  return level;
}

} // namespace

std::string truthJson(const SpineDescription& d) {
  const PhantomTruth& t = d.truth;
  Json levels = Json::array(), landmarks = Json::array(), chain = Json::array();
  for (const PhantomLevelTruth& level : t.levels)
    levels.push_back(levelJson(level));
  for (const PhantomLandmark& l : t.landmarks)
    landmarks.push_back({{"id", l.id},
                         {"level", l.level ? Json(levelName(*l.level)) : Json(nullptr)},
                         {"lps_mm", point(l.lps)}});
  for (const PhantomVertebra& v : d.vertebrae)
    chain.push_back(levelName(v.level));
  const Json json{
      {"schema", "spondyl.phantom-truth/1"},
      {"seed", d.seed},
      {"modality", d.options.modality == PhantomModality::Mr ? "mr" : "ct"},
      {"variant", nameOf(d.options.variant)},
      {"chain", chain},
      {"levels", levels},
      {"landmarks", landmarks},
      {"cobb",
       {{"upper", levelName(t.cobbUpper)}, {"lower", levelName(t.cobbLower)}, {"deg", rounded(t.cobbDeg)}}},
      {"lordosis_L1_S1_deg", rounded(t.lordosisL1S1Deg)},
      {"kyphosis_T4_T12_deg", t.kyphosisT4T12Deg ? Json(rounded(*t.kyphosisT4T12Deg)) : Json(nullptr)},
      {"pelvic",
       {{"incidence_deg", rounded(t.pelvicIncidenceDeg)},
        {"tilt_deg", rounded(t.pelvicTiltDeg)},
        {"sacral_slope_deg", rounded(t.sacralSlopeDeg)}}}};
  return json.dump(1) + "\n";
}

} // namespace spondyl
