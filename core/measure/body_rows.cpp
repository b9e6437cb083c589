// Rows of one vertebral body: heights, sizes, volumes, attenuation, rotation, the canal behind it.

#include "core/measure/formulas.h"
#include "core/measure/rows.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace spondyl {
namespace {

/// Mask and image disagree from here on.
constexpr double doubtfulShiftMm = 2;

std::optional<double> heightAt(Facts& facts, const ChainEntry& entry, const char* place, Measurement& row) {
  const auto p =
      needPoints(facts, entry, {std::string("superior.") + place, std::string("inferior.") + place}, row);
  if (!p)
    return std::nullopt;
  addLine(row, (*p)[0].at, (*p)[1].at);
  return distance((*p)[0].at, (*p)[1].at);
}

template <int Place>
void bodyHeight(Facts& facts, const ChainEntry& entry, Measurement& row) {
  constexpr const char* places[] = {"anterior", "middle", "posterior"};
  const auto h = heightAt(facts, entry, places[Place], row);
  if (!h)
    return;
  setValue(row, *h);
  const LevelShape* s = facts.shape(entry.instance);
  const std::string end = places[Place];
  if (!s || !facts.point(entry.instance, "superior." + end)->fromMask ||
      !facts.point(entry.instance, "inferior." + end)->fromMask)
    return;
  row.error = s->geometry->heightErrorMm;
  const auto shift = s->geometry->heightShift(end);
  if (!shift)
    return;
  row.byImage = *h + *shift;
  if (std::abs(*shift) < doubtfulShiftMm)
    return;
  char text[96];
  std::snprintf(text, sizeof text, "the image shows the end plates %.0f mm %s than the mask",
                std::abs(*shift), *shift > 0 ? "further apart" : "closer together");
  row.note = text;
}

std::optional<BodyHeights> heightsOf(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto a = heightAt(facts, entry, "anterior", row);
  if (!a)
    return std::nullopt;
  const auto m = heightAt(facts, entry, "middle", row), p = heightAt(facts, entry, "posterior", row);
  if (!m || !p)
    return std::nullopt;
  return BodyHeights{*a, *m, *p};
}

void wedgeRatio(Facts& facts, const ChainEntry& entry, Measurement& row) {
  if (const auto h = heightsOf(facts, entry, row))
    setValue(row, h->anterior / h->posterior);
}
void biconcaveRatio(Facts& facts, const ChainEntry& entry, Measurement& row) {
  if (const auto h = heightsOf(facts, entry, row))
    setValue(row, h->middle / h->posterior);
}

struct LossFact {
  HeightLoss loss;
  BodyHeights own;
};
/// Reads this level and the nearest intact neighbours, no further.
std::optional<LossFact> lossOf(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto own = heightsOf(facts, entry, row);
  if (!own)
    return std::nullopt;
  const auto& entries = facts.chain().entries;
  const std::size_t at =
      std::size_t(std::find_if(entries.begin(), entries.end(),
                               [&](const ChainEntry& e) { return e.instance == entry.instance; }) -
                  entries.begin());
  std::vector<std::optional<BodyHeights>> chain(entries.size());
  std::vector<std::optional<Level>> levels;
  for (const ChainEntry& e : entries)
    levels.push_back(e.level);
  chain[at] = own;
  for (const std::ptrdiff_t step : {-1, 1})
    for (std::ptrdiff_t k = std::ptrdiff_t(at) + step; k >= 0 && k < std::ptrdiff_t(entries.size());
         k += step) {
      const ChainEntry& other = entries[std::size_t(k)];
      if (other.level == Level::Sacrum)
        break;
      Measurement neighbour;
      neighbour.confidence = 1;
      chain[std::size_t(k)] = heightsOf(facts, other, neighbour);
      if (!chain[std::size_t(k)] || !isIntactByRatio(*chain[std::size_t(k)]))
        continue;
      if (neighbour.status == MeasurementStatus::Unconfirmed)
        row.status = MeasurementStatus::Unconfirmed;
      row.confidence = std::min(row.confidence, neighbour.confidence);
      break;
    }
  const auto loss = heightLoss(chain, levels, at);
  if (!loss) {
    setMissing(row, "no intact neighbour to compare with");
    return std::nullopt;
  }
  std::string against;
  for (const std::size_t n : loss->from)
    against += (against.empty() ? "" : ", ") + facts.chain().displayName(entries[n].instance);
  row.note = "against " + against;
  return LossFact{*loss, *own};
}

void crushRatio(Facts& facts, const ChainEntry& entry, Measurement& row) {
  if (const auto l = lossOf(facts, entry, row))
    setValue(row, l->own.posterior / l->loss.reference.posterior);
}
void largestLoss(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto l = lossOf(facts, entry, row);
  if (!l)
    return;
  setValue(row, 100 * l->loss.largest());
  row.note = (l->loss.anterior >= l->loss.largest() ? "anterior, "
              : l->loss.middle >= l->loss.largest() ? "middle, "
                                                    : "posterior, ") +
             row.note;
  row.normalHigh = 20;
  row.normalSource = "Genant 1993";
}

void depth(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto p =
      needPoints(facts, entry,
                 {"superior.anterior", "superior.posterior", "inferior.anterior", "inferior.posterior"}, row);
  if (!p)
    return;
  addLine(row, (*p)[0].at, (*p)[1].at);
  addLine(row, (*p)[2].at, (*p)[3].at);
  setValue(row, (distance((*p)[0].at, (*p)[1].at) + distance((*p)[2].at, (*p)[3].at)) / 2);
}

/// The whole body's shape, or a reason; takes over state and confidence.
const VertebraGeometry* wholeBody(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const std::string why = bodyProblem(facts, entry);
  if (!why.empty()) {
    setMissing(row, why);
    return nullptr;
  }
  const LevelShape* s = facts.shape(entry.instance);
  row.confidence = std::min(s->confidence, s->geometry->bodyIsEstimated ? 0.7 : 0.95);
  if (s->state != ItemState::Confirmed)
    row.status = MeasurementStatus::Unconfirmed;
  row.from.push_back(facts.chain().displayName(entry.instance) + " vertebral body");
  row.at = s->geometry->frame.origin;
  if (s->geometry->bodyIsEstimated)
    row.note = "body told from the posterior elements by its shape";
  return s->geometry.get();
}

void width(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const VertebraGeometry* g = wholeBody(facts, entry, row);
  if (!g)
    return;
  setValue(row, g->widthMm);
  addLine(row, g->frame.at({-g->widthMm / 2, 0, 0}), g->frame.at({g->widthMm / 2, 0, 0}));
}
void area(Facts& facts, const ChainEntry& entry, Measurement& row) {
  if (const VertebraGeometry* g = wholeBody(facts, entry, row))
    setValue(row, g->areaMm2);
}
void bodyVolume(Facts& facts, const ChainEntry& entry, Measurement& row) {
  if (const VertebraGeometry* g = wholeBody(facts, entry, row))
    setValue(row, g->bodyVolumeMm3 / 1000);
}

void vertebraVolume(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const LevelShape* s = facts.shape(entry.instance);
  if (!s || s->geometry->vertebraVolumeMm3 <= 0)
    return setMissing(row, "the vertebra is not labelled");
  if (!entry.whole || s->geometry->vertebraCut)
    return setMissing(row, cutReason);
  if (!s->geometry->hasPosterior && entry.level != Level::C1)
    return setMissing(row, "the posterior elements are not labelled");
  row.confidence = s->confidence;
  if (s->state != ItemState::Confirmed)
    row.status = MeasurementStatus::Unconfirmed;
  row.from.push_back(facts.chain().displayName(entry.instance) + " vertebra");
  if (const auto* centre = s->geometry->landmark("centre"))
    row.at = centre->position;
  setValue(row, s->geometry->vertebraVolumeMm3 / 1000);
}

std::string scanNote(const Series* s) {
  std::string note;
  const auto add = [&](const std::string& text) { note += (note.empty() ? "" : ", ") + text; };
  if (s && s->kvp)
    add(std::to_string(int(std::lround(*s->kvp))) + " kVp");
  else
    add("kVp not stated");
  if (s && !s->kernel.empty())
    add("kernel " + s->kernel);
  if (s && !s->contrastAgent.empty())
    add("contrast: " + s->contrastAgent);
  return note;
}

void attenuationRow(Facts& facts, const ChainEntry& entry, Measurement& row, bool useMedian) {
  if (!wholeBody(facts, entry, row))
    return;
  const AttenuationFact& a = facts.attenuation(entry.instance);
  if (!a.mean)
    return setMissing(row, a.whyMissing);
  const Series* s = facts.series();
  row.note = scanNote(s);
  setValue(row, useMedian ? *a.median : *a.mean);
  // Pickhardt 2013: at 120 kVp, L1 at or below 110 HU is more than 90 % specific for osteoporosis.
  const bool at120 = s && s->kvp && std::abs(*s->kvp - 120) < 1;
  if (entry.level == Level::L1 && at120 && !useMedian) {
    row.normalLow = 110;
    row.normalSource = "Pickhardt 2013, 120 kVp";
  }
}
void meanAttenuation(Facts& f, const ChainEntry& e, Measurement& row) {
  attenuationRow(f, e, row, false);
}
void medianAttenuation(Facts& f, const ChainEntry& e, Measurement& row) {
  attenuationRow(f, e, row, true);
}

void rotation(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const VertebraGeometry* g = wholeBody(facts, entry, row);
  if (!g)
    return;
  if (!g->dorsal)
    return setMissing(row, "neither canal nor posterior elements are labelled");
  const SpineFrame& reference = facts.frame();
  // In the vertebra's own transverse plane.
  const VectorLps up = g->frame.superior;
  const VectorLps posterior = normalized(reference.posterior - up * dot(reference.posterior, up));
  row.note = reference.fromPelvis ? "against the pelvis" : "against the mean of the vertebrae";
  const double degrees = axialRotationDeg(g->frame.origin, *g->dorsal, cross(posterior, up), posterior);
  row.note = (degrees >= 0 ? "spinous process to the right, " : "spinous process to the left, ") + row.note;
  setValue(row, degrees);
  addLine(row, g->frame.origin, *g->dorsal);
}

const VertebraGeometry::Canal* canalOf(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const VertebraGeometry* g = wholeBody(facts, entry, row);
  if (!g)
    return nullptr;
  if (!g->canal) {
    setMissing(row, "the canal is not labelled");
    return nullptr;
  }
  row.from.push_back("canal");
  return &*g->canal;
}
void canalAp(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto* c = canalOf(facts, entry, row);
  if (!c)
    return;
  addLine(row, c->front, c->back);
  setValue(row, c->apMm);
  if (entry.level && region(*entry.level) == Region::Lumbar) {
    row.normalLow = 13;
    row.normalSource = "Verbiest 1977";
  }
}
void canalTransverse(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto* c = canalOf(facts, entry, row);
  if (!c)
    return;
  addLine(row, c->left, c->right);
  setValue(row, c->transverseMm);
}
void canalArea(Facts& facts, const ChainEntry& entry, Measurement& row) {
  if (const auto* c = canalOf(facts, entry, row))
    setValue(row, c->areaMm2);
}

} // namespace

