#include "base/log.h"

#include <fmt/format.h>
#include <iterator>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/guarded.h"

namespace festina::log {
namespace {

spdlog::level::level_enum as_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
  }
  return "error";
}

// Never destroyed: whatever ends late may still log.
spdlog::logger& logger() {
  static spdlog::logger& instance = [&]() -> spdlog::logger& {
    auto* made = new spdlog::logger("festina", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc);
    return *made;
  }();
  return instance;
}

Guarded<LineLimit>& line_limit() {
  static auto& instance = *new Guarded<LineLimit>();
  return instance;
}

using Out = fmt::memory_buffer;

bool stands_unquoted(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == '\x7f')
      return false;
  }
  return !text.empty();
}

void append_escaped(Out& out, char c) {
  const auto to = std::back_inserter(out);
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '"':
      fmt::format_to(to, "\\\"");
      return;
    case '\\':
      fmt::format_to(to, "\\\\");
      return;
    case '\n':
      fmt::format_to(to, "\\n");
      return;
    case '\r':
      fmt::format_to(to, "\\r");
      return;
    case '\t':
      fmt::format_to(to, "\\t");
      return;
    default:
      break;
  }
  if (byte < ' ' || byte == 0x7f) {
    fmt::format_to(to, "\\x{:02x}", byte);
  } else {
    out.push_back(c);
  }
}

struct AppendValue {
  Out& out;

  void operator()(std::string_view text) const {
    if (stands_unquoted(text)) return out.append(text);
    out.push_back('"');
    for (const char c : text) append_escaped(out, c);
    out.push_back('"');
  }
  template <class T>
  void operator()(T value) const {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
};

void write_line(Level level, std::string_view event, Fields fields) {
  Out line;
  fmt::format_to(std::back_inserter(line), "{} {}", name(level), event);
  for (const Field& field : fields) {
    fmt::format_to(std::back_inserter(line), " {}=", field.key);
    std::visit(AppendValue{line}, field.value);
  }
  logger().log(as_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

void write(Level level, std::string_view event, Fields fields) {
  if (!logger().should_log(as_spdlog(level))) return;
  const auto now = LineLimit::Instant::clock::now();
  const auto verdict = line_limit().with([&](LineLimit& limit) { return limit.judge(event, now); });
  for (const auto& dropped : verdict.dropped) {
    write_line(Level::warn, "log.dropped", {{"event", dropped.event}, {"lines", dropped.lines}});
  }
  if (verdict.admitted) write_line(level, event, fields);
}

}  // namespace

LineLimit::Verdict LineLimit::judge(std::string_view event, Instant now) {
  Verdict verdict;
  for (auto window = windows_.begin(); window != windows_.end();) {
    auto& [name, counts] = *window;
    if (now - counts.start < kWindow) {
      ++window;
      continue;
    }
    if (counts.dropped > 0) verdict.dropped.push_back({name, counts.dropped});
    window = windows_.erase(window);
  }
  auto window = windows_.find(event);
  if (window == windows_.end()) {
    window = windows_.emplace(std::string(event), Window{now, 0, 0}).first;
  }
  auto& counts = window->second;
  verdict.admitted = counts.admitted < kMaxLines;
  ++(verdict.admitted ? counts.admitted : counts.dropped);
  return verdict;
}

void set_level(Level level) { logger().set_level(as_spdlog(level)); }

bool set_level(std::string_view level) {
  for (const Level known : {Level::debug, Level::info, Level::warn, Level::error}) {
    if (name(known) != level) continue;
    set_level(known);
    return true;
  }
  return false;
}

void debug(std::string_view event, Fields fields) { write(Level::debug, event, fields); }
void info(std::string_view event, Fields fields) { write(Level::info, event, fields); }
void warn(std::string_view event, Fields fields) { write(Level::warn, event, fields); }
void error(std::string_view event, Fields fields) { write(Level::error, event, fields); }

}  // namespace festina::log
