#include "server/explain_text.h"

#include <algorithm>

#include "base/text.h"

namespace festina::server {
namespace {

constexpr std::size_t kIndent = 4;  // of what a request has made

std::string text(const json::Value& value, std::string_view name) {
  return std::string(json::string_member(value, name).value_or(""));
}

const json::Array& array(const json::Value& value, std::string_view name) {
  static const json::Array kNone;
  const json::Value* member = json::find(value, name);
  return member != nullptr && member->is_array() ? member->get_array() : kNone;
}

// At least two spaces, so that a long text does not touch its neighbour.
std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) +
         std::string(std::max<std::size_t>(width, text.size() + 2) - text.size(), ' ');
}

std::string step_text(const json::Value& step) {
  const auto column = [&step](std::string_view name, std::size_t width) {
    const std::string value = text(step, name);
    return value.empty() ? std::string(width, ' ') : padded(value, width);
  };
  return column("stage", 10) + column("field", 20) + column("value", 20) + column("set_by", 14) +
         text(step, "sentence") + "\n";
}

std::string where_text(const json::Value& told) {
  return "(zone " + text(told, "zone") + ", colo " + text(told, "colo");
}

void add_exception(std::string& out, const json::Value& exception, const std::string& margin) {
  out += margin + padded("exception", 10) + text(exception, "name") + ": " +
         text(exception, "message") + "\n";
  const std::string stack = text(exception, "stack");
  for (const std::string_view line : split(stack, '\n')) {
    if (trimmed(line).starts_with("at "))
      out.append(margin).append(12, ' ').append(trimmed(line)) += "\n";
  }
}

void add_trace(std::string& out, const json::Value& told, std::size_t depth) {
  const std::string margin(depth * kIndent, ' ');
  const json::Value* status = json::find(told, "status");
  const std::string cache_status = text(told, "cache_status");
  out += margin + text(told, "kind") + " " + text(told, "method") + " " + text(told, "url") +
         " -> " + (status != nullptr ? json::to_text(*status) : "") +
         (cache_status.empty() ? "" : " " + cache_status) + "  " + where_text(told) + ", ray " +
         text(told, "ray") + ")\n";
  for (const json::Value& step : array(told, "steps")) out += margin + "  " + step_text(step);
  for (const json::Value& exception : array(told, "exceptions"))
    add_exception(out, exception, margin + "  ");
  for (const json::Value& made : array(told, "made")) add_trace(out, made, depth + 1);
}

}  // namespace

std::string explain_text(const json::Value& explanation) {
  std::string out = text(explanation, "method") + " " + text(explanation, "url") + "  " +
                    where_text(explanation) + ")\n";
  for (const json::Value& step : array(explanation, "steps")) out += step_text(step);
  return out;
}

std::string trace_text(const json::Value& trace) {
  std::string out;
  add_trace(out, trace, 0);
  return out;
}

}  // namespace festina::server
