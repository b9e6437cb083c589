#include "core/image/label_map.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>

using namespace spondyl;

namespace {

Grid gridOf(GridSize size) {
  return *Grid::create(size, {}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1});
}

std::vector<std::uint16_t> randomLabels(const Grid& grid, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint16_t> out(grid.size().count());
  for (auto& v : out)
    v = random() % 5 ? std::uint16_t(0) : std::uint16_t(random() % 7);
  return out;
}

} // namespace

TEST_CASE("a label map is the array that it was made from, also at sizes that no brick divides") {
  for (const GridSize size :
       {GridSize{1, 1, 1}, GridSize{32, 32, 32}, GridSize{33, 31, 65}, GridSize{100, 5, 40}}) {
    const Grid grid = gridOf(size);
    const auto labels = randomLabels(grid, 3);
    const LabelMap map = LabelMap::fromDense(grid, labels);
    CHECK(map.dense() == labels);
    std::vector<std::uint16_t> row(std::size_t(size.i - size.i / 3));
    map.readRow(size.i / 3, size.j - 1, size.k - 1, row);
    CHECK(std::equal(row.begin(), row.end(),
                     labels.begin() + std::ptrdiff_t(grid.offset({size.i / 3, size.j - 1, size.k - 1}))));
    CHECK(!map.at({-1, 0, 0}));
    CHECK(!map.at({size.i, 0, 0}));
    const auto counts = map.voxelCounts();
    for (std::uint16_t id = 0; id < counts.size(); ++id)
      CHECK(counts[id] == std::size_t(std::count(labels.begin(), labels.end(), id)));
  }
}

TEST_CASE("an editor's map differs where it was set and shares every other brick") {
  const Grid grid = gridOf({70, 70, 70});
  const LabelMap before = LabelMap::fromDense(grid, randomLabels(grid, 4));
  auto expected = before.dense();
  std::vector<std::pair<IndexIjk, bool>> touched;
  LabelMapEditor editor(before);
  std::mt19937 random(5);
  for (int n = 0; n < 500; ++n) { // in one brick only
    const IndexIjk v{int(random() % 32), int(32 + random() % 32), int(random() % 32)};
    const StructureId id{std::uint16_t(random() % 4)};
    const bool touch = random() % 2;
    editor.set(v, id, touch);
    CHECK(editor.at(v) == id);
    CHECK(editor.isTouched(v) == touch);
    expected[grid.offset(v)] = id.value;
    touched.emplace_back(v, touch);
  }
  const LabelMap after = std::move(editor).finish();
  CHECK(after.dense() == expected);
  CHECK(before.dense() != expected);
  std::size_t differ = 0;
  for (std::size_t b = 0; b < after.bricks().size(); ++b)
    differ += after.bricks()[b] != before.bricks()[b];
  CHECK(differ == 1);
  for (auto it = touched.rbegin(); it != touched.rend(); ++it) {
    const bool last =
        std::find_if(touched.rbegin(), it, [&](const auto& o) { return o.first == it->first; }) == it;
    if (last)
      CHECK(after.isTouched(it->first) == it->second);
  }
}

TEST_CASE("set and set back is the same map again, and its memory is shared") {
  const Grid grid = gridOf({64, 64, 64});
  const LabelMap before = LabelMap::fromDense(grid, randomLabels(grid, 6));
  LabelMapEditor editor(before);
  const StructureId was = before.at({40, 3, 3});
  CHECK(editor.set({40, 3, 3}, StructureId{9}, true));
  CHECK(editor.set({40, 3, 3}, was, false));
  CHECK(!editor.set({40, 3, 3}, was, false));
  const LabelMap after = std::move(editor).finish();
  CHECK(after.bricks().data() == before.bricks().data());

  LabelMap empty(grid);
  LabelMapEditor paint(empty);
  paint.set({1, 1, 1}, StructureId{1}, true);
  LabelMap painted = std::move(paint).finish();
  LabelMapEditor erase(painted);
  erase.set({1, 1, 1}, {}, false);
  const LabelMap erased = std::move(erase).finish();
  CHECK(!erased.bricks()[0]); // an empty brick is none
  CHECK(erased == empty);
}

TEST_CASE(
    "equal maps have equal hashes, whatever they share, a voxel, a touched bit or a place makes another") {
  const Grid grid = gridOf({70, 40, 40});
  const auto labels = randomLabels(grid, 7);
  const LabelMap one = LabelMap::fromDense(grid, labels), two = LabelMap::fromDense(grid, labels);
  CHECK(one == two);
  CHECK(one.contentHash() == two.contentHash());
  LabelMapEditor touch(one);
  touch.set({5, 5, 5}, one.at({5, 5, 5}), true);
  const LabelMap touched = std::move(touch).finish();
  CHECK(!(touched == one));
  CHECK(touched.contentHash() != one.contentHash());
  std::set<std::uint64_t> hashes;
  for (int n = 0; n < 70; ++n) {
    LabelMapEditor editor{LabelMap(grid)};
    editor.set({n, 7, 9}, StructureId{1}, false);
    hashes.insert(std::move(editor).finish().contentHash());
  }
  CHECK(hashes.size() == 70);
}

TEST_CASE("the bounds of a structure are those of its voxels") {
  const Grid grid = gridOf({80, 50, 90});
  std::vector<std::uint16_t> labels(grid.size().count());
  for (const IndexIjk v : {IndexIjk{3, 40, 80}, IndexIjk{70, 2, 33}, IndexIjk{31, 32, 31}})
    labels[grid.offset(v)] = 5;
  labels[grid.offset({0, 0, 0})] = 6;
  const LabelMap map = LabelMap::fromDense(grid, labels);
  CHECK(map.boundsOf(StructureId{5}) == IndexBox{{3, 2, 31}, {70, 40, 80}});
  CHECK(map.boundsOf(StructureId{6}) == IndexBox{{0, 0, 0}, {0, 0, 0}});
  CHECK(map.boundsOf(StructureId{7}).isEmpty());
}

TEST_CASE("an emptied brick handed in is stored as none") {
  const Grid grid = gridOf({64, 32, 32});
  const LabelMap map = LabelMap::fromDense(grid, std::vector<std::uint16_t>(grid.size().count(), 3));
  const std::pair<std::size_t, BrickPtr> changed[] = {{1, std::make_shared<LabelBrick>()}};
  const LabelMap next = map.withBricks(changed);
  CHECK(!next.bricks()[1]);
  CHECK(next.bricks()[0] == map.bricks()[0]);
  CHECK(next.voxelCounts()[3] == 32 * 32 * 32);
}
