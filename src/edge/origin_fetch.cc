#include "edge/origin_fetch.h"

#include <vector>

#include "edge/coding.h"
#include "edge/file_origin.h"
#include "edge/lent_body.h"
#include "edge/origin_health.h"
#include "http/forwarding.h"
#include "rules/plan_features.h"

namespace festina::edge {
namespace {

BodyLeft left_of(const LentBody& body) {
  if (body.is_empty()) return BodyLeft::none_needed;
  return body.is_at_hand() ? BodyLeft::all : BodyLeft::not_all;
}

// The servers of an origin in the order in which one request asks them: those that are in, as the list has them; then,
// for want of a better one, those that are out.
class Turns {
 public:
  Turns(OriginHealth& health, const zone::Zone& zone, const zone::Origin& origin)
      : health_(health), zone_(zone), servers_(origin.servers), asked_(servers_.size(), false) {}

  // Null: all of them had their turn.
  const zone::Server* next() {
    for (; position_ < servers_.size(); ++position_) {
      if (health_.admits(zone_, servers_[position_])) return take(position_++);
    }
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      if (!asked_[i]) return take(i);
    }
    return nullptr;
  }

 private:
  const zone::Server* take(std::size_t index) {
    asked_[index] = true;
    return &servers_[index];
  }

  OriginHealth& health_;
  const zone::Zone& zone_;
  const std::vector<zone::Server>& servers_;
  std::vector<bool> asked_;
  std::size_t position_ = 0;  // behind the last one that was looked at for being in
};

// Shows a client what comes before its answer.
class ToClient final : public http::InterimSink {
 public:
  explicit ToClient(http::Asker* client) : client_(client) {}
  Awaitable<> take_interim(http::Response interim) override {
    if (client_) co_await client_->send_interim(std::move(interim));
  }

 private:
  http::Asker* client_;
};

// Of the protocol that the request came by.
std::string_view received_version(const Exchange& x) {
  constexpr std::string_view prefix = "HTTP/";
  const bool is_known = x.connection && x.connection->protocol.starts_with(prefix);
  return is_known ? std::string_view(x.connection->protocol).substr(prefix.size()) : "1.1";
}

void note(
    Services& services, const zone::Zone& zone, const zone::Server& server,
    const Result<net::UpstreamReply>& answer
) {
  if (answer || !is_not_connected(answer.error())) {
    services.health.connected(zone, server);
  } else {
    services.health.not_connected(zone, server, answer.error());
  }
}

// Whose leaving lets go of the origin: a Worker that has ended, or broken its fetch() off. A client may have left and still
// wants done what it asked for.
const http::Asker* asker_of(const Exchange& x) {
  return x.source == observe::RequestSource::edge_worker_fetch ? x.asker : nullptr;
}

// A rule may wait longer for what comes than the origin's own setting has it (reference §6.2).
net::Upstream target_for(const Exchange& x, const zone::Server& server) {
  net::Upstream target = target_of(*x.upstream.origin, server);
  target.timeouts.read = x.decision.read_timeout.value_or(target.timeouts.read);
  return target;
}

// Asks one server after another until one has answered, or none may be asked any more.
Awaitable<Result<net::UpstreamReply>> ask_in_turn(
    Services& services, Exchange& x, http::Request request, http::InterimSink* interim
) {
  const zone::Origin& origin = *x.upstream.origin;
  const LentBody body(std::move(x.body));
  Turns turns(services.health, *x.zone, origin);
  std::optional<Error> first;
  while (const zone::Server* server = turns.next()) {
    if (first) services.metrics.count(observe::Counter::origin_failovers);
    const net::Upstream target = target_for(x, *server);
    http::Request attempt = request;
    Body lent = body.lend();
    Result<net::UpstreamReply> answer = co_await services.client.send(
        target, std::move(attempt), std::move(lent), asker_of(x), interim
    );
    note(services, *x.zone, *server, answer);
    if (answer || !may_move_on(answer.error(), request.method, left_of(body))) co_return answer;
    if (!first) first = answer.error();
  }
  if (!first) unreachable("an origin has a server");
  co_return std::move(*first);
}

Awaitable<Result<net::UpstreamReply>> ask(Services& services, Exchange& x, http::Request request) {
  const zone::Origin& origin = *x.upstream.origin;
  ToClient to_client(asker_for_interim(x));
  http::InterimSink* const interim = x.interim ? x.interim : &to_client;
  if (origin.servers.size() > 1) {
    co_return co_await ask_in_turn(services, x, std::move(request), interim);
  }
  const net::Upstream target = target_for(x, origin.servers.front());
  co_return co_await services.client.send(
      target, std::move(request), std::move(x.body), asker_of(x), interim
  );
}

}  // namespace

