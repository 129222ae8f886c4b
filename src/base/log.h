// Log: one line per event, an event name and typed fields, to standard error.
//
//   log::warn("fill.truncated", {{"zone", zone}, {"got", got}, {"expected", length}});
//
// is `2000-01-31T12:00:00.000Z warn fill.truncated zone=shop got=1 expected=2`. Text with spaces or
// control characters is quoted and escaped, so that a stack trace stays one field of one line.
// Event names are listed in docs/reference/events.md. The only door to spdlog and fmt.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace festina::log {

enum class Level { debug, info, warn, error };

struct Field {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const std::string& text) : Field(name, std::string_view(text)) {}
  Field(std::string_view name, const char* text) : Field(name, std::string_view(text)) {}
  Field(std::string_view name, bool flag) : key(name), value(flag) {}
  Field(std::string_view name, double number) : key(name), value(number) {}
  template <std::signed_integral T>
  Field(std::string_view name, T number) : key(name), value(std::int64_t{number}) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  Field(std::string_view name, T number) : key(name), value(std::uint64_t{number}) {}

  std::string_view key;
  Value value;
};
using Fields = std::initializer_list<Field>;

// How often one event is written: at most kMaxLines lines in a kWindow that its first line opens.
// What is dropped is counted, and told (log.dropped) with the first line of any event after that
// window.
class LineLimit {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  static constexpr std::uint64_t kMaxLines = 20;
  static constexpr std::chrono::seconds kWindow{1};

  struct Dropped {
    std::string event;
    std::uint64_t lines;
  };
  struct Verdict {
    bool admitted;
    std::vector<Dropped> dropped;  // in windows that have ended, each told once
  };
  // Counts a line of the event.
  Verdict judge(std::string_view event, Instant now);

 private:
  struct Window {
    Instant start;
    std::uint64_t admitted;
    std::uint64_t dropped;
  };
  std::map<std::string, Window, std::less<>> windows_;
};

// Events below this level are dropped. Default: info.
void set_level(Level);
// "debug", "info", "warn", "error"; false for any other text.
bool set_level(std::string_view);

void debug(std::string_view event, Fields = {});
void info(std::string_view event, Fields = {});
void warn(std::string_view event, Fields = {});
void error(std::string_view event, Fields = {});

}  // namespace festina::log
