#include "core/measure/formulas.h"
#include "core/measure/measure.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

constexpr double mild = 0.20; // Genant's first grade
/// How heights of intact levels differ from the mean of two neighbours, and from a single one, as fractions:
/// the normal change from level to level is averaged out with two only.
constexpr double spreadOfTwo = 0.03, spreadOfOne = 0.05;
/// Without a CT that shows the end plates, how well a mask's border is bone's, mm: proposed, and accepted by
/// a person.
constexpr double proposedMaskMm = 0.8, acceptedMaskMm = 0.4;
/// Calls need this probability, findings at all that one.
constexpr double called = 0.8, worthSaying = 0.15;
/// A disc in front or behind counts as widened beyond this multiple of the patient's usual one.
constexpr double widened = 1.4;

double normalCumulative(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

/// What is known of the heights along the chain: as measured, and as the image shows them where it was asked.
struct Heights {
  std::vector<std::optional<BodyHeights>> measured, byImage;
  std::vector<double> error; ///< mm
  std::vector<bool> isSeen;  ///< the image was asked at all three places
  std::vector<std::optional<Level>> levels;
  std::vector<std::optional<double>> discAnterior, discPosterior;
};

const Measurement* rowOf(const std::vector<Measurement>& all, InstanceId instance, const char* id) {
  for (const Measurement& m : all)
    if (m.instance == instance && m.id == id)
      return &m;
  return nullptr;
}

Heights heightsOf(const LevelChain& chain, const std::vector<Measurement>& all) {
  Heights out;
  for (const ChainEntry& e : chain.entries) {
    const Measurement* rows[3] = {rowOf(all, e.instance, "body.height.anterior"),
                                  rowOf(all, e.instance, "body.height.middle"),
                                  rowOf(all, e.instance, "body.height.posterior")};
    double values[3] = {0, 0, 0}, seen[3] = {0, 0, 0}, error = 0;
    bool isMeasured = true, isSeen = true, isAccepted = true;
    for (int n = 0; n < 3; ++n) {
      isMeasured = isMeasured && rows[n] && rows[n]->value;
      if (!isMeasured)
        break;
      values[n] = *rows[n]->value;
      seen[n] = rows[n]->byImage.value_or(values[n]);
      error = std::max(error, rows[n]->error);
      isAccepted = isAccepted && rows[n]->status != MeasurementStatus::Unconfirmed;
      // What a person placed or entered needs no image.
      isSeen = isSeen && (rows[n]->byImage || rows[n]->error == 0);
    }
    out.measured.push_back(isMeasured ? std::optional(BodyHeights{values[0], values[1], values[2]})
                                      : std::nullopt);
    out.byImage.push_back(isMeasured ? std::optional(BodyHeights{seen[0], seen[1], seen[2]}) : std::nullopt);
    out.error.push_back(isSeen ? error : std::hypot(error, isAccepted ? acceptedMaskMm : proposedMaskMm));
    out.isSeen.push_back(isSeen);
    out.levels.push_back(e.level);
    const Measurement *front = rowOf(all, e.instance, "disc.height.anterior"),
                      *back = rowOf(all, e.instance, "disc.height.posterior");
    out.discAnterior.push_back(front ? front->value : std::nullopt);
    out.discPosterior.push_back(back ? back->value : std::nullopt);
  }
  return out;
}

/// The lowest lumbar vertebra is physiologically lower behind than its neighbours: its back height alone
/// proves nothing.
double tellingLoss(const HeightLoss& loss, bool isLastLumbar) {
  return isLastLumbar ? std::max(loss.anterior, loss.middle) : loss.largest();
}

double probabilityOf(const HeightLoss& loss, const Heights& h, std::size_t at, bool isLastLumbar) {
  const double count = double(loss.from.size());
  double reference = 0;
  for (const std::size_t k : loss.from)
    reference += h.error[k] * h.error[k] / (count * count);
  const double mm = std::sqrt(h.error[at] * h.error[at] + reference);
  const double error = std::hypot(count >= 2 ? spreadOfTwo : spreadOfOne, mm / loss.reference.anterior);
  return normalCumulative((tellingLoss(loss, isLastLumbar) - mild) / error);
}

/// What the body lacks in front or behind its neighbouring disc has too much: the border between them may lie
/// wrong in the mask. A fracture lowers the body and leaves the disc.
bool isMadeUpByDisc(const Heights& h, const HeightLoss& loss, std::size_t at) {
  const auto excess = [&](const std::vector<std::optional<double>>& discs) {
    std::vector<double> usual;
    for (std::size_t n = 0; n < discs.size(); ++n)
      if (discs[n] && n != at && n + 1 != at)
        usual.push_back(*discs[n]);
    if (usual.size() < 2)
      return 0.0;
    const auto middle = usual.begin() + std::ptrdiff_t(usual.size() / 2);
    std::nth_element(usual.begin(), middle, usual.end());
    double most = 0;
    for (const std::size_t n : {at, at - 1})
      if (n < discs.size() && discs[n])
        most = std::max(most, *discs[n] - widened * *middle);
    return most;
  };
  return (loss.anterior >= mild && excess(h.discAnterior) > 0.4 * loss.anterior * loss.reference.anterior) ||
         (loss.posterior >= mild &&
          excess(h.discPosterior) > 0.4 * loss.posterior * loss.reference.posterior);
}

} // namespace

std::vector<Finding> fractureFindings(const LevelChain& chain, const std::vector<Measurement>& measurements) {
  const Heights h = heightsOf(chain, measurements);
  std::vector<Finding> out;
  for (std::size_t n = 0; n < h.measured.size(); ++n) {
    const auto loss = heightLoss(h.measured, h.levels, n), seen = heightLoss(h.byImage, h.levels, n);
    if (!loss || !seen)
      continue;
    const bool isLastLumbar = n + 1 < h.levels.size() && h.levels[n + 1] == Level::Sacrum;
    const double byMask = probabilityOf(*loss, h, n, isLastLumbar),
                 byImage = probabilityOf(*seen, h, n, isLastLumbar);
    const double probability = (byMask + byImage) / 2;
    if (std::max(byMask, byImage) < worthSaying)
      continue;
    Finding f;
    const std::string name = chain.displayName(chain.entries[n].instance);
    f.id = "fracture." + name;
    f.instance = chain.entries[n].instance;
    f.kind = "fracture";
    const bool isDoubtful = !h.isSeen[n] && isMadeUpByDisc(h, *loss, n);
    f.probability = std::min(probability, isDoubtful ? 0.5 : 0.99);
    f.abstained = isDoubtful || std::min(byMask, byImage) < called;
    if (!f.abstained) {
      f.grade = genantGrade(tellingLoss(*loss, isLastLumbar));
      f.shape = genantShape(*loss);
    }
    f.evidence = {name + " body.height.anterior", name + " body.height.middle",
                  name + " body.height.posterior", name + " body.height.loss"};
    for (const std::size_t k : loss->from)
      f.evidence.push_back(chain.displayName(chain.entries[k].instance));
    f.provenance.origin = Provenance::Origin::Model;
    f.provenance.name = "height-morphometry";
    f.provenance.version = "2";
    out.push_back(std::move(f));
  }
  return out;
}

} // namespace spondyl
