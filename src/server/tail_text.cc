#include "server/tail_text.h"

#include <algorithm>

#include "base/text.h"

namespace festina::server {
namespace {

constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kPlain = "\x1b[0m";

std::string text(const json::Value& value, std::string_view name) {
  std::string found(json::string_member(value, name).value_or(""));
  const auto is_control = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == '\x7f';
  };
  std::ranges::replace_if(found, is_control, '?');
  return found;
}

std::int64_t number(const json::Value& value, std::string_view name) {
  return json::integer_member(value, name).value_or(0);
}

class Line {
 public:
  explicit Line(Colour colour) : colour_(colour) {}
  Line& add(std::string_view text) {
    out_ += text;
    return *this;
  }
  Line& add(std::string_view text, std::string_view code) {
    if (colour_ == Colour::off || text.empty()) return add(text);
    return add(code).add(text).add(kPlain);
  }
  std::string end() { return std::move(out_) + "\n"; }

 private:
  Colour colour_;
  std::string out_;
};

std::string_view colour_of_status(std::int64_t status) {
  if (status >= 500) return kRed;
  return status >= 400 ? kYellow : kGreen;
}

// "12:34:56.789" of "2026-11-21T12:34:56.789Z"
std::string time_of(const std::string& timestamp) {
  const auto t = timestamp.find('T');
  return t == std::string::npos ? timestamp : timestamp.substr(t + 1, 12);
}

// "", "fetch", "match", "put", "delete"
std::string_view kind_of(const json::Value& event) {
  const std::string source = text(event, "ClientRequestSource");
  if (source == "edgeWorkerFetch") return "fetch";
  if (source != "edgeWorkerCacheAPI") return "";
  const std::string method = text(event, "ClientRequestMethod");
  if (method == "GET") return "match";
  return method == "PUT" ? "put" : "delete";
}

std::string url_of(const json::Value& event) {
  return text(event, "ClientRequestScheme") + "://" + text(event, "ClientRequestHost") +
         text(event, "ClientRequestURI");
}

std::string request_text(const json::Value& event, Colour colour) {
  Line line(colour);
  line.add(time_of(text(event, "EdgeEndTimestamp")), kDim)
      .add(" ")
      .add(text(event, "EdgeColoCode"));
  const std::string_view kind = kind_of(event);
  line.add(kind.empty() ? " " : "   ").add(kind).add(kind.empty() ? "" : " ");
  if (kind.empty() || kind == "fetch") line.add(text(event, "ClientRequestMethod")).add(" ");
  const std::int64_t status = number(event, "EdgeResponseStatus");
  line.add(url_of(event)).add(" ").add(std::to_string(status), colour_of_status(status));
  const std::string cache = text(event, "CacheCacheStatus");
  if (cache != "unknown") line.add(" ").add(cache, cache == "hit" ? kGreen : kPlain);
  const std::string why = text(event, "CacheReason");
  if (!why.empty()) line.add(" (" + why + ")", kDim);
  line.add(" ").add(std::to_string(number(event, "EdgeTimeToFirstByteMs"))).add(" ms");
  const std::string script = text(event, "WorkerScriptName");
  if (!script.empty()) line.add("  ").add(script);
  if (json::bool_member(event, "WorkerIsSnippet").value_or(false)) line.add(" (Snippet)");
  const std::string worker = text(event, "WorkerStatus");
  if (!worker.empty() && worker != "ok") line.add(" ").add(worker, kRed);
  return line.add("  ").add(text(event, "RayID"), kDim).end();
}

// Further lines of a text stand below its first, set off to the right.
std::string set_off(const std::string& text) {
  std::string out;
  for (const std::string_view part : split(text, '\n')) {
    if (!out.empty()) out += "\n       ";
    out += part;
  }
  return out;
}

std::string worker_text(
    const json::Value& event, std::string_view what, std::string_view code, const std::string& said,
    Colour colour
) {
  return Line(colour)
      .add(time_of(text(event, "timestamp")), kDim)
      .add(" ")
      .add(text(event, "EdgeColoCode"))
      .add("   ")
      .add(what, code)
      .add(" ")
      .add(text(event, "WorkerScriptName"))
      .add(": ")
      .add(set_off(said))
      .add("  ")
      .add(text(event, "RayID"), kDim)
      .end();
}

std::string exception_text(const json::Value& event, Colour colour) {
  std::string said = text(event, "name") + ": " + text(event, "message");
  const std::string stack = text(event, "stack");
  for (const std::string_view line : split(stack, '\n')) {
    if (trimmed(line).starts_with("at ")) said.append("\n").append(trimmed(line));
  }
  return worker_text(event, "exception", kRed, said, colour);
}

std::string console_text(const json::Value& event, Colour colour) {
  const std::string level = text(event, "level");
  std::string_view code = kPlain;
  if (level == "error") code = kRed;
  if (level == "warn") code = kYellow;
  return worker_text(event, level, code, text(event, "message"), colour);
}

}  // namespace

std::string tail_text(const json::Value& event, Colour colour) {
  const std::string kind = text(event, "event");
  if (kind == "exception") return exception_text(event, colour);
  if (kind == "console") return console_text(event, colour);
  if (kind == "lost") {
    const std::string lost = std::to_string(number(event, "lost"));
    return Line(colour)
        .add(lost + " events were lost: they came faster than they were read", kYellow)
        .end();
  }
  return request_text(event, colour);
}

}  // namespace festina::server
