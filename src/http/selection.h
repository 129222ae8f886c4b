// Selection: what of a representation a GET or HEAD is answered with: all of it, parts, or that the client's copy holds.
//
// One judgement for whoever has a whole representation: the cache for clients and for scripts, an origin of files. The
// order is RFC 9110 §13.2.2: If-Match or If-Unmodified-Since where they count, then If-None-Match or If-Modified-Since,
// then Range under If-Range.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "http/conditional.h"
#include "http/handler.h"
#include "http/range.h"

namespace festina::http {

// A whole response, as far as selecting needs it.
struct Representation {
  Status status = 200;
  Validators validators;
  std::optional<std::uint64_t> length;  // unset: not known before its end; then no range is served
  bool is_coded = false;                // has a Content-Encoding
  // If-Match and If-Unmodified-Since count: with origins, and with a cache that stands for them. Caches may ignore them
  // (RFC 9110 §13.1.1, reference §1.10).
  bool heeds_if_match = false;
};

enum class Selected : std::uint8_t { whole, refused, not_modified, part, parts, unsatisfiable };

struct Selection {
  Selected what = Selected::whole;
  std::vector<ByteRange> ranges = {};  // part: one; parts: several, ascending
  std::uint64_t length = 0;            // of the whole, where ranges are spoken of
};
// Could it be anything but the whole? Whoever answers most requests whole asks this first.
bool asks_for_less(const Headers& asked);
Selection select(const Headers& asked, const Representation&, TimePoint now);

// May a 304 carry the field? What guides caches may, what describes a body may not (RFC 9110 §15.4.5).
bool is_in_not_modified(Name);

// Turns the reply with the whole representation into the selected one: status, fields, body. `bodies`: one for each
// selected range.
void narrow(Reply&, const Selection&, std::vector<Body> bodies);
// The same; `open(ByteRange)` gives a body.
template <class Open>
void narrow_with(Reply& reply, const Selection& selection, Open open) {
  std::vector<Body> bodies;
  bodies.reserve(selection.ranges.size());
  for (const ByteRange range : selection.ranges) bodies.push_back(open(range));
  narrow(reply, selection, std::move(bodies));
}

}  // namespace festina::http
