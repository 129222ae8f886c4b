#include "workers/arrival.h"

#include <utility>

#include "base/text.h"
#include "policy/freshness.h"
#include "policy/storability.h"

namespace festina::workers {
namespace {

using http::Name;
using policy::Reason;

// Memory is asked for in such steps while a body grows.
constexpr std::uint64_t kArrivalStep = std::uint64_t{256} * 1024;

// What an edge said of the response that a script passes on: it is no part of the response.
bool is_of_an_edge(const http::Field& field) {
  return field.name == Name::cf_cache_status || field.name == Name::cf_ray ||
         field.name == Name::cache_status;
}

}  // namespace

Arrival::Arrival(cache::Cache& cache, cache::EntryHead blank, ArrivalTerms terms)
    : cache_(cache),
      head_(std::move(blank)),
      terms_(std::move(terms)),
      refused_(terms_.refused),
      body_(std::make_shared<cache::StoredBody>(cache.fill_memory())) {}

void Arrival::take(const Bytes& part) {
  if (refused_) return;
  if (terms_.quota && !terms_.quota->take_put_bytes(part.size())) {
    return refuse(Reason::too_many_put_bytes);
  }
  if (has_head_) return take_body(part);
  read_head(part.view());
}

std::optional<Reason> Arrival::finish() {
  if (refused_) return refused_;
  const bool is_whole = has_head_ && head_.length.value_or(body_->size()) == body_->size();
  if (!is_whole) return Reason::broken_put;
  body_->complete();
  body_->memory().hold(0);  // from now on it counts as an entry
  const cache::EntryRef entry = cache::Entry::make(std::move(head_), std::move(body_));
  const bool is_kept = cache_.commit(entry, cache::Admission::demanded);
  if (!is_kept) return Reason::overtaken;
  return std::nullopt;
}

void Arrival::read_head(std::string_view part) {
  text_ += part;
  auto found = http::parse_embedded_response_head(text_);
  if (!found) return refuse(Reason::broken_put);
  if (auto& head = *found) take_head(std::move(*head));
}

void Arrival::take_head(http::EmbeddedHead found) {
  policy::edit_response(found.response.headers, terms_.decision);
  head_.facts = policy::facts_of_put(found.response, terms_.arrived);
  head_.explicit_ttl = policy::explicit_ttl(terms_.decision, found.response.status);
  if (const auto length = found.response.headers.get(Name::content_length))
    head_.length = parse_decimal(*length);
  if (const auto why = objection(found.response)) return refuse(*why);
  if (!make_room_for(head_.length.value_or(0))) return refuse(Reason::no_room_now);
  head_.response = std::move(found.response);
  policy::remove_unstored_fields(head_.response.headers, head_.facts, policy::Profile::cloudflare);
  head_.response.headers.remove_if(is_of_an_edge);
  has_head_ = true;
  const std::string_view rest = std::string_view(text_).substr(found.consumed);
  take_body(Bytes::copy_of(rest));
  text_ = {};
}

void Arrival::take_body(Bytes part) {
  if (part.empty()) return;
  const std::uint64_t size = body_->size() + part.size();
  if (const auto why = outgrown(size)) return refuse(*why);
  if (!make_room_for(size)) return refuse(Reason::no_room_now);
  body_->append(std::move(part));
}

// Why a response with this head is not stored.
std::optional<Reason> Arrival::objection(const http::Response& response) const {
  const policy::Storability verdict =
      policy::may_put(response, head_.facts, head_.explicit_ttl, terms_.max_size, head_.length);
  if (!verdict.may_store) return verdict.reason;
  return outgrown(head_.length.value_or(0));
}

// Why a body that has come to so many bytes is not kept.
std::optional<Reason> Arrival::outgrown(std::uint64_t size) const {
  if (size > terms_.max_size) return Reason::too_large;
  if (size > cache_.max_charge()) return Reason::larger_than_cache;
  return std::nullopt;
}

bool Arrival::make_room_for(std::uint64_t size) {
  cache::FillMemory::Part& memory = body_->memory();
  if (size <= memory.bytes()) return true;
  const std::uint64_t wanted = head_.length ? size : size + kArrivalStep;
  if (!memory.try_hold(wanted)) return false;
  cache_.make_room();
  return true;
}

void Arrival::refuse(Reason why) {
  refused_ = why;
  text_ = {};
  body_ = nullptr;
}

}  // namespace festina::workers
