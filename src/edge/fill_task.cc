#include "edge/fill_task.h"

#include "base/log.h"
#include "edge/filling_request.h"
#include "edge/parts.h"
#include "edge/response_edit.h"
#include "edge/upstream.h"
#include "observe/reasons.h"
#include "policy/freshness.h"
#include "policy/validation.h"

namespace festina::edge {
namespace {

using policy::FillOutcome;
using policy::Reason;

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

// One fill while it runs. Calls: (freshened | failed | passed | begun (grew | outgrew)* (kept | broken_off)). When the
// coroutine unwinds before, everybody has left or the node stops.
class FillTask final : public http::InterimSink {
 public:
  FillTask(Services&, std::shared_ptr<cache::Fill>, cache::EntryRef found, const Exchange& starter);
  FillTask(const FillTask&) = delete;
  FillTask& operator=(const FillTask&) = delete;
  ~FillTask() override;

  Services& services() const { return services_; }
  Exchange& x() { return x_; }
  bool validates() const { return found_ && !x_.part; }
  bool is_confirmed_by(const http::Response& to_head) const {
    return found_ && policy::confirms(
                         to_head, found_->status(), found_->headers(), found_->announced_length()
                     );
  }
  // What the part that is asked for is joined to; null when it stands alone.
  const cache::Entry* held() const { return x_.part ? found_.get() : nullptr; }
  void ask_for_the_whole();
  bool may_stand_in(http::Status failure) const { return policy::may_stand_in(x_.reuse, failure); }

  Awaitable<> take_interim(http::Response interim) override {
    fill_->tell(std::move(interim));
    co_return;
  }

  void freshened(const http::Response& not_modified);
  void failed(Error);
  void passed(Reason, http::Reply);
  // The body may be kept, as far as is known; `memory` is held for it.
  cache::EntryRef begun(http::Reply&, policy::ResponseFacts, cache::FillMemory::Part memory);
  // Memory for that many bytes of the body; else from now on it is no more than a window.
  void grow(std::uint64_t size);
  // Does anybody read what comes, or will the next one who asks soon be glad of it?
  bool is_wanted() const;
  cache::StoredBody& body() { return *body_; }
  void settle_stored();
  void kept();
  void broken_off(Error);

 private:
  policy::CacheKey key_for(const http::Response&) const;
  cache::EntryHead entry_head(http::Response, policy::ResponseFacts) const;
  void settle(cache::Settled, std::optional<http::Reply> unstored = std::nullopt);
  void finish(std::optional<Reason> uncacheable = std::nullopt);
  std::vector<policy::Step> heard() const;

