// Variance: by which request fields the responses of a key vary, as the last of them said (reference §11.4).
//
// A variant is stored under its key, a generation and the values of those fields (policy::variant_key). When responses
// name other fields than before, when the key is deleted, and when it has had as many variants as it may have, a new
// generation begins: what was stored under the old one is not found any more, and leaves as it ages. So to forget a key
// costs a fetch, nothing else. Threads: any.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/hash.h"
#include "policy/cache_key.h"

namespace festina::cache {

// Keys, and bytes of their texts and fields; then the oldest is forgotten.
inline constexpr std::size_t kMaxVaryingKeys = 8'192;
inline constexpr std::size_t kMaxVaryingBytes = std::size_t{8} * 1024 * 1024;
inline constexpr std::size_t kMaxVariants = 128;  // of one key (storage-and-cluster.md §3)

class Variances {
 public:
  explicit Variances(const KeyedHash&);
  ~Variances();

  // Where the variant for this request is stored, if it is: `key` itself while nothing is known.
  policy::CacheKey
  key_for(const policy::CacheKey& key, const http::Headers& request, const policy::VarySpec&) const;
  // Where to store a response to this request that varies by these fields: `key` itself when there are none.
  policy::CacheKey
  learn(const policy::CacheKey& key, const std::vector<std::string>& fields, const http::Headers& request, const policy::VarySpec&);
  // Nothing of the key is found from now on.
  void forget(const policy::CacheKey&);
  std::size_t keys() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::cache
