// A change log for tests: what follow() was given is called by hand.
#pragma once

#include <functional>
#include <string>

#include "store/change_log.h"

namespace festina::cluster {

class HandLog final : public store::ChangeLog {
 public:
  Awaitable<Result<std::uint64_t>> append(store::Change) override { co_return std::uint64_t{0}; }
  Result<> follow(std::uint64_t from, std::function<void(const store::Change&)> apply) override {
    followed_from = from;
    deliver = std::move(apply);
    return {};
  }
  std::uint64_t head() const override { return 7; }
  std::uint64_t first() const override { return 1; }
  std::string incarnation() const override { return "x"; }

  std::uint64_t followed_from = 0;
  std::function<void(const store::Change&)> deliver;
};

}  // namespace festina::cluster
