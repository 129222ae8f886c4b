#include "cache/variance.h"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "base/guarded.h"

namespace festina::cache {
namespace {

struct Known {
  std::uint64_t generation = 0;
  std::vector<std::string> fields;
  std::vector<std::uint64_t> variants;  // by the hash of their values, as they came
};

struct KeyHasher {
  KeyedHash hash;
  std::size_t operator()(const policy::CacheKey& key) const { return hash.hash64(key.text); }
};

struct Table {
  explicit Table(const KeyedHash& hash) : by_key(0, KeyHasher{hash}) {}

  Known& known(const policy::CacheKey& key) {
    const auto [at, is_new] = by_key.try_emplace(key);
    if (is_new) order.push_back(key);
    return at->second;
  }
  void forget_oldest() {
    if (by_key.size() <= kMaxVaryingKeys) return;
    by_key.erase(order.front());
    order.pop_front();
  }
  void forget(const policy::CacheKey& key) {
    if (by_key.erase(key) > 0) std::erase(order, key);
  }

  std::unordered_map<policy::CacheKey, Known, KeyHasher> by_key;
  std::deque<policy::CacheKey> order;
  std::uint64_t generations = 0;
};

}  // namespace

struct Variances::State {
  explicit State(const KeyedHash& keyed_hash) : hash(keyed_hash), table(Table(keyed_hash)) {}

  KeyedHash hash;
  Guarded<Table> table;
};

Variances::Variances(const KeyedHash& hash) : state_(std::make_unique<State>(hash)) {}
Variances::~Variances() = default;

policy::CacheKey Variances::key_for(
    const policy::CacheKey& key, const http::Headers& request, const policy::VarySpec& spec
) const {
  return state_->table.with([&](const Table& table) {
    const auto found = table.by_key.find(key);
    if (found == table.by_key.end()) return key;
    const Known& known = found->second;
    return policy::variant_key(key, known.generation, known.fields, request, spec);
  });
}

policy::CacheKey Variances::learn(
    const policy::CacheKey& key, const std::vector<std::string>& fields,
    const http::Headers& request, const policy::VarySpec& spec
) {
  if (fields.empty()) {
    forget(key);
    return key;
  }
  // The same for one variant whatever the generation.
  const std::string values = policy::variant_key(key, 0, fields, request, spec).text;
  const std::uint64_t variant = state_->hash.hash64(values);
  return state_->table.with([&](Table& table) {
    Known& known = table.known(key);
    const bool is_new = std::ranges::find(known.variants, variant) == known.variants.end();
    const bool is_full = is_new && known.variants.size() == kMaxVariants;
    if (known.fields != fields || is_full) {
      known = {.generation = ++table.generations, .fields = fields, .variants = {variant}};
    } else if (is_new) {
      known.variants.push_back(variant);
    }
    const std::uint64_t generation = known.generation;
    table.forget_oldest();
    return policy::variant_key(key, generation, fields, request, spec);
  });
}

void Variances::forget(const policy::CacheKey& key) {
  state_->table.with([&](Table& table) { table.forget(key); });
}

std::size_t Variances::keys() const {
  return state_->table.with([](const Table& table) { return table.by_key.size(); });
}

}  // namespace festina::cache