const std::vector<RowDefinition>& bodyRows() {
  static const std::vector<RowDefinition> rows = {
      {{"body.height.anterior", "Anterior height", "mm", 1, 1}, RowScope::Body, &bodyHeight<0>},
      {{"body.height.middle", "Middle height", "mm", 1, 1}, RowScope::Body, &bodyHeight<1>},
      {{"body.height.posterior", "Posterior height", "mm", 1, 1}, RowScope::Body, &bodyHeight<2>},
      {{"body.height.ratio.wedge", "Wedge ratio", "1", 2, 1}, RowScope::Body, &wedgeRatio},
      {{"body.height.ratio.biconcave", "Biconcave ratio", "1", 2, 1}, RowScope::Body, &biconcaveRatio},
      {{"body.height.ratio.crush", "Crush ratio", "1", 2, 1}, RowScope::Body, &crushRatio},
      {{"body.height.loss", "Height loss", "%", 0, 1}, RowScope::Body, &largestLoss},
      {{"body.depth", "Depth", "mm", 1, 1}, RowScope::Body, &depth},
      {{"body.width", "Width", "mm", 1, 1}, RowScope::Body, &width},
      {{"body.area", "Cross-section area", "mm2", 0, 1}, RowScope::Body, &area},
      {{"body.volume", "Body volume", "cm3", 1, 1}, RowScope::Body, &bodyVolume},
      {{"vertebra.volume", "Vertebra volume", "cm3", 1, 1}, RowScope::Body, &vertebraVolume},
      {{"body.hu.mean", "Trabecular attenuation, mean", "[hnsf'U]", 0, 1}, RowScope::Body, &meanAttenuation},
      {{"body.hu.median", "Trabecular attenuation, median", "[hnsf'U]", 0, 1},
       RowScope::Body,
       &medianAttenuation},
      {{"body.rotation", "Axial rotation", "deg", 1, 1}, RowScope::Body, &rotation},
      {{"canal.ap", "Canal, anteroposterior", "mm", 1, 1}, RowScope::Body, &canalAp},
      {{"canal.transverse", "Canal, transverse", "mm", 1, 1}, RowScope::Body, &canalTransverse},
      {{"canal.area", "Canal area", "mm2", 0, 1}, RowScope::Body, &canalArea},
  };
  return rows;
}

} // namespace spondyl
