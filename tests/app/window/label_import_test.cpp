#include "app/window/label_import.h"
#include "tests/app/support/block_spine.h"
#include "tests/support/test_data.h"

#include <QTemporaryDir>

using namespace spondyl;
using namespace spondyl::app;

TEST_CASE("the order of the levels tells whose numbers a label file holds") {
  // Own numbers grow downwards, TotalSegmentator's upwards.
  CHECK(schemeByOrder({{20, 0.0}, {21, -35.0}, {22, -70.0}}) == LabelScheme::Codes);
  CHECK(schemeByOrder({{27, -70.0}, {28, -35.0}, {29, 0.0}}) == LabelScheme::TotalSegmentator);
}

TEST_CASE("an image is not taken for labels, a label map is") {
  QTemporaryDir folder;
  const test::BlockSpine spine = test::writeBlockSpine(Path(folder.path().toStdString()));
  const Grid grid = readNifti(spine.image, {}).value().volume->grid();
  CHECK_FALSE(judgeLabels(spine.image, grid, {}).value().areLabels);
  const LabelJudgement labels = judgeLabels(spine.labels, grid, {}).value();
  CHECK(labels.areLabels);
  CHECK(labels.scheme == LabelScheme::Codes);
}

TEST_CASE("TotalSegmentator's own output is recognised") {
  SPONDYL_NEED_DATA(data);
  const Path folder = data / "ct_totalsegmentator";
  const Grid grid = readNifti(folder / "example_ct.nii.gz", {}).value().volume->grid();
  const LabelJudgement labels =
      judgeLabels(folder / "example_ct_vertebrae_totalseg.nii.gz", grid, {}).value();
  CHECK(labels.areLabels);
  CHECK(labels.scheme == LabelScheme::TotalSegmentator);
  CHECK_FALSE(judgeLabels(folder / "example_ct.nii.gz", grid, {}).value().areLabels);
}
