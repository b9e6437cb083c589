#include "core/report/json_items.h"

#include <cmath>

namespace spondyl::report_detail {

Json number(double value) {
  if (!std::isfinite(value))
    return nullptr;
  const double rounded = std::round(value * 1000) / 1000;
  return rounded == 0 ? 0.0 : rounded; // no "-0.0"
}

Json point(PointLps p) {
  return Json::array({number(p.x), number(p.y), number(p.z)});
}

Json levelOrNull(InstanceId instance, const LevelChain& chain) {
  const ChainEntry* e = chain.find(instance);
  if (!e || !e->level)
    return nullptr;
  return chain.displayName(instance);
}

namespace {
Json textOrNull(const std::string& s) {
  return s.empty() ? Json(nullptr) : Json(s);
}
Json numberOrNull(const std::optional<double>& v) {
  return v ? number(*v) : Json(nullptr);
}
} // namespace

Json landmarkJson(const Landmark& l, const LevelChain& chain) {
  return {{"id", landmarkName(l, chain)},    {"level", levelOrNull(l.instance, chain)},
          {"lps_mm", point(l.position)},     {"confidence", number(l.confidence)},
          {"source", l.provenance.source()}, {"state", itemStateName(l.state)}};
}

Json findingJson(const Finding& f, const LevelChain& chain, const std::string* saliency) {
  Json j = {{"id", f.id},
            {"level", levelOrNull(f.instance, chain)},
            {"vertebra", chain.displayName(f.instance)},
            {"kind", f.kind},
            {"grade", f.grade ? Json(*f.grade) : Json(nullptr)},
            {"shape", textOrNull(f.shape)},
            {"probability", number(f.probability)},
            {"abstained", f.abstained},
            {"evidence", Json(f.evidence)},
            {"saliency", saliency ? Json(*saliency) : Json(nullptr)},
            {"state", itemStateName(f.state)},
            {"source", f.provenance.source()}};
  return j;
}

Json measurementJson(const Measurement& m, const LevelChain& chain) {
  Json normal = nullptr;
  if (m.normalLow || m.normalHigh)
    normal = {
        {"low", numberOrNull(m.normalLow)}, {"high", numberOrNull(m.normalHigh)}, {"source", m.normalSource}};
  Json lines = Json::array();
  for (const MeasurementLine& l : m.lines)
    lines.push_back(Json::array({point(l.from), point(l.to)}));
  return {{"id", m.id},
          {"level", levelOrNull(m.instance, chain)},
          {"vertebra", m.level},
          {"value", numberOrNull(m.value)},
          {"unit", m.unit},
          {"status", measurementStatusName(m.status)},
          {"reason", textOrNull(m.reason)},
          {"note", textOrNull(m.note)},
          {"confidence", number(m.confidence)},
          {"normal", normal},
          {"from", Json(m.from)},
          {"lines", lines}};
}

std::string text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace spondyl::report_detail
