#pragma once
// The Findings panel as rows. No widgets.

#include "core/case/case.h"

#include <string>
#include <vector>

namespace spondyl::app {

struct FindingRow {
  FindingId id;
  InstanceId instance;
  std::string level;
  std::string title;  ///< "Fracture, Genant 2, wedge"
  std::string detail; ///< probability and what it rests on
  ItemState state = ItemState::Proposed;
  bool abstained = false; ///< the model says that it cannot tell
  bool inCase = false;    ///< false: it waits in a proposal
  PointLps at;
};

struct FindingsModel {
  std::vector<FindingRow> rows; ///< open ones first, then by level
  int open = 0, confirmed = 0, rejected = 0;
};

FindingsModel buildFindings(const Case& c, const EffectiveCase& e);

} // namespace spondyl::app