http::Headers forwarded_headers(const Services& services, const Exchange& x) {
  http::Headers headers = x.request.headers;
  http::remove_connection_fields_but_upgrade(headers);
  if (x.decision.vary) policy::normalize_for_upstream(headers, *x.decision.vary);
  if (asks_for_all(x)) headers.set(http::Name::accept_encoding, policy::kAskedCodings);
  headers.remove(http::Name::expect);  // answered on our side of the connection (RFC 9110 §10.1.1)
  headers.set(http::Name::host, x.request.url.authority());
  if (!x.hop.empty()) {
    http::append_forwarded_for(headers, x.hop);
  } else if (!headers.has(http::Name::x_forwarded_for)) {
    http::append_forwarded_for(headers, x.visit.client_address);  // a script's own header stays
  }
  headers.set(http::Name::x_forwarded_proto, http::name(x.request.url.scheme));
  // Where the key leaves X-Forwarded-Scheme out (reference §11.1), it must be as true as X-Forwarded-Proto.
  const auto scheme = headers.get(http::Name::x_forwarded_scheme);
  if (scheme == "http" || scheme == "https")
    headers.set(http::Name::x_forwarded_scheme, http::name(x.request.url.scheme));
  headers.set(http::Name::cf_connecting_ip, x.visit.client_address);
  if (rules::offers(x.zone->rules.plan, rules::Feature::true_client_ip))
    headers.set(http::kTrueClientIp, x.visit.client_address);
  headers.set(http::Name::cf_ray, ray_field(services, x));
  headers.set(
      http::Name::cf_visitor,
      R"({"scheme":")" + std::string(http::name(x.request.url.scheme)) + R"("})"
  );
  if (!x.visit.country.empty() && !x.upstream.is_foreign)
    headers.set(http::Name::cf_ip_country, x.visit.country);
  if (const auto device = x.decision.key.device)  // reference §11.3
    headers.set("CF-Device-Type", policy::name(*device));
  if (!x.worker_zone.empty()) headers.set(http::Name::cf_worker, x.worker_zone);
  http::mark_loop(headers, http::kOwnCdn);
  if (x.decision.profile == policy::Profile::standard) {
    http::append_via(headers, received_version(x), http::kOwnCdn);
    const http::Url& url = x.request.url;
    const std::string& asker = x.hop.empty() ? x.visit.client_address : x.hop;
    http::append_forwarded(headers, asker, url.authority(), http::name(url.scheme));
  }
  return headers;
}

bool is_not_connected(const Error& error) {
  switch (error.code) {
    case ErrorCode::unresolved:
    case ErrorCode::refused:
    case ErrorCode::connect_timed_out:
    case ErrorCode::tls_failed:
    case ErrorCode::untrusted:
      return true;
    default:
      return false;
  }
}

bool may_move_on(const Error& error, http::Method method, BodyLeft left) {
  if (error.side != Side::origin) return false;  // the client's body broke off
  const bool is_unsent = is_not_connected(error) || error.code == ErrorCode::exhausted;
  if (is_unsent) return left != BodyLeft::not_all;
  const bool is_unanswered = error.code == ErrorCode::disconnected ||
                             error.code == ErrorCode::truncated ||
                             error.code == ErrorCode::timed_out;
  return is_unanswered && http::is_idempotent(method) && left == BodyLeft::none_needed;
}

Awaitable<Result<http::Reply>> fetch_origin(Services& services, Exchange& x) {
  const zone::Origin& origin = *x.upstream.origin;
  http::Request request = x.request;
  if (origin.kind == zone::OriginKind::files) {
    co_return co_await fetch_file(
        services.files, origin, std::move(request), services.clock.wall()
    );
  }
  request.headers = forwarded_headers(services, x);
  Result<net::UpstreamReply> answer = co_await ask(services, x, std::move(request));
  if (!answer) co_return answer.error();
  co_return std::move(answer->reply);
}

}  // namespace festina::edge
