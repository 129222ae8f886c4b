#include "edge/fill_task.h"

#include "base/log.h"
#include "edge/filling_request.h"
#include "edge/response_edit.h"
#include "observe/reasons.h"
#include "policy/freshness.h"
#include "policy/storability.h"
#include "policy/validation.h"

namespace festina::edge {

using policy::FillOutcome;
using policy::Reason;

namespace {

// An answer that says the upstream could not make one (reference §3.6).
bool is_failure(http::Status status) { return status >= 500; }

// Is the key remembered for an answer that is not stored? A failure says nothing of the next answer, nor does a 304
// nobody asked for (reference §1.11), nor want of room, nor what this one client wanted.
std::optional<Reason> remembered(http::Status status, Reason why) {
  const bool is_passing = is_failure(status) || status == 304 || why == Reason::no_room_now ||
                          why == Reason::request_no_store || why == Reason::answer_to_head;
  return is_passing ? std::nullopt : std::optional(why);
}

// Why a body of unknown length is not kept once it has come to so many bytes; nothing while it may be.
std::optional<Reason> outgrown(std::uint64_t size, std::uint64_t plan, std::uint64_t cache) {
  if (size > plan) return Reason::too_large;
  if (size > cache) return Reason::larger_than_cache;
  return std::nullopt;
}

// What was found, unless it has been purged since. After a 304 the stored body would count as young as this fill, which was
// born after that purge: so it must not be validated (storage-and-cluster.md §4.3).
cache::EntryRef still_there(const cache::Cache& cache, cache::EntryRef found) {
  return found && cache.has_purged(*found) ? nullptr : std::move(found);
}

}  // namespace

FillTask::FillTask(
    Services& services, std::shared_ptr<cache::Fill> fill, cache::EntryRef found,
    const Exchange& starter
)
    : services_(services),
      fill_(std::move(fill)),
      found_(still_there(services.cache, std::move(found))),
      x_(filling_exchange(starter, found_)),
      known_asides_(x_.decision.asides.size()),
      request_time_(services.clock.now()) {
  x_.interim = this;
  const bool lost_its_other_part = x_.part && !x_.part->if_range.empty() && !found_;
  if (lost_its_other_part) ask_for_the_whole();
}

FillTask::~FillTask() {
  services_.notices.tell_of_rules(x_.zone->name, x_.decision, x_.visit.now);
  if (body_ && body_->state() == cache::BodyState::growing) {
    body_->fail({ErrorCode::truncated, Side::self, "the fill was given up"});
  }
  if (!is_finished_) finish();
  if (!fill_->is_settled()) {
    settle(
        {.outcome = FillOutcome::failed,
         .entry = {},
         .reason = Reason::failed_upstream,
         .error = Error{ErrorCode::disconnected, Side::self, "the fill was given up"},
         .may_ask_again = true}
    );
  }
}

void FillTask::ask_for_the_whole() {
  x_.part.reset();
  found_ = nullptr;
  x_.request = filling_request(x_, nullptr);
}

// The key of the variant that the response is.
policy::CacheKey FillTask::key_for(const http::Response& response) const {
  if (!x_.key) unreachable("a fill is of a key");
  if (!x_.decision.vary) return *x_.key;
  const policy::CacheKey whole{
      .text = std::string(policy::text_without_variant(x_.key->text)), .zone = x_.key->zone
  };
  const auto fields = policy::variance(response.headers, *x_.decision.vary).fields;
  return services_.cache.learn_variant(whole, fields, x_.request.headers, *x_.decision.vary);
}

cache::EntryHead FillTask::entry_head(http::Response response, policy::ResponseFacts facts) const {
  const auto explicit_ttl = policy::owners_ttl(x_.decision, facts, response.status);
  policy::CacheKey key = key_for(response);
  return {
      .key = std::move(key),
      .url = x_.request.url.text(),
      .response = std::move(response),
      .facts = std::move(facts),
      .request_time = request_time_,
      .response_time = services_.clock.now(),
      .explicit_ttl = explicit_ttl,
      .born = fill_->born(),
      .length = std::nullopt,
  };
}

void FillTask::settle(cache::Settled settled, std::optional<http::Reply> unstored) {
  settled.upstream_took = services_.clock.now() - request_time_;
  settled.heard = heard();
  fill_->settle(std::move(settled), std::move(unstored));
}

std::vector<policy::Step> FillTask::heard() const {
  const std::vector<policy::Step>& all = x_.decision.asides;
  return {all.begin() + static_cast<std::ptrdiff_t>(known_asides_), all.end()};
}

void FillTask::finish(std::optional<Reason> uncacheable) {
  services_.cache.finish(*fill_, uncacheable);
  is_finished_ = true;
}

// A 304: the stored body goes on under a freshened head (RFC 9111 §4.3.4). When the merged head forbids storing, the
// body is served this once (reference §1.11).
void FillTask::freshened(const http::Response& not_modified) {
  http::Response merged{
      .status = found_->status(),
      .headers = policy::freshened(found_->headers(), not_modified.headers)
  };
  edit_response(x_, merged);
  policy::ResponseFacts facts = policy::facts_of(merged, services_.clock.wall(), x_.decision);
  const policy::Storability verdict = policy::may_keep(x_.request, merged, facts, x_.decision);
  policy::remove_unstored_fields(merged.headers, facts, x_.decision.profile);

  const auto ttl = policy::explicit_ttl_after_304(x_.decision, merged.status);
  cache::EntryHead head = entry_head(std::move(merged), std::move(facts));
  if (ttl) head.explicit_ttl = ttl;
  const cache::EntryRef entry = found_->with_head(std::move(head));
  if (verdict.may_store) services_.cache.commit(entry);
  finish(verdict.may_store ? std::nullopt : std::optional(verdict.reason));
  settle({.outcome = FillOutcome::freshened, .entry = entry, .reason = verdict.reason, .error = {}}
  );
}

void FillTask::failed(Error error) {
  log::warn(
      "fill.failed",
      {{"url", x_.request.url.text()}, {"code", name(error.code)}, {"detail", error.detail}}
  );
  finish();
  settle(
      {.outcome = FillOutcome::failed,
       .entry = {},
       .reason = Reason::failed_upstream,
       .error = std::move(error),
       .may_ask_again = true}
  );
}

void FillTask::passed(Reason reason, http::Reply reply) {
  const http::Status status = reply.response.status;
  finish(remembered(status, reason));
  settle(
      {.outcome = FillOutcome::not_stored,
       .entry = {},
       .reason = reason,
       .error = {},
       .may_ask_again = is_failure(status) || reason == Reason::answer_to_head},
      std::move(reply)
  );
}

cache::EntryRef FillTask::begun(
    http::Reply& reply, policy::ResponseFacts facts, cache::FillMemory::Part memory
) {
  length_ = reply.body.size();
  body_ = std::make_shared<cache::StoredBody>(std::move(memory));
  cache::EntryHead head = entry_head(std::move(reply.response), std::move(facts));
  head.length = length_;
  entry_ = cache::Entry::make(std::move(head), body_);
  return entry_;
}

void FillTask::settle_stored() {
  settle({.outcome = FillOutcome::stored, .entry = entry_, .reason = Reason::storable, .error = {}}
  );
}

void FillTask::grow(std::uint64_t size) {
  if (body_->is_window()) return;
  std::optional<Reason> why = outgrown(size, x_.decision.max_size, services_.cache.max_charge());
  if (!why && size <= body_->memory().bytes()) return;
  if (!why && !body_->memory().try_hold(size + kFillStep)) why = Reason::no_room_now;
  if (!why) return services_.cache.make_room();
  log::info(
      "fill.outgrown",
      {{"url", x_.request.url.text()}, {"bytes", size}, {"reason", observe::name(*why)}}
  );
  body_->become_window();
  finish(remembered(entry_->status(), *why));
}

bool FillTask::is_wanted() const {
  if (!fill_->is_deserted() || body_->readers() > 0) return true;  // a seat becomes a reader first
  const std::uint64_t missing =
      length_ ? *length_ - body_->size() : body_->size() - body_->furthest();
  return !body_->is_window() && missing <= kMaxUnreadFill;
}

// What was not admitted counts among the fills as long as somebody reads it.
void FillTask::kept() {
  body_->complete();
  if (body_->is_window()) return;
  const std::uint64_t held = body_->memory().bytes();
  body_->memory().hold(0);
  if (!services_.cache.commit(entry_)) body_->memory().hold(held);
  finish();
}

void FillTask::broken_off(Error error) {
  log::warn(
      "fill.truncated",
      {{"url", x_.request.url.text()}, {"got", body_->size()}, {"detail", error.detail}}
  );
  body_->fail(std::move(error));
  if (!is_finished_) finish();
}

}  // namespace festina::edge
