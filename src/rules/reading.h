// Reading: one place in a JSON text, read strictly. What is wrong is collected, each fault with its JSON Pointer, so that
// one answer names them all; a member that nobody asked for is a fault as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "rules/fault.h"

namespace festina::rules {

// What one reader found wrong, all of it of one kind of object.
struct Findings {
  FaultCode code = FaultCode::ruleset;
  Faults faults = {};
};

class Reading {
 public:
  // Requires: value and findings outlive it and what is read from it.
  Reading(const json::Value&, Findings&, std::string pointer = "");

  const json::Value& value() const { return *value_; }
  const std::string& pointer() const { return pointer_; }
  bool is_object() const { return value_->is_object(); }
  // Is there a member of that name? It counts as asked for. `null` is as good as none.
  bool has(std::string_view name);

  // Each reads one member. Absent: nothing. Of another type or out of bounds: nothing, and a fault.
  std::optional<bool> boolean(std::string_view name);
  struct Bounds {
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
  };
  std::optional<std::int64_t> integer(std::string_view name, const Bounds&);
  std::optional<std::string> text(std::string_view name);
  // The place of the word among those that may stand here.
  std::optional<std::size_t> word(std::string_view name, std::span<const std::string_view> words);
  std::optional<Reading> object(std::string_view name);
  // Any value, for a reader of its own.
  std::optional<Reading> member(std::string_view name);
  struct ListLimits {
    std::size_t least = 0;
    std::size_t most = std::numeric_limits<std::size_t>::max();
  };
  std::vector<Reading> items(std::string_view name, const ListLimits&);
  std::vector<std::string> texts(std::string_view name, const ListLimits&);
  // The members of this object, whatever their names; all count as asked for.
  std::vector<std::pair<std::string, Reading>> members();
  // The items of this array, and of strings; a fault when it is none.
  std::vector<Reading> own_items(const ListLimits&);
  std::vector<std::string> own_texts(const ListLimits&);

  void fault(std::string message);
  void fault(std::string_view name, std::string message);
  void fault(FaultCode, std::string message);
  // Call it when all that may stand in this object has been read.
  void refuse_the_rest();

 private:
  std::string place_of(std::string_view name) const;
  const json::Value* take(std::string_view name);

  const json::Value* value_;
  Findings* findings_;
  std::string pointer_;
  std::set<std::string, std::less<>> asked_;
};

json::Value to_json(std::string_view text);
json::Value to_json(const std::vector<std::string>& texts);

}  // namespace festina::rules
