#include "edge/coding.h"

#include <utility>

#include "edge/coders.h"
#include "http/coded_body.h"

namespace festina::edge {
namespace {

using http::Coding;
using http::Name;
using policy::Treatment;

policy::AskedFor asked_for(const Exchange& x) {
  const bool is_client = x.source == observe::RequestSource::eyeball;
  return is_client ? policy::AskedFor::client : policy::AskedFor::worker;
}

bool is_head(const Exchange& x) { return x.request.method == http::Method::head; }

bool is_strong(std::optional<std::string_view> etag) {
  return http::strong_entity_tag(etag).has_value();
}

// A body that is not what it says is of no use to anybody: it is read no second time.
class StoredSource final : public ByteSource {
 public:
  StoredSource(Body body, cache::EntryRef entry, cache::Cache& cache)
      : body_(std::move(body)), entry_(std::move(entry)), cache_(cache) {}

  Awaitable<Result<Bytes>> read() override {
    Result<Bytes> part = co_await body_.source->read();
    if (!part && part.error().side == Side::origin) cache_.drop(*entry_);
    co_return part;
  }

 private:
  Body body_;
  cache::EntryRef entry_;
  cache::Cache& cache_;
};

// The body as it came.
Body plain_body(const cache::Entry& stored, Body kept) {
  const auto coded = stored.coded();
  return coded ? http::decoded_body(std::move(kept), coded->coding, coded->plain_size)
               : std::move(kept);
}

void serve_kept(const Services& services, Exchange& x, Coding coding, http::Reply& reply) {
  const cache::Entry& stored = *x.served;
  reply.prepared = stored.prepared();
  reply.response.headers.add(Name::content_encoding, http::name(coding));
  if (const auto etag = stored.field(Name::etag))
    reply.response.headers.add(Name::etag, http::weakened(*etag));
  x.plain_bytes = stored.body_size();
  if (!is_head(x)) services.metrics.count_saved(stored.body_size(), reply.body.size().value_or(0));
}

void serve_as_it_is(const Exchange& x, http::Reply& reply) {
  const cache::Entry& stored = *x.served;
  if (stored.coded()) {
    reply.response.headers = stored.shown_headers();
    reply.body = plain_body(stored, std::move(reply.body));
  } else {
    reply.prepared = stored.prepared();
  }
}

// Makes body and header of the reply coded; both stay as they are where as many as may be are being coded. A HEAD is told
// what a GET would get; only how long that would be is not known before it is made. Whether it did.
bool code_reply(const Services& services, Exchange& x, Coding coding, http::Reply& reply) {
  const auto plain_size = reply.body.size();
  Coders::Coded made{.body = {}, .is_coded = true};
  if (!is_head(x)) made = services.coders.code(std::move(reply.body), coding);
  reply.body = std::move(made.body);
  if (!made.is_coded) {
    x.coding = {.reason = policy::Reason::coders_busy, .varies = true};
    return false;
  }
  http::change_coding(reply.response.headers, coding);
  if (reply.body.is_whole() && !is_head(x)) x.plain_bytes = plain_size;
  return true;
}

// The other way: makes body and header of the reply plain.
void decode_reply(const Services& services, const Exchange& x, Coding coding, http::Reply& reply) {
  http::change_coding(reply.response.headers, Coding::identity);
  Body coded = std::move(reply.body);
  reply.body = {};
  if (is_head(x)) return;
  reply.body = http::decoded_body(std::move(coded), coding);
  services.metrics.count(observe::Counter::decoded_bodies);
}

void serve_coded(const Services& services, Exchange& x, Coding coding, http::Reply& reply) {
  const cache::Entry& stored = *x.served;
  reply.response.headers = stored.shown_headers();
  reply.body = plain_body(stored, std::move(reply.body));
  const bool is_coded = code_reply(services, x, coding, reply);
  x.keeps_coding = is_coded && !is_head(x) && services.coders.count_hit(stored);
}

void serve_decoded(const Services& services, Exchange& x, Coding coding, http::Reply& reply) {
  reply.response.headers = x.served->shown_headers();
  decode_reply(services, x, coding, reply);
  if (is_head(x)) return;
  auto source = std::make_unique<StoredSource>(std::move(reply.body), x.served, services.cache);
  reply.body = Body::streamed(std::move(source), std::nullopt);
}

// A client that holds an answer of which we made the ETag weak is told that it holds with the ETag it knows.
void answer_weakly(const http::Request& asked, http::Headers& headers) {
  const auto etag = headers.get(Name::etag);
  const auto known = asked.headers.joined(Name::if_none_match);
  if (!etag || !known || !is_strong(etag)) return;
  const std::string weak = http::weakened(*etag);
  if (known->find(weak) != std::string::npos) headers.set(Name::etag, weak);
}

}  // namespace

bool asks_for_all(const Exchange& x) {
  return asked_for(x) == policy::AskedFor::client && !x.request.headers.has(Name::range);
}

policy::CodingChoice coding_for(const Exchange& x, const cache::Entry& stored) {
  const policy::ResponseFacts facts = stored.facts();
  const auto kept = stored.coded();
  policy::CodingSubject what{
      .transformable = facts.transformable,
      .forbids_transforming = facts.edge.directives.no_transform,
      .coding = Coding::identity,
      .length = stored.length(),
      .at_hand = kept ? kept->coding : Coding::identity
  };
  if (what.transformable == policy::Transformable::by_decoding)
    what.coding = http::coding_of(stored.headers({Name::content_encoding}));
  if (x.decision.respects_strong_etags) what.has_strong_etag = is_strong(stored.field(Name::etag));
  return policy::choose_coding(x.request, what, x.decision, asked_for(x));
}

void code_served(
    const Services& services, Exchange& x, const policy::CodingChoice& choice, http::Reply& reply
) {
  x.coding = choice;
  switch (choice.treatment) {
    case Treatment::as_it_is:
      return serve_as_it_is(x, reply);
    case Treatment::decoded:
      return serve_decoded(services, x, choice.coding, reply);
    case Treatment::coded:
      break;
  }
  const auto kept = x.served->coded();
  if (kept && kept->coding == choice.coding) return serve_kept(services, x, choice.coding, reply);
  serve_coded(services, x, choice.coding, reply);
}

void code_passed(const Services& services, Exchange& x, http::Reply& reply) {
  http::Headers& headers = reply.response.headers;
  if (reply.response.status == 304) answer_weakly(x.request, headers);
  const policy::Transformable transformable = policy::transformable(reply.response);
  if (transformable == policy::Transformable::not_at_all || reply.tunnel) return;
  const auto size = is_head(x) ? reply.body.length : reply.body.size();
  const policy::CodingSubject what{
      .transformable = transformable,
      .coding = http::coding_of(headers),
      .length = size,
      .has_strong_etag = is_strong(headers.get(Name::etag))
  };
  const auto choice = policy::choose_coding(x.request, what, x.decision, asked_for(x));
  x.coding = choice;
  if (choice.varies) http::add_vary_by_coding(headers);
  if (choice.treatment == Treatment::as_it_is) return;

  if (choice.treatment == Treatment::decoded) {
    decode_reply(services, x, choice.coding, reply);
  } else {
    code_reply(services, x, choice.coding, reply);
  }
}

}  // namespace festina::edge
