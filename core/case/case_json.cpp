#include "core/case/case_json.h"

#include "core/case/json_values.h"
#include "core/case/mark_json.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace spondyl {
namespace {

using namespace detail;

template <class T, class F>
Json listToJson(const T& items, F&& one) {
  Json out = Json::array();
  for (const auto& item : items)
    out.push_back(one(item));
  return out;
}
template <class T, class F>
std::vector<T> listFromJson(const Json& json, F&& one) {
  std::vector<T> out;
  for (const Json& item : json)
    out.push_back(one(item));
  return out;
}

template <class T>
Json optionalToJson(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json levelToJson(std::optional<Level> level) {
  return level ? Json(levelName(*level)) : Json(nullptr);
}
std::optional<Level> levelFromJson(const Json& json) {
  return json.is_null() ? std::nullopt : levelFromName(json.get<std::string>());
}

Json provenanceToJson(const Provenance& p) {
  return {{"origin", static_cast<int>(p.origin)},
          {"name", textToJson(p.name)},
          {"version", textToJson(p.version)},
          {"weights", textToJson(p.weightsSha256)},
          {"input", textToJson(p.inputDigest)},
          {"when", textToJson(p.when)},
          {"editedBy", listToJson(p.editedBy, textToJson)}};
}
Provenance provenanceFromJson(const Json& j) {
  return {static_cast<Provenance::Origin>(j.at("origin").get<int>()),
          textFromJson(j.at("name")),
          textFromJson(j.at("version")),
          textFromJson(j.at("weights")),
          textFromJson(j.at("input")),
          textFromJson(j.at("when")),
          listFromJson<std::string>(j.at("editedBy"), textFromJson)};
}

Json structureToJson(const Structure& s) {
  return {{"id", s.id.value},
          {"instance", s.instance.value},
          {"part", static_cast<int>(s.part)},
          {"label", s.label},
          {"state", static_cast<int>(s.state)},
          {"confidence", numberToJson(s.confidence)},
          {"note", textToJson(s.note)},
          {"provenance", provenanceToJson(s.provenance)}};
}
Structure structureFromJson(const Json& j) {
  return {StructureId{j.at("id")},
          InstanceId{j.at("instance")},
          static_cast<Part>(j.at("part").get<int>()),
          j.at("label"),
          static_cast<ItemState>(j.at("state").get<int>()),
          numberFromJson(j.at("confidence")),
          textFromJson(j.at("note")),
          provenanceFromJson(j.at("provenance"))};
}

Json tableToJson(const StructureTable& table) {
  return {{"next", table.nextId()}, {"structures", listToJson(table.all(), structureToJson)}};
}
StructureTable tableFromJson(const Json& j) {
  StructureTable table;
  for (const Json& s : j.at("structures"))
    table.insert(structureFromJson(s));
  table.setNextId(j.at("next"));
  return table;
}

Json chainToJson(const LevelChain& chain) {
  const auto entry = [](const ChainEntry& e) {
    return Json{{"instance", e.instance.value},
                {"level", levelToJson(e.level)},
                {"confidence", numberToJson(e.confidence)},
                {"centroid", toJson(e.centroid)},
                {"whole", e.whole},
                {"note", textToJson(e.note)}};
  };
  const auto alternative = [](const NamingAlternative& a) {
    return Json{{"shift", a.shift},
                {"variant", textToJson(a.variant)},
                {"probability", numberToJson(a.probability)},
                {"levels", listToJson(a.levels, levelToJson)}};
  };
  const auto anchor = [](Anchor a) { return static_cast<int>(a); };
  return {{"entries", listToJson(chain.entries, entry)},
          {"naming", static_cast<int>(chain.naming)},
          {"anchor", anchor(chain.anchor)},
          {"anchors", listToJson(chain.anchors, anchor)},
          {"variant", optionalToJson(chain.variant)},
          {"alternatives", listToJson(chain.alternatives, alternative)}};
}
LevelChain chainFromJson(const Json& j) {
  LevelChain chain;
  for (const Json& e : j.at("entries"))
    chain.entries.push_back({InstanceId{e.at("instance")}, levelFromJson(e.at("level")),
                             numberFromJson(e.at("confidence")), pointFromJson(e.at("centroid")),
                             e.at("whole"), textFromJson(e.at("note"))});
  chain.naming = static_cast<Naming>(j.at("naming").get<int>());
  chain.anchor = static_cast<Anchor>(j.at("anchor").get<int>());
  for (const Json& a : j.at("anchors"))
    chain.anchors.push_back(static_cast<Anchor>(a.get<int>()));
  if (!j.at("variant").is_null())
    chain.variant = j.at("variant").get<std::string>();
  for (const Json& a : j.at("alternatives"))
    chain.alternatives.push_back({a.at("shift"), textFromJson(a.at("variant")),
                                  numberFromJson(a.at("probability")),
                                  listFromJson<std::optional<Level>>(a.at("levels"), levelFromJson)});
  return chain;
}

Json layersToJson(const std::vector<LabelLayer>& layers) {
  return listToJson(layers, [](const LabelLayer& l) {
    return Json{{"id", l.id.value},
                {"kind", static_cast<int>(l.kind)},
                {"frameOfReference", textToJson(l.frameOfReferenceUid)},
                {"series", textToJson(l.seriesUid)},
                {"grid", toJson(l.map.grid())}};
  });
}
std::vector<LabelLayer> layersFromJson(const Json& j, const std::vector<LabelLayer>& present) {
  std::vector<LabelLayer> out;
  for (const Json& l : j) {
    LabelLayer layer{LayerId{l.at("id")},
                     static_cast<LayerKind>(l.at("kind").get<int>()),
                     textFromJson(l.at("frameOfReference")),
                     textFromJson(l.at("series")),
                     {}};
    const Grid grid = gridFromJson(l.at("grid"));
    const auto kept =
        std::find_if(present.begin(), present.end(), [&](const LabelLayer& p) { return p.id == layer.id; });
    layer.map = kept != present.end() && kept->map.grid() == grid ? kept->map : LabelMap(grid);
    out.push_back(std::move(layer));
  }
  return out;
}

Json landmarkToJson(const Landmark& l) {
  return {{"instance", l.instance.value},       {"site", textToJson(l.site)},
          {"position", toJson(l.position)},     {"confidence", numberToJson(l.confidence)},
          {"state", static_cast<int>(l.state)}, {"provenance", provenanceToJson(l.provenance)}};
}
Landmark landmarkFromJson(const Json& j) {
  return {InstanceId{j.at("instance")},
          textFromJson(j.at("site")),
          pointFromJson(j.at("position")),
          numberFromJson(j.at("confidence")),
          static_cast<ItemState>(j.at("state").get<int>()),
          provenanceFromJson(j.at("provenance"))};
}

Json findingToJson(const Finding& f) {
  return {{"id", textToJson(f.id)},
          {"instance", f.instance.value},
          {"kind", textToJson(f.kind)},
          {"grade", optionalToJson(f.grade)},
          {"shape", textToJson(f.shape)},
          {"probability", numberToJson(f.probability)},
          {"abstained", f.abstained},
          {"evidence", listToJson(f.evidence, textToJson)},
          {"state", static_cast<int>(f.state)},
          {"provenance", provenanceToJson(f.provenance)}};
}
Finding findingFromJson(const Json& j) {
  const Json& grade = j.at("grade");
  return {textFromJson(j.at("id")),
          InstanceId{j.at("instance")},
          textFromJson(j.at("kind")),
          grade.is_null() ? std::nullopt : std::optional(grade.get<int>()),
          textFromJson(j.at("shape")),
          numberFromJson(j.at("probability")),
          j.at("abstained"),
          listFromJson<std::string>(j.at("evidence"), textFromJson),
          static_cast<ItemState>(j.at("state").get<int>()),
          provenanceFromJson(j.at("provenance"))};
}

Json measurementsToJson(const Case& c) {
  const auto overridden = [](const MeasurementOverride& o) {
    return Json{{"id", textToJson(o.measurementId)}, {"instance", o.instance.value},
                {"value", numberToJson(o.value)},    {"unit", textToJson(o.unit)},
                {"reason", textToJson(o.reason)},    {"by", textToJson(o.by)},
                {"when", textToJson(o.when)}};
  };
  const auto confirmed = [](const MeasurementConfirmation& m) {
    return Json{{"id", textToJson(m.measurementId)},
                {"instance", m.instance.value},
                {"value", numberToJson(m.value)},
                {"by", textToJson(m.by)},
                {"when", textToJson(m.when)}};
  };
  return {{"overrides", listToJson(c.overrides, overridden)},
          {"confirmations", listToJson(c.confirmations, confirmed)}};
}
void readMeasurements(Case& c, const Json& j) {
  c.overrides.clear();
  for (const Json& o : j.at("overrides"))
    c.overrides.push_back({textFromJson(o.at("id")), InstanceId{o.at("instance")},
                           numberFromJson(o.at("value")), textFromJson(o.at("unit")),
                           textFromJson(o.at("reason")), textFromJson(o.at("by")),
                           textFromJson(o.at("when"))});
  c.confirmations.clear();
  for (const Json& m : j.at("confirmations"))
    c.confirmations.push_back({textFromJson(m.at("id")), InstanceId{m.at("instance")},
                               numberFromJson(m.at("value")), textFromJson(m.at("by")),
                               textFromJson(m.at("when"))});
}

Json keyImageToJson(const KeyImage& k) {
  return {{"id", textToJson(k.id)},
          {"series", textToJson(k.seriesUid)},
          {"at", toJson(k.at)},
          {"view", textToJson(k.view)},
          {"caption", textToJson(k.caption)},
          {"centre", numberToJson(k.windowCentre)},
          {"width", numberToJson(k.windowWidth)}};
}
KeyImage keyImageFromJson(const Json& j) {
  return {textFromJson(j.at("id")),     textFromJson(j.at("series")),  pointFromJson(j.at("at")),
          textFromJson(j.at("view")),   textFromJson(j.at("caption")), numberFromJson(j.at("centre")),
          numberFromJson(j.at("width"))};
}

Json proposalToJson(const Proposal& p) {
  Json decided = Json::array(), matches = Json::array();
  for (const auto& [id, state] : p.decided)
    decided.push_back({id.value, static_cast<int>(state)});
  for (const auto& [theirs, mine] : p.matches)
    matches.push_back({theirs.value, mine.value});
  return {{"id", p.id.value},
          {"series", textToJson(p.seriesUid)},
          {"frameOfReference", textToJson(p.frameOfReferenceUid)},
          {"provenance", provenanceToJson(p.provenance)},
          {"inputDigest", textToJson(p.inputDigest)},
          {"structures", tableToJson(p.structures)},
          {"chain", chainToJson(p.chain)},
          {"layers", layersToJson(p.layers)},
          {"landmarks", listToJson(p.landmarks, landmarkToJson)},
          {"findings", listToJson(p.findings, findingToJson)},
          {"warnings", listToJson(p.warnings, textToJson)},
          {"decided", decided},
          {"matches", matches}};
}
Proposal proposalFromJson(const Json& j, const Proposal* present) {
  Proposal p;
  p.id = ProposalId{j.at("id")};
  p.seriesUid = textFromJson(j.at("series"));
  p.frameOfReferenceUid = textFromJson(j.at("frameOfReference"));
  p.provenance = provenanceFromJson(j.at("provenance"));
  p.inputDigest = textFromJson(j.at("inputDigest"));
  p.structures = tableFromJson(j.at("structures"));
  p.chain = chainFromJson(j.at("chain"));
  p.layers = layersFromJson(j.at("layers"), present ? present->layers : std::vector<LabelLayer>());
  p.landmarks = listFromJson<Landmark>(j.at("landmarks"), landmarkFromJson);
  p.findings = listFromJson<Finding>(j.at("findings"), findingFromJson);
  p.warnings = listFromJson<std::string>(j.at("warnings"), textFromJson);
  for (const Json& d : j.at("decided"))
    p.decided[StructureId{d.at(0)}] = static_cast<ItemState>(d.at(1).get<int>());
  for (const Json& m : j.at("matches"))
    p.matches[InstanceId{m.at(0)}] = InstanceId{m.at(1)};
  return p;
}

constexpr std::string_view proposalPrefix = "proposal/";

void readProposal(Case& c, const CaseItem& item) {
  ProposalId id;
  std::from_chars(item.name.data() + proposalPrefix.size(), item.name.data() + item.name.size(), id.value);
  const auto at = std::lower_bound(c.proposals.begin(), c.proposals.end(), id,
                                   [](const ProposalPtr& p, ProposalId v) { return p->id < v; });
  const bool there = at != c.proposals.end() && (*at)->id == id;
  if (item.json.empty()) {
    if (there)
      c.proposals.erase(at);
    return;
  }
  auto proposal =
      std::make_shared<const Proposal>(proposalFromJson(Json::parse(item.json), there ? at->get() : nullptr));
  if (there)
    *at = std::move(proposal);
  else
    c.proposals.insert(at, std::move(proposal));
}

} // namespace

std::vector<CaseItem> caseItems(const Case& c, const Case* since) {
  std::vector<CaseItem> items;
  const auto add = [&](std::string name, const Json& json) {
    items.push_back({std::move(name), json.dump()});
  };
  add("head", {{"id", textToJson(c.id)},
               {"patient", toJson(c.patient)},
               {"nextInstance", c.nextInstance},
               {"nextLayer", c.nextLayer},
               {"nextProposal", c.nextProposal}});
  if (!since || !since->studies.sharesWith(c.studies))
    add("studies", listToJson(c.studies, [](const Study& s) { return toJson(s); }));
  add("structures", tableToJson(c.structures));
  add("chain", chainToJson(c.chain));
  add("layers", layersToJson(c.layers));
  add("landmarks", listToJson(c.landmarks, landmarkToJson));
  add("findings", listToJson(c.findings, findingToJson));
  add("measurements", measurementsToJson(c));
  add("key-images", listToJson(c.keyImages, keyImageToJson));
  add("marks", marksToJson(c));
  add("report", {{"impression", textToJson(c.report.impression)},
                 {"referrer", textToJson(c.report.referrer)},
                 {"reader", textToJson(c.report.reader)}});
  for (const ProposalPtr& p : c.proposals) {
    const bool shared =
        since && std::find(since->proposals.begin(), since->proposals.end(), p) != since->proposals.end();
    if (!shared)
      add(std::string(proposalPrefix) + std::to_string(p->id.value), proposalToJson(*p));
  }
  return items;
}

std::string studyJson(const Study& study) {
  return toJson(study).dump();
}

Status readCaseItem(Case& c, const CaseItem& item) {
  try {
    if (item.name.starts_with(proposalPrefix)) {
      readProposal(c, item);
      return {};
    }
    const Json j = Json::parse(item.json);
    if (item.name == "head") {
      c.id = textFromJson(j.at("id"));
      c.patient = patientFromJson(j.at("patient"));
      c.nextInstance = j.at("nextInstance");
      c.nextLayer = j.at("nextLayer");
      c.nextProposal = j.at("nextProposal");
    } else if (item.name == "studies")
      c.studies = listFromJson<Study>(j, studyFromJson);
    else if (item.name == "structures")
      c.structures = tableFromJson(j);
    else if (item.name == "chain")
      c.chain = chainFromJson(j);
    else if (item.name == "layers")
      c.layers = layersFromJson(j, c.layers);
    else if (item.name == "landmarks")
      c.landmarks = listFromJson<Landmark>(j, landmarkFromJson);
    else if (item.name == "findings")
      c.findings = listFromJson<Finding>(j, findingFromJson);
    else if (item.name == "measurements")
      readMeasurements(c, j);
    else if (item.name == "key-images")
      c.keyImages = listFromJson<KeyImage>(j, keyImageFromJson);
    else if (item.name == "marks")
      readMarks(c, j);
    else if (item.name == "report")
      c.report = {textFromJson(j.at("impression")), textFromJson(j.at("referrer")),
                  textFromJson(j.at("reader"))};
    else
      return fail(ErrorCode::CaseDamaged, {"", "unknown part " + item.name}, "readCaseItem");
    return {};
  } catch (const Json::exception& e) {
    return fail(ErrorCode::CaseDamaged, {"", item.name + ": " + e.what()}, "readCaseItem");
  }
}

} // namespace spondyl
