// A configuration from anybody: what is read as JSON with comments reads the same once it is plain JSON.
#include "zone/jsonc.h"

#include <cstdint>
#include <string_view>

#include "base/errors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace festina;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  zone::Problems problems;
  const auto root = zone::parse_jsonc(text, "a.jsonc", problems);
  check(root.has_value() == problems.empty(), "either a document or a problem");
  if (!root) return 0;
  const json::Value value = zone::to_json(*root);
  const auto again = zone::parse_jsonc(json::to_text(value), "a.json", problems);
  check(again && zone::to_json(*again) == value, "plain JSON means the same");
  return 0;
}
