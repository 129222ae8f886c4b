// Entries as tests need them.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "cache/entry.h"

namespace festina::cache {

// A draft of these bytes under this key.
inline EntryRef draft_of(
    policy::CacheKey key, std::string body = {}, http::Response response = {}, Birth born = {},
    policy::CacheApiPurge purged_by = policy::CacheApiPurge::all
) {
  const auto stored = std::make_shared<StoredBody>();
  stored->append(Bytes::from(std::move(body)));
  stored->complete();
  EntryHead head;
  head.url = key.text;
  head.key = std::move(key);
  head.response = std::move(response);
  head.born = born;
  head.purged_by = purged_by;
  return Entry::make(std::move(head), stored);
}

// All bytes of a body that is complete.
inline std::string text_of(Body body) {
  std::string text;
  asio::io_context io;
  const auto take = [&text](const std::exception_ptr&, Result<std::string> read) {
    text = std::move(read).value();
  };
  asio::co_spawn(io, collect(std::move(body), 1 << 24, Side::self), take);
  io.run();
  return text;
}

// The zones that entries settle in, and what they hash their tags with.
class Ground {
 public:
  EntryRef settle(const EntryRef& draft) {
    return draft->settled(draft->zone_id() == z_.id() ? z_ : other_, hash_);
  }
  EntryRef settled(policy::CacheKey key, std::string body = {}) {
    return settle(draft_of(std::move(key), std::move(body)));
  }

 private:
  KeyedHash hash_{42};
  ZonePurges z_{"z"};
  ZonePurges other_{"y"};
};

}  // namespace festina::cache
