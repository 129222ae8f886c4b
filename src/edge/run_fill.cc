#include "edge/run_fill.h"

#include <utility>

#include "edge/fill_task.h"
#include "edge/filling_request.h"
#include "edge/parts.h"
#include "edge/response_edit.h"
#include "edge/upstream.h"
#include "policy/freshness.h"

namespace festina::edge {
namespace {

using policy::Reason;

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
