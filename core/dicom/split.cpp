#include "core/dicom/split.h"

#include "core/dicom/stack_geometry.h"

#include <algorithm>
#include <map>

namespace spondyl::dicom {
namespace {

std::string valueOf(const ImageHeader& h, const std::string& name) {
  for (const auto& [n, value] : h.discriminators)
    if (n == name)
      return value;
  return {};
}

// A name for every frame means nothing.
std::vector<StackMembers> byStackId(const Members& plane) {
  std::map<std::string, Members> groups;
  for (const ImageHeader* h : plane)
    groups[valueOf(*h, "stack")].push_back(h);
  if (groups.size() == 1 || groups.size() == plane.size())
    return {{{}, plane}};
  std::vector<StackMembers> out;
  for (auto& [id, members] : groups)
    out.push_back({"stack " + id, std::move(members)});
  return out;
}

std::vector<std::vector<std::string>> keysToTry(const Members& members) {
  std::vector<std::string> names;
  for (const ImageHeader* h : members)
    for (const auto& [name, value] : h->discriminators)
      if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
  std::vector<std::vector<std::string>> tries;
  for (const auto& name : names)
    tries.push_back({name});
  for (std::size_t a = 0; a < names.size(); ++a)
    for (std::size_t b = a + 1; b < names.size(); ++b)
      tries.push_back({names[a], names[b]});
  return tries;
}

bool areStacks(const std::map<std::string, Members>& groups) {
  return groups.size() > 1 && std::all_of(groups.begin(), groups.end(), [](const auto& g) {
           return g.second.size() > 1 && !hasDuplicatePositions(g.second);
         });
}

// Every place occurs equally often: repetitions, in the order of the images' numbers.
std::vector<StackMembers> byRepetition(const Members& members) {
  std::vector<StackMembers> out;
  std::size_t places = 0;
  for (const Members& place : groupedByPosition(members)) {
    if (out.empty())
      out.resize(place.size());
    if (place.size() != out.size())
      return {};
    for (std::size_t k = 0; k < place.size(); ++k)
      out[k].members.push_back(place[k]);
    ++places;
  }
  if (places < 2)
    return {};
  for (std::size_t k = 0; k < out.size(); ++k)
    out[k].label = "repetition " + std::to_string(k + 1);
  return out;
}

std::vector<StackMembers> byWhatTellsApart(const Members& members) {
  if (!hasDuplicatePositions(members))
    return {{{}, members}};
  for (const auto& keys : keysToTry(members)) {
    std::map<std::string, Members> groups;
    for (const ImageHeader* h : members) {
      std::string label;
      for (const auto& key : keys)
        label += (label.empty() ? "" : ", ") + key + " " + valueOf(*h, key);
      groups[label].push_back(h);
    }
    if (!areStacks(groups))
      continue;
    std::vector<StackMembers> out;
    for (auto& [label, group] : groups)
      out.push_back({label, std::move(group)});
    return out;
  }
  auto repeated = byRepetition(members);
  if (!repeated.empty())
    return repeated;
  return {{{}, members}};
}

// Parallel blocks (one for each disc) lie beside each other: between them the slices jump sideways.
std::vector<StackMembers> byBlocks(const Members& members) {
  constexpr double jumpMm = 2;
  const auto frame = sliceFrame(*members.front());
  if (!frame || members.size() < 4)
    return {{{}, members}};
  Members sorted = members;
  const auto along = [&](const ImageHeader* h) { return dot(*h->position - PointLps{}, frame->normal); };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const ImageHeader* a, const ImageHeader* b) { return along(a) < along(b); });
  std::vector<VectorLps> sideways; // from each slice to the next, within the plane
  std::vector<double> steps, us, vs;
  for (std::size_t k = 1; k < sorted.size(); ++k) {
    const VectorLps d = *sorted[k]->position - *sorted[k - 1]->position;
    sideways.push_back({dot(d, frame->column), dot(d, frame->row), 0});
    steps.push_back(std::max(1e-3, dot(d, frame->normal)));
    us.push_back(sideways.back().x / steps.back());
    vs.push_back(sideways.back().y / steps.back());
  }
  const auto middle = [](std::vector<double>& values) {
    std::nth_element(values.begin(), values.begin() + std::ssize(values) / 2, values.end());
    return values[values.size() / 2];
  };
  const VectorLps tilt{middle(us), middle(vs), 0}; // sideways for each mm along: of a tilted gantry
  std::vector<StackMembers> out(1);
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    if (k > 0 && length(sideways[k - 1] - tilt * steps[k - 1]) > jumpMm)
      out.emplace_back();
    out.back().members.push_back(sorted[k]);
  }
  const bool areBlocks = out.size() > 1 && std::all_of(out.begin(), out.end(), [](const StackMembers& block) {
                           return block.members.size() > 1;
                         });
  if (!areBlocks)
    return {{{}, members}};
  for (std::size_t k = 0; k < out.size(); ++k)
    out[k].label = "block " + std::to_string(k + 1);
  return out;
}

std::string joined(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + ", " + b;
}

} // namespace

std::vector<StackMembers> splitPlane(const Members& plane) {
  if (!plane.front()->position)
    return {{{}, plane}};
  std::vector<StackMembers> out;
  for (const StackMembers& stack : byStackId(plane))
    for (const StackMembers& group : byWhatTellsApart(stack.members))
      for (StackMembers& block : byBlocks(group.members))
        out.push_back({joined(joined(stack.label, group.label), block.label), std::move(block.members)});
  return out;
}

} // namespace spondyl::dicom
