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

// Oldest first in `order`, whose pointers lead to the keys in the map: those stay where they are.
class Table {
 public:
  explicit Table(const KeyedHash& hash) : by_key_(0, KeyHasher{hash}) {}

  const Known* find(const policy::CacheKey& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second;
  }

  // The generation in which the key varies by these fields, with this variant among its own.
  std::uint64_t learn(
      const policy::CacheKey& key, const std::vector<std::string>& fields, std::uint64_t variant
  ) {
    const auto [at, is_new_key] = by_key_.try_emplace(key);
    if (is_new_key) {
      order_.push_back(&at->first);
      bytes_ += key.text.size();
    }
    Known& known = at->second;
    const bool is_new = std::ranges::find(known.variants, variant) == known.variants.end();
    const bool is_full = is_new && known.variants.size() == kMaxVariants;
    if (known.fields != fields || is_full) {
      bytes_ = bytes_ - bytes_of(known.fields) + bytes_of(fields);
      known = {.generation = ++generations_, .fields = fields, .variants = {variant}};
    } else if (is_new) {
      known.variants.push_back(variant);
    }
    const std::uint64_t generation = known.generation;
    while (by_key_.size() > kMaxVaryingKeys || bytes_ > kMaxVaryingBytes) forget(*order_.front());
    return generation;
  }

  void forget(const policy::CacheKey& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    bytes_ -= found->first.text.size() + bytes_of(found->second.fields);
    if (order_.front() == &found->first) {
      order_.pop_front();
    } else {
      std::erase(order_, &found->first);
    }
    by_key_.erase(found);
  }

  std::size_t size() const { return by_key_.size(); }

 private:
  static std::size_t bytes_of(const std::vector<std::string>& fields) {
    std::size_t bytes = 0;
    for (const std::string& field : fields) bytes += field.size();
    return bytes;
  }

  std::unordered_map<policy::CacheKey, Known, KeyHasher> by_key_;
  std::deque<const policy::CacheKey*> order_;
  std::size_t bytes_ = 0;
  std::uint64_t generations_ = 0;
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
    const Known* known = table.find(key);
    if (!known) return key;
    return policy::variant_key(key, known->generation, known->fields, request, spec);
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
  const std::uint64_t generation =
      state_->table.with([&](Table& table) { return table.learn(key, fields, variant); });
  return policy::variant_key(key, generation, fields, request, spec);
}

void Variances::forget(const policy::CacheKey& key) {
  state_->table.with([&](Table& table) { table.forget(key); });
}

std::size_t Variances::keys() const {
  return state_->table.with([](const Table& table) { return table.size(); });
}

}  // namespace festina::cache
