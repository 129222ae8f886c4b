// A fill owns an exchange of its own, copied from the one that started it: the starter may be gone before it ends.
#include "edge/fills.h"

#include "base/log.h"
#include "edge/upstream.h"
#include "policy/freshness.h"
#include "policy/storability.h"
#include "policy/validation.h"

namespace festina::edge {
namespace {

struct FillTask {
  Services& services;
  std::shared_ptr<cache::Fill> fill;
  cache::EntryRef found;  // stale, to be validated; null for a plain miss
  Exchange x;
  TimePoint request_time;
};

// The request as it goes upstream: a GET without the client's own conditions and range, whole and uncoded, for it is
// stored for everybody (reference §1.7, §1.8). A body of a GET has no meaning to a cache and is left behind.
http::Request filling_request(const http::Request& asked, const cache::EntryRef& found) {
  http::Request request = asked;
  request.method = http::Method::get;
  request.method_text = "GET";
  policy::make_unconditional(request.headers);
  request.headers.remove(http::Name::accept_encoding);
  if (!found) return request;
  const policy::StoredResponse stored = found->stored();
  if (policy::has_validator(stored)) policy::make_conditional(request, stored);
  return request;
}

FillTask task_for(
    Services& services, std::shared_ptr<cache::Fill> fill, const cache::EntryRef& found,
    const Exchange& starter
) {
  FillTask task{
      .services = services,
      .fill = std::move(fill),
      .found = found,
      .x = {},
      .request_time = services.clock.now()
  };
  task.x.ray = starter.ray;
  task.x.parent_ray = starter.parent_ray;
  task.x.depth = starter.depth;
  task.x.source = starter.source;
  task.x.request = filling_request(starter.request, found);
  task.x.hop = starter.hop;
  task.x.visit = starter.visit;
  task.x.zone = starter.zone;
  task.x.upstream = starter.upstream;
  task.x.decision = starter.decision;
  task.x.reuse = starter.reuse;
  return task;
}

cache::EntryHead entry_head(
    const FillTask& task, http::Response response, policy::ResponseFacts facts
) {
  const auto explicit_ttl = policy::explicit_ttl(task.x.decision, response.status);
  return {
      .key = task.fill->key(),
      .url = task.x.request.url.text(),
      .response = std::move(response),
      .facts = std::move(facts),
      .request_time = task.request_time,
      .response_time = task.services.clock.now(),
      .explicit_ttl = explicit_ttl,
      .born = task.fill->born(),
      .length = std::nullopt,
  };
}

// Copies the body into the entry, as far as one entry may grow.
Awaitable<Result<>> pump(Body body, cache::StoredBody& stored, std::uint64_t limit) {
  if (body.is_whole()) {
    stored.append(std::move(body.whole));
    co_return Result<>();
  }
  while (true) {
    Result<Bytes> part = co_await body.source->read();
    if (!part) co_return part.error();
    if (part->empty()) co_return Result<>();
    if (stored.size() + part->size() > limit) {
      co_return Error{
          ErrorCode::too_large, Side::origin, "the response outgrew what this cache stores"
      };
    }
    stored.append(std::move(*part));
  }
}

// A 304: the stored body goes on under a freshened head (RFC 9111 §4.3.4). When the merged head forbids storing, the
// body is served this once (reference §1.11).
void settle_freshened(FillTask& task, const http::Response& not_modified) {
  http::Response merged{
      .status = task.found->status(),
      .headers = policy::freshened(task.found->headers(), not_modified.headers)
  };
  policy::ResponseFacts facts = policy::facts_of(merged, task.services.clock.now());
  const policy::Storability verdict =
      policy::may_keep(task.x.request, merged, facts, task.x.decision);
  policy::remove_unstored_fields(merged.headers, facts);

  const auto ttl = policy::explicit_ttl_after_304(task.x.decision, merged.status);
  cache::EntryHead head = entry_head(task, std::move(merged), std::move(facts));
  head.explicit_ttl = ttl;
  const cache::EntryRef entry = task.found->with_head(std::move(head));
  if (verdict.may_store) task.services.cache.commit(entry);
  task.services.cache.finish(
      *task.fill, verdict.may_store ? cache::Remember::nothing : cache::Remember::uncacheable
  );
  task.fill->settle(
      {.outcome = policy::FillOutcome::freshened,
       .entry = entry,
       .reason = verdict.reason,
       .error = {}}
  );
}

void settle_failed(FillTask& task, Error error) {
  log::warn(
      "fill.failed",
      {{"url", task.x.request.url.text()}, {"code", name(error.code)}, {"detail", error.detail}}
  );
  task.services.cache.finish(*task.fill, cache::Remember::nothing);
  task.fill->settle(
      {.outcome = policy::FillOutcome::failed,
       .entry = {},
       .reason = policy::Reason::failed_upstream,
       .error = std::move(error)}
  );
}

void settle_unstored(FillTask& task, policy::Reason reason, http::Reply reply) {
  task.services.cache.finish(*task.fill, cache::Remember::uncacheable);
  task.fill->settle(
      {.outcome = policy::FillOutcome::not_stored, .entry = {}, .reason = reason, .error = {}},
      std::move(reply)
  );
}

Awaitable<> store(FillTask& task, http::Reply reply, policy::ResponseFacts facts) {
  const auto body = std::make_shared<cache::StoredBody>();
  cache::EntryHead head = entry_head(task, std::move(reply.response), std::move(facts));
  head.length = reply.body.size();
  const cache::EntryRef entry = cache::Entry::make(std::move(head), body);
  const std::uint64_t limit = std::min(task.x.decision.max_size, task.services.cache.max_charge());

  // A body at hand is complete before anybody looks, so that its readers get it in one piece.
  const bool at_hand = reply.body.is_whole();
  const auto settle = [&task, &entry] {
    task.fill->settle(
        {.outcome = policy::FillOutcome::stored,
         .entry = entry,
         .reason = policy::Reason::storable,
         .error = {}}
    );
  };
  if (!at_hand) settle();
  const Result<> filled = co_await pump(std::move(reply.body), *body, limit);
  if (filled) {
    body->complete();
    task.services.cache.commit(entry);
    task.services.cache.finish(*task.fill, cache::Remember::nothing);
  } else {
    log::warn(
        "fill.truncated",
        {{"url", task.x.request.url.text()},
         {"got", body->size()},
         {"detail", filled.error().detail}}
    );
    body->fail(filled.error());
    const bool outgrown = filled.error().code == ErrorCode::too_large;
    task.services.cache.finish(
        *task.fill, outgrown ? cache::Remember::uncacheable : cache::Remember::nothing
    );
  }
  if (at_hand) settle();
}

Awaitable<> run(FillTask task) {
  Result<http::Reply> reply = co_await fetch_upstream(task.services, task.x);
  if (!reply) co_return settle_failed(task, reply.error());

  const http::Status status = reply->response.status;
  policy::edit_response(reply->response.headers, task.x.decision);
  if (status == 304 && task.found) co_return settle_freshened(task, reply->response);
  if (policy::may_stand_in(task.x.reuse, status)) {
    Error error{
        ErrorCode::disconnected, Side::origin, "the origin answered " + std::to_string(status)
    };
    co_return settle_failed(task, std::move(error));
  }

  policy::ResponseFacts facts = policy::facts_of(reply->response, task.services.clock.now());
  const std::optional<std::uint64_t> length = reply->body.size();
  policy::Storability verdict =
      policy::may_store(task.x.request, reply->response, facts, task.x.decision, length);
  if (verdict.may_store && length.value_or(0) > task.services.cache.max_charge()) {
    verdict = {.may_store = false, .reason = policy::Reason::larger_than_cache};
  }
  if (!verdict.may_store) co_return settle_unstored(task, verdict.reason, std::move(*reply));

  policy::remove_unstored_fields(reply->response.headers, facts);
  co_await store(task, std::move(*reply), std::move(facts));
}

}  // namespace

Awaitable<Filled> Fills::join_or_start(
    Services& services, const policy::CacheKey& key, const cache::EntryRef& found, Exchange& x
) {
  const cache::Joined joined = services.cache.join_or_start(key);
  if (!joined.fill) co_return Filled{};  // remembered as uncacheable: nobody queues

  if (joined.started) {
    const Executor executor = co_await asio::this_coro::executor;
    tasks_.spawn(executor, run(task_for(services, joined.fill, found, x)));
  } else {
    services.metrics.count(observe::Counter::collapsed);
  }
  const std::chrono::milliseconds limit = joined.started ? kStartLimit : kJoinLimit;
  std::optional<cache::Settled> settled = co_await joined.fill->settled_within(limit);
  if (!settled) co_return Filled{};

  Filled filled{
      .outcome = settled->outcome,
      .entry = std::move(settled->entry),
      .unstored = {},
      .error = std::move(settled->error),
      .joined = !joined.started
  };
  if (joined.started && filled.outcome == policy::FillOutcome::not_stored) {
    filled.unstored = joined.fill->take_unstored();
  }
  co_return filled;
}

void Fills::refresh(
    Services& services, const Executor& executor, const policy::CacheKey& key,
    const cache::EntryRef& found, Exchange& x
) {
  std::shared_ptr<cache::Fill> fill = services.cache.start_refresh(key);
  if (!fill) return;  // one is under way
  tasks_.spawn(executor, run(task_for(services, std::move(fill), found, x)));
}

}  // namespace festina::edge
