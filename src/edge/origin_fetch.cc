#include "edge/origin_fetch.h"

#include "edge/file_origin.h"
#include "http/forwarding.h"

namespace festina::edge {
namespace {

net::Upstream target_of(const zone::Origin& origin) {
  net::Upstream target;
  target.address = {.host = origin.host, .port = origin.port, .unix_path = {}};
  target.timeouts = {.connect = origin.timeouts.connect, .read = origin.timeouts.read};
  return target;
}

}  // namespace

http::Headers forwarded_headers(const Services& services, const Exchange& x) {
  http::Headers headers = x.request.headers;
  http::remove_connection_fields_but_upgrade(headers);
  headers.remove(http::Name::expect);  // answered on our side of the connection (RFC 9110 §10.1.1)
  headers.set(http::Name::host, x.request.url.authority());
  http::append_forwarded_for(headers, x.visit.client_address);
  headers.set(http::Name::x_forwarded_proto, http::name(x.request.url.scheme));
  // Where the key leaves X-Forwarded-Scheme out (reference §11.1), it must be as true as X-Forwarded-Proto.
  const auto scheme = headers.get(http::Name::x_forwarded_scheme);
  if (scheme == "http" || scheme == "https")
    headers.set(http::Name::x_forwarded_scheme, http::name(x.request.url.scheme));
  headers.set(http::Name::cf_connecting_ip, x.visit.client_address);
  headers.set(http::Name::cf_ray, ray_field(services, x));
  headers.set(
      http::Name::cf_visitor,
      R"({"scheme":")" + std::string(http::name(x.request.url.scheme)) + R"("})"
  );
  if (!x.visit.country.empty()) headers.set(http::Name::cf_ip_country, x.visit.country);
  if (x.source == observe::RequestSource::edge_worker_fetch)
    headers.set(http::Name::cf_worker, x.zone->name);
  http::mark_loop(headers, "festina");
  return headers;
}

Awaitable<Result<http::Reply>> fetch_origin(Services& services, Exchange& x) {
  const zone::Origin& origin = *x.upstream.origin;
  http::Request request = x.request;
  if (origin.kind == zone::OriginKind::files) {
    co_return co_await fetch_file(services.files, origin, std::move(request), services.clock.now());
  }
  request.headers = forwarded_headers(services, x);
  const net::Upstream target = target_of(origin);
  Result<net::UpstreamReply> answer =
      co_await services.client.send(target, std::move(request), std::move(x.body));
  if (!answer) co_return answer.error();
  co_return std::move(answer->reply);
}

}  // namespace festina::edge
