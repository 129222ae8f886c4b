#include "policy/coding.h"

#include <algorithm>

namespace festina::policy {
namespace {

using http::Coding;

// What the origin coded: as it is for who takes that, else without.
CodingChoice choice_of_coded(const http::Request& request, const CodingSubject& what) {
  if (!what.coding) return {.reason = Reason::coding_unknown};
  if (http::accepts(request.headers, *what.coding))
    return {.reason = Reason::coding_taken, .varies = true};
  return {
      .treatment = Treatment::decoded,
      .coding = *what.coding,
      .reason = Reason::coding_not_taken,
      .varies = true
  };
}

bool is_large_enough(Coding coding, const CodingSubject& what, Profile profile) {
  if (!what.length) return true;
  if (profile == Profile::standard) return *what.length >= kMinStandard;
  return *what.length >= (coding == Coding::gzip ? kMinGzip : kMinOtherCoding);
}

// The best of the codings, by the asker's weights and then by the plan's order.
CodingChoice choice_of_plain(
    const http::Request& request, const CodingSubject& what, const CacheDecision& decision
) {
  std::array<Coding, 3> offered{};
  const auto is_offered = [&](Coding coding) {
    return is_large_enough(coding, what, decision.profile);
  };
  const auto end = std::ranges::copy_if(decision.codings, offered.begin(), is_offered).out;
  if (end == offered.begin()) return {.reason = Reason::too_small_to_code};
  const Coding best = http::preferred_coding(request.headers, {offered.begin(), end});
  if (best == Coding::identity) return {.reason = Reason::no_coding_taken, .varies = true};
  const bool is_at_hand =
      what.at_hand != Coding::identity && http::accepts(request.headers, what.at_hand);
  return {
      .treatment = Treatment::coded,
      .coding = is_at_hand ? what.at_hand : best,
      .reason = is_at_hand ? Reason::coding_kept : Reason::coded_by_edge,
      .varies = true
  };
}

}  // namespace

CodingChoice choose_coding(
    const http::Request& request, const CodingSubject& what, const CacheDecision& decision,
    AskedFor asker
) {
  const bool asks_for_no_change = decision.asked && decision.asked->no_transform;
  if (what.forbids_transforming || asks_for_no_change) return {.reason = Reason::no_transform};
  switch (what.transformable) {
    case Transformable::not_at_all:
      return {};
    case Transformable::by_decoding:
      return choice_of_coded(request, what);
    case Transformable::by_coding:
      break;
  }
  if (asker == AskedFor::worker) return {.reason = Reason::coded_behind_worker};
  if (decision.respects_strong_etags && what.has_strong_etag)
    return {.reason = Reason::strong_etag_kept};
  return choice_of_plain(request, what, decision);
}

}  // namespace festina::policy
