// Wishes: what a rule may say about caching a request, each thing by itself; what is absent, the rule says nothing of
// (reference §6.2, §8.2). Cache Rules and Page Rules differ in how they are written; what they say is the same.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/decision.h"
#include "policy/vary.h"

namespace festina::rules {

// How long the edge keeps what comes.
struct EdgeTtl {
  enum class Mode : std::uint8_t { respect_origin, bypass_by_default, override_origin };
  Mode mode = Mode::respect_origin;
  std::chrono::seconds ttl{0};                    // override_origin
  std::vector<policy::StatusTtl> by_status = {};  // whatever the mode; codes before ranges
  bool operator==(const EdgeTtl&) const = default;
};

struct BrowserTtl {
  enum class Mode : std::uint8_t { respect_origin, bypass_by_default, override_origin, bypass };
  Mode mode = Mode::respect_origin;
  std::chrono::seconds ttl{0};  // override_origin; 0: as respect_origin
  bool operator==(const BrowserTtl&) const = default;
};

// A rule's own key. It may leave out the whole query, which is no matter of the plan (reference §6.2).
struct KeyWish {
  std::shared_ptr<const policy::CustomKey> custom;  // null: the default one
  bool without_query = false;
  // Each kind of device, each country, each language of the visitors has its own.
  bool by_device = false;
  bool by_country = false;
  bool by_language = false;
};

struct Wishes {
  std::optional<bool> cache;  // eligible, or bypass
  std::optional<EdgeTtl> edge_ttl;
  std::optional<BrowserTtl> browser_ttl;
  // cache_key of a Cache Rule. The members are one setting among Cache Rules (reference §6.3), and four for a Page Rule.
  std::optional<KeyWish> key;
  std::optional<bool> by_device_type;
  std::optional<bool> deception_armor;
  std::optional<bool> sorted_query;
  std::optional<std::vector<std::uint16_t>> ports;
  std::optional<bool> origin_cache_control;
  std::optional<bool> passes_error_pages;
  std::optional<std::chrono::seconds> read_timeout;
  std::optional<bool> respects_strong_etags;
  std::optional<bool> may_be_updating;
  std::optional<policy::VarySpec> vary;
  std::vector<std::string> idle = {};  // settings that are accepted and do nothing here
};

// The codes in front of the ranges, each in the order they are listed: a code beats a range (reference §6.2).
void add_by_status(std::vector<policy::StatusTtl>&, const policy::StatusTtl&);

}  // namespace festina::rules