  Services& services_;
  std::shared_ptr<cache::Fill> fill_;
  cache::EntryRef found_;
  Exchange x_;
  std::size_t known_asides_;  // those the starter has too
  TimePoint request_time_;
  bool is_finished_ = false;  // newcomers start another one
  cache::EntryRef entry_;     // being filled
  std::shared_ptr<cache::StoredBody> body_;
  std::optional<std::uint64_t> length_;
};

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

// Moves the body into the entry. Its readers set the pace of a window only.
Awaitable<Result<>> pump(FillTask& task, ByteSource& source, std::optional<std::uint64_t> length) {
  cache::StoredBody& body = task.body();
  // A message ends where its length says, whatever an origin sends behind it (RFC 9112 §6.3). In `cloudflare` nothing of
  // such an origin is kept: to read on finds the surplus.
  const bool ends_by_length = task.x().decision.profile == policy::Profile::standard;
  while (!(ends_by_length && body.size() == length)) {
    bool is_wanted = task.is_wanted();
    if (is_wanted && body.is_window()) is_wanted = co_await body.room();
    if (!is_wanted) co_return Error{ErrorCode::disconnected, Side::client, "all readers have left"};
    Result<Bytes> part = co_await source.read();
    if (!part) co_return part.error();
    if (part->empty()) break;
    task.grow(body.size() + part->size());
    body.append(std::move(*part));
  }
  const bool is_whole = !length || body.size() == *length;
  if (is_whole) co_return Result<>();
  co_return Error{ErrorCode::truncated, Side::origin, "the body is not as long as was announced"};
}

Awaitable<> store(
    FillTask& task, http::Reply reply, policy::ResponseFacts facts, cache::FillMemory::Part memory
) {
  const auto length = reply.body.size();
  const cache::EntryRef entry = task.begun(reply, std::move(facts), std::move(memory));
  // A body at hand is complete before anybody looks, so that its readers get it in one piece.
  if (reply.body.is_whole()) {
    task.body().append(std::move(reply.body.whole));
    task.kept();
    co_return task.settle_stored();
  }
  task.settle_stored();
  const Result<> filled = co_await pump(task, *reply.body.source, length);
  if (!filled) co_return task.broken_off(filled.error());
  task.kept();
}

Awaitable<> store_if_it_may(FillTask& task, http::Reply reply) {
  Services& services = task.services();
  policy::ResponseFacts facts =
      policy::facts_of(reply.response, services.clock.wall(), task.x().decision);
  policy::Storability verdict = storability_of(services, task.x(), reply, facts);
  cache::FillMemory::Part memory = services.cache.fill_memory();
  if (verdict.may_store && !memory.try_hold(reply.body.size().value_or(kFillStep))) {
    verdict = {.may_store = false, .reason = Reason::no_room_now};
  }
  if (!verdict.may_store) co_return task.passed(verdict.reason, std::move(reply));
  services.cache.make_room();

  note_losses(task.x(), reply.response.headers);
  policy::remove_unstored_fields(reply.response.headers, facts, task.x().decision.profile);
  co_await store(task, std::move(reply), std::move(facts), std::move(memory));
}

// The upstream's answer. A part is joined to what is held of the response; where it does not fit, the whole is asked for.
Awaitable<Result<http::Reply>> answer_for(FillTask& task) {
  Exchange& x = task.x();
  Result<http::Reply> reply = co_await fetch_upstream(task.services(), x);
  if (!reply || reply->response.status != 206 || task.held() == nullptr) co_return reply;
  if (auto both = joined_reply(*task.held(), *reply)) {
    x.request.headers.remove(http::Name::if_range);  // it has done its work
    co_return *std::move(both);
  }
  task.ask_for_the_whole();
  co_return co_await fetch_upstream(task.services(), x);
}

Awaitable<> run(std::unique_ptr<FillTask> owned) {
  FillTask& task = *owned;
  Result<http::Reply> reply = co_await answer_for(task);
  if (!reply) co_return task.failed(reply.error());

  const http::Status status = reply->response.status;
  if (status == 304 && task.validates()) co_return task.freshened(reply->response);
  edit_response(task.x(), reply->response);
  if (goes_as_head(task.x()) && task.is_confirmed_by(reply->response)) {
    co_return task.freshened(reply->response);
  }
  if (task.may_stand_in(status)) {
    Error answered{
        ErrorCode::disconnected, Side::origin, "the origin answered " + std::to_string(status)
    };
    co_return task.failed(std::move(answered));
  }

  if (goes_as_head(task.x())) co_return task.passed(Reason::answer_to_head, std::move(*reply));
  co_await store_if_it_may(task, std::move(*reply));
}

Awaitable<> keep(std::unique_ptr<FillTask> task, http::Reply reply) {
  co_await store_if_it_may(*task, std::move(reply));
}

}  // namespace

policy::Storability storability_of(
    const Services& services, const Exchange& x, const http::Reply& reply,
    const policy::ResponseFacts& facts
) {
  const std::optional<std::uint64_t> length = reply.body.size();
  policy::Storability verdict =
      policy::may_store(x.request, reply.response, facts, x.decision, length);
  if (verdict.may_store && length.value_or(0) > services.cache.max_charge()) {
    verdict = {.may_store = false, .reason = Reason::larger_than_cache};
  }
  return verdict;
}

Awaitable<> keep_reply(
    Services& services, std::shared_ptr<cache::Fill> fill, const Exchange& asked, http::Reply reply
) {
  return keep(
      std::make_unique<FillTask>(services, std::move(fill), nullptr, asked), std::move(reply)
  );
}

Awaitable<> run_fill(
    Services& services, std::shared_ptr<cache::Fill> fill, const cache::EntryRef& found,
    const Exchange& starter
) {
  return run(std::make_unique<FillTask>(services, std::move(fill), found, starter));
}

}  // namespace festina::edge
