#include "workers/group.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace festina::workers {
namespace {

using std::chrono::milliseconds;

bool is_bound(const Deployment& from, const Deployment& to) {
  return std::ranges::any_of(from.script.services, [&](const zone::ServiceBinding& binding) {
    return binding.service == to.script.name;
  });
}

bool are_joined(const Deployment& one, const Deployment& other) {
  return is_bound(one, other) || is_bound(other, one);
}

bool belongs(const Deployment& deployment, const std::vector<Deployment>& members) {
  return std::ranges::any_of(members, [&](const Deployment& member) {
    return are_joined(deployment, member);
  });
}

// Takes a script out of the rest, and all that it is joined with.
std::vector<Deployment> take_members(std::vector<Deployment>& rest) {
  std::vector<Deployment> members;
  auto next = rest.begin();
  while (next != rest.end()) {
    members.push_back(std::move(*next));
    rest.erase(next);
    next = std::ranges::find_if(rest, [&](const Deployment& other) {
      return belongs(other, members);
    });
  }
  return members;
}

std::string version_of(const std::vector<Deployment>& members) {
  Fingerprint all;
  for (const auto& [script, bundle] : members) {
    all.add(script.name);
    all.add(bundle.version);
    all.add(std::to_string(script.cpu_ms.value_or(0)));
    all.add(std::to_string(script.subrequests.value_or(0)));
    for (const zone::ServiceBinding& binding : script.services) {
      for (const auto& part : {binding.name, binding.service, binding.entrypoint, binding.props})
        all.add(part);
    }
  }
  return all.text();
}

}  // namespace

std::string Group::name() const {
  std::string name;
  for (const Deployment& member : members)
    name.append(name.empty() ? "" : "+").append(member.script.name);
  return name;
}

milliseconds Group::cpu_limit() const {
  milliseconds most{0};
  for (const Deployment& member : members) {
    const auto asked = member.script.cpu_ms;
    most = std::max(most, asked ? milliseconds(*asked) : kCpuLimit);
  }
  return most;
}

std::uint32_t Group::call_limit(std::uint32_t of_plan) const {
  std::uint32_t most = 0;
  for (const Deployment& member : members)
    most = std::max(most, zone::max_calls(member.script, of_plan));
  return most;
}

bool are_alike(const Recipe& one, const Recipe& other) {
  return one.group.version == other.group.version && one.limits == other.limits &&
         one.runtime.path == other.runtime.path && one.runtime.version == other.runtime.version;
}

std::vector<Group> groups_of(std::vector<Deployment> deployments) {
  std::ranges::sort(deployments, {}, [](const Deployment& each) { return each.script.name; });
  std::vector<Group> groups;
  while (!deployments.empty()) {
    std::vector<Deployment> members = take_members(deployments);
    std::ranges::sort(members, {}, [](const Deployment& each) { return each.script.name; });
    std::string version = version_of(members);
    groups.push_back({.members = std::move(members), .version = std::move(version)});
  }
  return groups;
}

}  // namespace festina::workers
