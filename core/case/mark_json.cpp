#include "core/case/mark_json.h"

#include <array>
#include <nlohmann/json.hpp>

namespace spondyl {
namespace {
/// In the order of MarkKind.
constexpr std::array names{"Distance", "Angle", "Cobb", "Ellipse", "Region", "Arrow"};
} // namespace

const char* markKindName(MarkKind kind) {
  return names[std::size_t(kind)];
}

namespace detail {
namespace {

PointLps asPoint(VectorLps v) {
  return PointLps{} + v;
}
VectorLps asVector(PointLps p) {
  return p - PointLps{};
}

MarkKind kindFromName(const std::string& name) {
  for (std::size_t n = 0; n < names.size(); ++n)
    if (name == names[n])
      return MarkKind(n);
  throw Json::other_error::create(501, "unknown kind of mark " + name, nullptr);
}

Json toJson(const Mark& m) {
  Json points = Json::array();
  for (const PointLps p : m.points)
    points.push_back(detail::toJson(p));
  return {{"id", m.id},
          {"kind", markKindName(m.kind)},
          {"series", textToJson(m.seriesUid)},
          {"frame", textToJson(m.frameOfReferenceUid)},
          {"plane",
           {detail::toJson(m.plane.origin), detail::toJson(asPoint(m.plane.right)),
            detail::toJson(asPoint(m.plane.down))}},
          {"points", std::move(points)},
          {"words", textToJson(m.words)},
          {"where", textToJson(m.where)},
          {"value", textToJson(m.value)}};
}

Mark markFromJson(const Json& j) {
  Mark m;
  m.id = j.at("id");
  m.kind = kindFromName(j.at("kind"));
  m.seriesUid = textFromJson(j.at("series"));
  m.frameOfReferenceUid = textFromJson(j.at("frame"));
  const Json& plane = j.at("plane");
  m.plane = {pointFromJson(plane.at(0)), asVector(pointFromJson(plane.at(1))),
             asVector(pointFromJson(plane.at(2)))};
  for (const Json& p : j.at("points"))
    m.points.push_back(pointFromJson(p));
  m.words = textFromJson(j.at("words"));
  m.where = textFromJson(j.at("where"));
  m.value = textFromJson(j.at("value"));
  return m;
}

} // namespace

Json marksToJson(const Case& c) {
  Json marks = Json::array(), calibrations = Json::array();
  for (const Mark& m : c.marks)
    marks.push_back(toJson(m));
  for (const LineCalibration& k : c.calibrations)
    calibrations.push_back({{"series", textToJson(k.seriesUid)},
                            {"stack", k.stack},
                            {"mmPerUnit", numberToJson(k.mmPerUnit)},
                            {"lineMm", numberToJson(k.lineMm)},
                            {"by", textToJson(k.by)},
                            {"when", textToJson(k.when)}});
  return {{"marks", std::move(marks)}, {"calibrations", std::move(calibrations)}};
}

void readMarks(Case& c, const Json& json) {
  c.marks.clear();
  for (const Json& m : json.at("marks"))
    c.marks.push_back(markFromJson(m));
  c.calibrations.clear();
  for (const Json& k : json.at("calibrations"))
    c.calibrations.push_back({textFromJson(k.at("series")), k.at("stack"), numberFromJson(k.at("mmPerUnit")),
                              numberFromJson(k.at("lineMm")), textFromJson(k.at("by")),
                              textFromJson(k.at("when"))});
}

} // namespace detail
} // namespace spondyl
