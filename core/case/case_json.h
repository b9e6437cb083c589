#pragma once
// A Case without its voxels as JSON texts, one per part: what the journal and .spondyl files hold beside the
// bricks, and what content hashes read. Deterministic: equal parts give equal texts; numbers come back bit
// for bit.

#include "core/case/case.h"

namespace spondyl {

/// "head", "studies", "structures", "chain", "layers" (without voxels), "landmarks", "findings",
/// "measurements", "key-images", "marks", "report", and "proposal/ID" for each proposal (without voxels).
struct CaseItem {
  std::string name;
  std::string json;
  bool operator==(const CaseItem&) const = default;
};

/// Every part; with `since`, parts that share memory with it (studies, proposals) are left out.
std::vector<CaseItem> caseItems(const Case& c, const Case* since = nullptr);

std::string studyJson(const Study& study);

/// Replaces that part of `c`. Layers keep their voxels where id and grid stay the same, new ones are empty.
/// An empty text removes a proposal. Series come back without what kept an unpacked archive alive. Errors:
/// CaseDamaged.
Status readCaseItem(Case& c, const CaseItem& item);

} // namespace spondyl
