#include "core/study/study.h"

#include <catch2/catch.hpp>

using namespace spondyl;

namespace {

Series series(const std::string& uid, int number, const std::string& description, std::optional<Grid> grid,
              std::optional<Error> refusal = std::nullopt) {
  Series s;
  s.uid = uid;
  s.number = number;
  s.modality = "CT";
  s.description = description;
  Stack stack;
  stack.grid = grid;
  stack.refusal = refusal;
  stack.slices.resize(grid ? static_cast<std::size_t>(grid->size().k) : 1);
  s.stacks.push_back(stack);
  return s;
}

Grid grid(int slices, double step) {
  return Grid::create({512, 512, slices}, {}, {0.7, 0, 0}, {0, 0.7, 0}, {0, 0, step}).value();
}

StudyListing listingOf(std::vector<Series> all) {
  StudyListing listing;
  listing.studies.resize(1);
  listing.studies[0].series = std::move(all);
  return listing;
}

} // namespace

TEST_CASE("a person's name is shown as people write it") {
  Patient patient;
  patient.name = "Muster^Erika^Maria^Dr.^";
  CHECK(displayName(patient) == "Dr. Erika Maria Muster");
  patient.name = "Yamada^Tarou=山田^太郎=やまだ^たろう";
  CHECK(displayName(patient) == "Tarou Yamada");
  patient.name = "=山田^太郎";
  CHECK(displayName(patient) == "太郎 山田");
  patient.name = "Plain";
  CHECK(displayName(patient) == "Plain");
  patient.name = "";
  CHECK(displayName(patient).empty());
}

TEST_CASE("without a wish the thin spine volume is chosen, not the localizer and not the thick slices") {
  const auto listing =
      listingOf({series("1", 1, "Scout", grid(2, 10)), series("2", 2, "Spine 5.0", grid(60, 5)),
                 series("3", 3, "Spine 1.0", grid(300, 1))});
  CHECK(chooseSeries(listing)->series == 2);
}

TEST_CASE("a series is chosen by its UID or number, and what cannot be chosen says so") {
  const auto listing = listingOf({series("1.2", 4, "a", grid(9, 1)), series("1.3", 5, "b", grid(9, 1)),
                                  series("1.4", 5, "c", grid(9, 1))});
  CHECK(chooseSeries(listing, "1.3")->series == 1);
  CHECK(chooseSeries(listing, "4")->series == 0);
  CHECK(chooseSeries(listing, "5").error().code == ErrorCode::SeveralSeries);
  CHECK(chooseSeries(listing, "9").error().code == ErrorCode::SeriesNotFound);
}

TEST_CASE("where nothing can be a volume the reason is given") {
  const auto listing = listingOf({series("1", 1, "a", std::nullopt, fail(ErrorCode::NoGeometry, {"a"}))});
  CHECK(chooseSeries(listing).error().code == ErrorCode::NoGeometry);
  CHECK(chooseSeries(StudyListing{}).error().code == ErrorCode::NoImages);
}
