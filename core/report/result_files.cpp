#include "core/report/result_files.h"

#include "core/report/json_items.h"
#include "core/report/text_format.h"

namespace spondyl {

using namespace report_detail;

std::string landmarksJson(const std::vector<Landmark>& landmarks, const LevelChain& chain) {
  Json items = Json::array();
  for (const Landmark& l : landmarks)
    items.push_back(landmarkJson(l, chain));
  return text({{"schema", "spondyl.landmarks/1"}, {"landmarks", items}});
}

std::string findingsJson(const std::vector<Finding>& findings, const LevelChain& chain,
                         const std::map<FindingId, std::string>& saliency) {
  Json items = Json::array();
  for (const Finding& f : findings) {
    const auto picture = saliency.find(f.id);
    items.push_back(findingJson(f, chain, picture == saliency.end() ? nullptr : &picture->second));
  }
  return text({{"schema", "spondyl.findings/1"}, {"findings", items}});
}

std::string measurementsJson(const std::vector<Measurement>& measurements, const LevelChain& chain) {
  Json items = Json::array();
  for (const Measurement& m : measurements)
    items.push_back(measurementJson(m, chain));
  return text({{"schema", "spondyl.measurements/1"}, {"measurements", items}});
}

std::string measurementsCsv(const std::vector<Measurement>& measurements, const LevelChain& chain) {
  std::string out = csvLine({"id", "level", "vertebra", "value", "unit", "status", "reason", "note",
                             "confidence", "normal_low", "normal_high", "normal_source", "from"});
  const auto cell = [](const std::optional<double>& v) { return v ? fixed(*v, 3) : std::string(); };
  for (const Measurement& m : measurements) {
    std::string from;
    for (const std::string& f : m.from)
      from += (from.empty() ? "" : " ") + f;
    const ChainEntry* e = chain.find(m.instance);
    out += csvLine({m.id, e && e->level ? m.level : std::string(), m.level, cell(m.value), m.unit,
                    measurementStatusName(m.status), m.reason, m.note, fixed(m.confidence, 3),
                    cell(m.normalLow), cell(m.normalHigh), m.normalSource, from});
  }
  return out;
}

std::string levelsJson(const LevelChain& chain) {
  Json alternatives = Json::array();
  for (const NamingAlternative& a : chain.alternatives)
    alternatives.push_back({{"shift", a.shift},
                            {"variant", a.variant.empty() ? Json(nullptr) : Json(a.variant)},
                            {"probability", number(a.probability)}});
  Json anchors = Json::array();
  for (const Anchor a : chain.anchors)
    anchors.push_back(anchorName(a));
  Json levels = Json::array();
  for (const ChainEntry& e : chain.entries)
    levels.push_back({{"name", levelOrNull(e.instance, chain)},
                      {"vertebra", chain.displayName(e.instance)},
                      {"label", e.level ? labelOf(*e.level) : unnamedLabel(chain.place(e.instance))},
                      {"confidence", number(e.confidence)},
                      {"centroid_lps_mm", point(e.centroid)},
                      {"whole", e.whole},
                      {"note", e.note}});
  return text({{"schema", "spondyl.levels/1"},
               {"naming", namingName(chain.naming)},
               {"anchor", anchorName(chain.anchor)},
               {"anchors", anchors},
               {"variant", chain.variant && !chain.variant->empty() ? Json(*chain.variant) : Json(nullptr)},
               {"alternatives", alternatives},
               {"levels", levels}});
}

std::string runJson(const RunRecord& run) {
  Json models = Json::array(), stages = Json::array(), warnings = Json::array();
  for (const RunModel& m : run.models)
    models.push_back({{"name", m.name}, {"version", m.version}, {"sha256", m.sha256}});
  for (const auto& [name, seconds] : run.stages)
    stages.push_back({{"name", name}, {"seconds", number(seconds)}});
  for (const RunWarning& w : run.warnings)
    warnings.push_back({{"code", w.code}, {"arguments", Json(w.arguments)}, {"text", w.text}});
  return text(
      {{"schema", "spondyl.run/1"},
       {"input",
        {{"digest", run.inputDigest},
         {"series_uid", run.seriesUid.empty() ? Json(nullptr) : Json(run.seriesUid)},
         {"name", run.inputName}}},
       {"program",
        {{"name", run.programName},
         {"version", run.programVersion.empty() ? std::string(SPONDYL_VERSION) : run.programVersion}}},
       {"models", models},
       {"device", run.device},
       {"precision", run.precision},
       {"threads", run.threads},
       {"stages", stages},
       {"peak_memory_mib", number(run.peakMemoryMiB)},
       {"started", run.started},
       {"finished", run.finished},
       {"warnings", warnings}});
}

} // namespace spondyl
