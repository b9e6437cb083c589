#pragma once
// A lumbar spine without voxels: what models show.

#include "core/case/case.h"

namespace spondyl::test {

inline Case spineCase(const std::vector<Level>& levels, ItemState state = ItemState::Proposed) {
  Case c;
  c.id = "case";
  c.chain.naming = Naming::Assumed;
  c.chain.anchor = Anchor::Sacrum;
  double z = 0;
  for (const Level level : levels) {
    const InstanceId instance{c.nextInstance++};
    Structure body;
    body.instance = instance;
    body.part = level == Level::Sacrum ? Part::Sacrum : Part::VertebralBody;
    body.state = state;
    body.confidence = 0.95;
    c.structures.add(body);
    ChainEntry entry;
    entry.instance = instance;
    entry.level = level;
    entry.confidence = 0.95;
    entry.centroid = {0, 0, z};
    c.chain.entries.push_back(entry);
    z -= 35;
  }
  return c;
}

inline const std::vector<Level> lumbar{Level::L1, Level::L2, Level::L3, Level::L4, Level::L5, Level::Sacrum};

} // namespace spondyl::test
