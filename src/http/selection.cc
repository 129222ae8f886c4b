#include "http/selection.h"

#include <algorithm>
#include <utility>

#include "http/byteranges.h"

namespace festina::http {
namespace {

RequestedRanges ranges_of(const Headers& asked, const Representation& whole, TimePoint now) {
  const auto range = asked.get(Name::range);
  if (!range || !whole.length) return {};
  const bool counts = asked.count(Name::range) == 1  // two contradict each other
                      && if_range_holds(asked, whole.validators, now) &&
                      !(whole.is_coded && *whole.length == 0);  // reference §1.8
  if (!counts) return {};
  return requested_ranges(*range, *whole.length);
}

void narrow_to_part(Reply& reply, const Selection& selection, Body body) {
  const ContentRange content{.range = selection.ranges.front(), .length = selection.length};
  reply.response.headers.set(Name::content_range, content_range_text(content));
  reply.body = std::move(body);
}

void narrow_to_parts(Reply& reply, const Selection& selection, std::vector<Body> bodies) {
  std::vector<BytesOfRange> parts;
  parts.reserve(bodies.size());
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    parts.push_back({.range = selection.ranges[i], .body = std::move(bodies[i])});
  }
  Headers& headers = reply.response.headers;
  const std::string boundary = random_boundary();
  const std::string type(headers.get(Name::content_type).value_or(""));
  reply.body = byteranges_body(boundary, type, selection.length, std::move(parts));
  headers.set(Name::content_type, byteranges_type(boundary));
}

}  // namespace

bool asks_for_less(const Headers& asked) {
  return std::any_of(asked.begin(), asked.end(), [](const Field& field) {
    switch (field.name) {
      case Name::if_match:
      case Name::if_modified_since:
      case Name::if_none_match:
      case Name::if_unmodified_since:
      case Name::range:
        return true;
      default:
        return false;
    }
  });
}

Selection select(const Headers& asked, const Representation& whole, TimePoint now) {
  if (whole.status != 200) return {};  // reference §1.10, RFC 9110 §14.2
  if (whole.heeds_if_match && precondition_fails(asked, whole.validators, now)) {
    return {.what = Selected::refused};
  }
  if (is_not_modified(asked, whole.validators, now)) return {.what = Selected::not_modified};
  RequestedRanges requested = ranges_of(asked, whole, now);
  if (requested.verdict == RangeVerdict::ignored) return {};
  if (requested.verdict == RangeVerdict::unsatisfiable) {
    return {.what = Selected::unsatisfiable, .length = *whole.length};
  }
  const bool is_one = requested.ranges.size() == 1;
  // A Content-Encoding beside multipart/byteranges would say that the parts and their heads together are coded.
  if (!is_one && whole.is_coded) return {};
  return {
      .what = is_one ? Selected::part : Selected::parts,
      .ranges = std::move(requested.ranges),
      .length = *whole.length
  };
}

bool is_in_not_modified(Name name) {
  switch (name) {
    case Name::cache_control:
    case Name::content_location:
    case Name::date:
    case Name::etag:
    case Name::expires:
    case Name::last_modified:
    case Name::vary:
      return true;
    default:
      return false;
  }
}

void narrow(Reply& reply, const Selection& selection, std::vector<Body> bodies) {
  if (selection.what == Selected::whole) return;
  check(bodies.size() == selection.ranges.size(), "every selected range has its bytes");
  Headers& headers = reply.response.headers;
  headers.remove(Name::content_length);  // the new body's frame says it
  reply.body = {};
  switch (selection.what) {
    case Selected::refused:
      reply.response.status = 412;
      headers.clear();
      break;
    case Selected::not_modified:
      reply.response.status = 304;
      headers.remove_if([](const Field& field) { return !is_in_not_modified(field.name); });
      break;
    case Selected::unsatisfiable: {
      const ContentRange content{.range = std::nullopt, .length = selection.length};
      reply.response.status = 416;
      headers.clear();  // what was said of the representation holds for no answer without it
      headers.add(Name::content_range, content_range_text(content));
      break;
    }
    case Selected::part:
      reply.response.status = 206;
      narrow_to_part(reply, selection, std::move(bodies.front()));
      break;
    case Selected::parts:
      reply.response.status = 206;
      narrow_to_parts(reply, selection, std::move(bodies));
      break;
    case Selected::whole:
      break;
  }
}

}  // namespace festina::http
