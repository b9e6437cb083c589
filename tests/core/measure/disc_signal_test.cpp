// T2 phantoms: each disc's nucleus and the fluid have signals that are known.
#include "core/measure/disc_signal.h"
#include "core/measure/measure.h"
#include "core/phantom/paint.h"
#include "tests/support/phantom_case.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace spondyl;
using test::PhantomCase;

namespace {

struct MrCase {
  PhantomCase phantom;
  VolumePtr image;
};

MrCase mrCase(std::uint64_t seed, double echoMs = 100, double repetitionMs = 3500) {
  PhantomOptions o;
  o.seed = seed;
  o.modality = PhantomModality::Mr;
  o.from = Level::L1;
  o.to = Level::Sacrum;
  o.spacingMm = 1;
  MrCase out{test::phantomCase(o), nullptr};
  Series& series = out.phantom.value.studies.edit()[0].series[0];
  series.modality = "MR";
  series.echoTimeMs = echoMs;
  series.repetitionTimeMs = repetitionMs;
  out.image =
      paint(out.phantom.description, drawPhantom(out.phantom.description, out.phantom.grid, {true, true}))
          .value();
  return out;
}

std::vector<Measurement> ratios(const MrCase& c) {
  std::vector<Measurement> out;
  for (Measurement& m : measure(c.phantom.value, PhantomCase::seriesUid, c.image.get(), {}, true))
    if (m.id == "disc.signal.ratio")
      out.push_back(std::move(m));
  return out;
}

const Measurement& at(const std::vector<Measurement>& rows, const std::string& level) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& m) { return m.level == level; });
  REQUIRE(found != rows.end());
  return *found;
}

} // namespace

TEST_CASE("the nucleus of a disc is as bright against the fluid as it was drawn") {
  int measured = 0;
  for (const std::uint64_t seed : {3u, 8u}) {
    const MrCase c = mrCase(seed);
    for (const Measurement& m : ratios(c)) {
      const auto& levels = c.phantom.description.vertebrae;
      const auto at = std::find_if(levels.begin(), levels.end(),
                                   [&](const auto& v) { return levelName(v.level) == m.level; });
      if (at == levels.end() || !m.value)
        continue;
      INFO("seed " << seed << " " << m.level << ", drawn degree " << at->nucleus);
      CHECK(*m.value == Approx((110 + 640 * at->nucleus) / 980).margin(0.08));
      CHECK(m.unit == "1");
      ++measured;
    }
  }
  CHECK(measured >= 8);
}

TEST_CASE("a disc's signal is measured on T2 alone, and CT has no such row") {
  for (const auto& [echo, repetition] : {std::pair{12.0, 600.0}, {100.0, 500.0}}) {
    const auto rows = ratios(mrCase(3, echo, repetition));
    REQUIRE(!rows.empty());
    for (const Measurement& m : rows)
      CHECK_FALSE(m.value);
    CHECK(at(rows, "L3").reason == "the series is not T2-weighted");
  }
  MrCase unknown = mrCase(3);
  unknown.phantom.value.studies.edit()[0].series[0].echoTimeMs.reset();
  CHECK(at(ratios(unknown), "L3").reason == "it is not known whether the series is T2-weighted");
  MrCase ct = mrCase(3);
  ct.phantom.value.studies.edit()[0].series[0].modality = "CT";
  ct.image = ct.image->withMeaning(VolumeMeaning::CtHounsfield);
  CHECK(ratios(ct).empty());
}

TEST_CASE("a disc's signal rests on the canal too: unconfirmed there, unconfirmed here") {
  MrCase c = mrCase(3);
  CHECK(at(ratios(c), "L3").status == MeasurementStatus::Ok);
  for (const Structure& s : c.phantom.value.structures.all())
    if (s.part == Part::Canal) {
      Structure proposed = s;
      proposed.state = ItemState::Proposed;
      c.phantom.value.structures.update(proposed);
      break;
    }
  CHECK(at(ratios(c), "L3").status == MeasurementStatus::Unconfirmed);
}

TEST_CASE("without a labelled canal there is nothing to compare a disc with") {
  MrCase c = mrCase(3);
  c.phantom.value.layers.pop_back();
  for (const Measurement& m : ratios(c))
    CHECK_FALSE(m.value);
  CHECK(at(ratios(c), "L3").reason == "the spinal canal is not labelled");
}

TEST_CASE("a collapsed disc and one beside the image have no ratio but a reason") {
  const MrCase c = mrCase(3);
  const auto always = [](PointLps) { return true; };
  const auto disc = [](double height, VectorLps moved) {
    const auto p = [&](double y, double z) { return PointLps{0, y, z} + moved; };
    return DiscPlace{p(-18, height), p(0, height), p(18, height), p(-18, 0), p(0, 0), p(18, 0)};
  };
  CHECK(discSignal(*c.image, disc(1, {}), always, {}).whyMissing ==
        "the disc is too thin to have a nucleus that can be measured");
  CHECK(discSignal(*c.image, disc(9, {5000, 0, 0}), always, {}).whyMissing ==
        "the disc's middle is not in the image");
}
