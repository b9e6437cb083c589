#include "core/validate/summary.h"

#include <functional>

namespace spondyl {
namespace {

using Pick = std::function<std::optional<double>(const StructureResult&)>;

CaseShare over(const CaseResult& result, StructureKind kind, const Pick& pick) {
  CaseShare share;
  for (const StructureResult& s : result.structures)
    if (s.kind == kind)
      if (const auto value = pick(s)) {
        share.sum += *value;
        share.count += 1;
      }
  return share;
}

struct Row {
  const char *id, *unit, *text;
  std::function<CaseShare(const CaseResult&)> of;
};

Row mean(const char* id, const char* unit, const char* text, StructureKind kind, Pick pick) {
  return {id, unit, text, [kind, pick](const CaseResult& c) { return over(c, kind, pick); }};
}

// Of the found vertebrae whose reference has a name.
Row named(const char* id, const char* text, std::function<bool(const StructureResult&)> is) {
  return mean(id, "%", text, StructureKind::Vertebra, [is](const StructureResult& s) {
    return s.name == NameVerdict::None ? std::nullopt : std::optional(is(s) ? 100.0 : 0.0);
  });
}

Row unmatched(const char* id, const char* text, StructureKind kind, bool beyond) {
  return {id, "/case", text, [=](const CaseResult& c) {
            CaseShare share;
            for (const StructureResult& s : c.structures) // a case that judges the kind counts
              if (s.kind == kind)
                share.count = 1;
            for (const UnmatchedResult& u : c.unmatched)
              share.sum += u.kind == kind && u.beyond == beyond ? 1 : 0;
            return share;
          }};
}

Row whole(const char* id, const char* text, std::optional<double> CaseResult::*member) {
  return {id, "1", text, [member](const CaseResult& c) {
            const auto& value = c.*member;
            return value ? CaseShare{*value, 1} : CaseShare{};
          }};
}

Row other(const char* id, const char* text, int label) {
  return mean(id, "1", text, StructureKind::Other, [label](const StructureResult& s) {
    return s.label == label ? std::optional(s.dice) : std::nullopt;
  });
}

const std::vector<Row>& rows() {
  using K = StructureKind;
  const auto dice = [](const StructureResult& s) { return std::optional(s.dice); };
  const auto label = [](const StructureResult& s) { return std::optional(s.labelDice); };
  const auto found = [](const StructureResult& s) { return std::optional(s.found ? 100.0 : 0.0); };
  const auto wholeDice = [](const StructureResult& s) {
    return s.whole ? std::optional(s.dice) : std::nullopt;
  };
  static const std::vector<Row> all{
      mean("dice.vertebra", "1", "Dice of a vertebra with its counterpart, whatever its name; 0 when missed",
           K::Vertebra, dice),
      mean("dice.vertebra.whole", "1", "the same, vertebrae that the field of view does not cut", K::Vertebra,
           wholeDice),
      mean("dice.vertebra.label", "1", "Dice of a vertebra with the prediction of the same name", K::Vertebra,
           label),
      whole("dice.union", "Dice of all vertebrae together, without the sacrum", &CaseResult::unionDice),
      mean("dice.body", "1", "Dice of a vertebral body with its counterpart's", K::Vertebra,
           [](const StructureResult& s) { return s.bodyDice; }),
      whole("dice.body.union", "Dice of all vertebral bodies together", &CaseResult::unionBodyDice),
      mean("dice.sacrum", "1", "Dice of the sacrum", K::Sacrum, dice),
      mean("dice.disc", "1", "Dice of a disc with its counterpart, whatever its name; 0 when missed", K::Disc,
           dice),
      other("dice.canal", "Dice of the spinal canal", 61),
      other("dice.cord", "Dice of the spinal cord", 60),
      mean("centroid", "mm",
           "distance of the centres of a found vertebra (of its bodies where both are known)", K::Vertebra,
           [](const StructureResult& s) { return s.centroidMm; }),
      mean("surface.mean", "mm", "mean distance of the surfaces of a found vertebra", K::Vertebra,
           [](const StructureResult& s) { return s.meanSurfaceMm; }),
      mean("surface.hd95", "mm", "95th percentile Hausdorff distance of a found vertebra", K::Vertebra,
           [](const StructureResult& s) { return s.hausdorff95Mm; }),
      mean("surface.mean.disc", "mm", "mean distance of the surfaces of a found disc", K::Disc,
           [](const StructureResult& s) { return s.meanSurfaceMm; }),
      mean("found.vertebra", "%", "vertebrae found (Dice of at least 0.5)", K::Vertebra, found),
      mean("found.disc", "%", "discs found (Dice of at least 0.5)", K::Disc, found),
      unmatched("invented.vertebra",
                "vertebrae predicted where the reference has none, within its labelled part", K::Vertebra,
                false),
      unmatched("beyond.vertebra", "vertebrae predicted beyond the labelled part; not judged", K::Vertebra,
                true),
      unmatched("invented.disc", "discs predicted where the reference has none, within its labelled part",
                K::Disc, false),
      named("name.right", "found vertebrae with the right name",
            [](const StructureResult& s) { return s.name == NameVerdict::Right; }),
      named("name.wrong", "found vertebrae with a wrong name",
            [](const StructureResult& s) { return s.name == NameVerdict::Wrong; }),
      named("name.abstained", "found vertebrae left without a name",
            [](const StructureResult& s) { return s.name == NameVerdict::Abstained; }),
      named("name.wrong.confident", "found vertebrae with a wrong name of confidence 0.9 or more",
            [](const StructureResult& s) {
              return s.name == NameVerdict::Wrong && s.confidence.value_or(0) >= 0.9;
            }),
  };
  return all;
}

} // namespace

std::vector<Figure> figuresOf(const std::vector<CaseResult>& cases, const BootstrapOptions& options) {
  std::vector<Figure> figures;
  for (const Row& row : rows()) {
    std::vector<CaseShare> shares;
    for (const CaseResult& result : cases)
      shares.push_back(row.of(result));
    Figure figure{row.id, row.unit, row.text, bootstrap(shares, options)};
    if (figure.estimate.value)
      figures.push_back(std::move(figure));
  }
  return figures;
}

} // namespace spondyl
