// KeySpec: what of a request enters its cache key, as owner or script want it (reference §6.2, §11.1-11.3).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/device.h"

namespace festina::policy {

enum class QueryInKey : std::uint8_t { whole, dropped, sorted };

// Which parameters of the query count. Names compare as they are in a normalised URL.
enum class ParametersInKey : std::uint8_t { all, listed, unlisted };

// A rule's own key. Names of fields and cookies are such tokens as may stand in a message, those of fields in lower case.
struct CustomKey {
  ParametersInKey parameters = ParametersInKey::all;
  std::vector<std::string> parameter_names = {};
  std::vector<std::string> fields = {};  // with their values
  std::vector<std::string> fields_present = {};
  // With its value when that contains one of the texts.
  struct FieldContaining {
    std::string field;
    std::vector<std::string> texts;
    bool operator==(const FieldContaining&) const = default;
  };
  std::vector<FieldContaining> fields_containing = {};
  bool excludes_origin = false;
  std::vector<std::string> cookies = {};
  std::vector<std::string> cookies_present = {};
  bool with_resolved_host = false;  // where the origin is, in place of the host that was asked for
  bool operator==(const CustomKey&) const = default;
};

struct KeySpec {
  QueryInKey query = QueryInKey::whole;
  // The request's Origin, as the service has it; by the RFC Vary says whether it matters.
  bool with_origin = true;
  std::string instead = {};  // cf.cacheKey: the whole key; empty: the URL and what belongs to it
  std::shared_ptr<const CustomKey> custom = {};  // null: none; beside the above
  // Of who asks, where that sets apart.
  std::optional<Device> device = {};
  std::optional<std::string> country = {};
  std::optional<std::string> language = {};
};

}  // namespace festina::policy
