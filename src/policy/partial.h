// Partial: keeping and joining parts of a representation (RFC 9111 §3.3, §3.4). Profile `standard` only: in profile
// `cloudflare` whole responses are fetched and stored (reference §1.8).
//
// One part is held of a key, in one piece. What a request wants beyond it is asked for under If-Range, so that only a
// part of the very same representation is joined to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/message.h"
#include "http/range.h"

namespace festina::policy {

// Which bytes of a representation, and how long the whole is.
struct Part {
  http::ByteRange range;
  std::uint64_t length = 0;

  bool is_whole() const { return range.size() == length; }
  bool operator==(const Part&) const = default;
};
// What a 206 holds; nothing for several parts at once, and where the length of the whole is not said.
std::optional<Part> part_of(const http::Response&);

// The range that a GET asks for, where it asks for one of a representation this long: nothing when it wants the whole,
// several ranges, or a range of one very response (If-Range), which only the upstream can tell.
std::optional<http::ByteRange> range_wanted(const http::Request&, std::uint64_t length);
// Is the part all that the request wants?
bool holds_wanted(const Part&, const http::Request&);

// What is asked of the upstream in place of the whole.
struct PartToAsk {
  std::string range;  // value of Range
  std::string if_range{
  };  // value of If-Range: what comes is joined to what is held; empty: it stands alone
  bool operator==(const PartToAsk&) const = default;
};
// `held`: the stored response, when it is a part and fresh; else null. Nothing: the whole is asked for.
std::optional<PartToAsk> part_to_ask(const http::Request&, const http::Response* held);

// Both parts in one piece: nothing unless one begins where the other ends, and both are of one length and have the same
// strong entity tag (RFC 9111 §3.4, RFC 9110 §15.3.7.3).
std::optional<Part> joined(const http::Response& held, const http::Response& got);
// The head of both together: the stored fields, the new ones in place of those of the same name.
http::Response joined_head(const http::Response& held, const http::Response& got, const Part& both);

}  // namespace festina::policy
