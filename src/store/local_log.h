// LocalLog: the change log of a single node, in SQLite (`control.db` of the state directory).
//
// One thread writes: what waits, at most kMaxGroupedAppends, becomes one transaction. No statement runs on an event loop.
// The file also keeps the log's incarnation.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "store/change_log.h"

namespace festina::store {

inline constexpr std::size_t kMaxGroupedAppends = 100;

class LocalLog final : public ChangeLog {
 public:
  // Opens or creates the database. `clock` outlives the log.
  // Errors, naming the file: io (self); unsupported (self) for a newer schema.
  static Result<std::unique_ptr<LocalLog>> open(const std::string& path, const Clock& clock);
  // Writes what was appended before.
  ~LocalLog() override;

  [[nodiscard]] Awaitable<Result<std::uint64_t>> append(Change) override;
  [[nodiscard]] Result<> follow(std::uint64_t from, std::function<void(const Change&)> apply)
      override;
  std::uint64_t head() const override;
  std::uint64_t first() const override;
  std::string incarnation() const override;

 private:
  struct State;
  explicit LocalLog(std::unique_ptr<State>);
  std::unique_ptr<State> state_;
};

}  // namespace festina::store
