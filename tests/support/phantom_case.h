#pragma once
// A case as a perfect network would propose it: a drawn phantom's labels as structures, its levels as the
// chain.

#include "core/case/case.h"
#include "core/phantom/draw.h"

#include <map>

namespace spondyl::test {

struct PhantomCase {
  SpineDescription description;
  Grid grid;
  Case value;
  static constexpr const char* seriesUid = "1.2.3.4";

  InstanceId instance(Level level) const {
    const ChainEntry* e = value.chain.find(level);
    return e ? e->instance : InstanceId{};
  }
};

/// State of all structures; whether vertebrae are divided into body and posterior elements; with the canal or
/// not.
struct PhantomCaseOptions {
  ItemState state = ItemState::Confirmed;
  bool divided = true;
  bool withCanal = true;
};

inline PhantomCase phantomCase(const PhantomOptions& options, std::optional<Grid> grid = std::nullopt,
                               PhantomCaseOptions how = {}) {
  PhantomCase out;
  out.description = describeSpine(options).value();
  out.grid = grid ? *grid : defaultGrid(out.description, options.spacingMm).value();
  const PhantomVolumes drawn = drawPhantom(out.description, out.grid, DrawOptions{false, true});
  Case& c = out.value;
  c.id = "phantom";
  c.patient.name = "Phantom^Seed " + std::to_string(options.seed);
  c.patient.id = "P" + std::to_string(options.seed);
  Study study;
  study.uid = study.name = "1.2.3";
  study.date = "2026-05-04";
  study.description = "CT of the spine";
  Series series;
  series.uid = PhantomCase::seriesUid;
  series.modality = "CT";
  series.patientPosition = "HFS";
  series.frameOfReferenceUid = "1.2.3.5";
  series.kvp = 120;
  study.series.push_back(series);
  c.studies.push_back(study);

  std::map<int, std::uint16_t> body, posterior, whole; // label to structure id
  const auto addStructure = [&](InstanceId instance, Part part, int label) {
    Structure s;
    s.instance = instance;
    s.part = part;
    s.label = label;
    s.state = how.state;
    return c.structures.add(s).value;
  };
  for (const DrawnInstance& d : drawn.drawn) {
    const InstanceId instance{c.nextInstance++};
    const int label = labelOf(d.level);
    if (d.level == Level::Sacrum) {
      whole[label] = addStructure(instance, Part::Sacrum, label);
    } else if (how.divided) {
      if (d.level != Level::C1)
        body[label] = addStructure(instance, Part::VertebralBody, label);
      posterior[label] = addStructure(instance, Part::PosteriorElements, label);
    } else {
      whole[label] = addStructure(instance, Part::Vertebra, label);
    }
    c.chain.entries.push_back({instance, d.level, 0.99, d.centre, d.whole, {}});
  }
  c.chain.naming = Naming::Certain;
  c.chain.anchor = Anchor::Sacrum;
  const std::uint16_t canal = how.withCanal ? addStructure({}, Part::Canal, 61) : std::uint16_t(0);
  std::vector<std::uint16_t> bone(out.grid.size().count(), 0), inner(out.grid.size().count(), 0);
  for (std::size_t n = 0; n < bone.size(); ++n) {
    const int label = drawn.labels[n];
    if (label >= 60 && label <= 62)
      inner[n] = canal;
    else if (const auto it = whole.find(label); it != whole.end())
      bone[n] = it->second;
    else if (drawn.parts[n] == 49 && body.count(label))
      bone[n] = body[label];
    else if (posterior.count(label))
      bone[n] = posterior[label];
  }
  const auto addLayer = [&](LayerKind kind, const std::vector<std::uint16_t>& ids) {
    c.layers.push_back({LayerId{c.nextLayer++}, kind, "1.2.3.5", PhantomCase::seriesUid,
                        LabelMap::fromDense(out.grid, ids)});
  };
  addLayer(LayerKind::BoneAndDisc, bone);
  if (how.withCanal)
    addLayer(LayerKind::CanalContents, inner);
  return out;
}

} // namespace spondyl::test
