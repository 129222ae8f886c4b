#include "server/api_client.h"

#include <optional>

#include "base/text.h"
#include "net/upstream_client.h"

namespace festina::server {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{64} * 1024 * 1024;
constexpr std::chrono::seconds kApiTimeout{30};

Awaitable<> run_call(
    net::UpstreamClient& client, const net::Upstream& upstream, http::Request request,
    std::string body, std::optional<Result<ApiAnswer>>& outcome
) {
  Result<net::UpstreamReply> reply =
      co_await client.send(upstream, std::move(request), Body::of(std::move(body)));
  if (!reply) {
    outcome = reply.error();
    co_return;
  }
  const Result<std::string> text =
      co_await collect(std::move(reply->reply.body), kMaxAnswerBytes, Side::origin);
  if (!text) {
    outcome = text.error();
    co_return;
  }
  Result<json::Value> parsed = json::parse(*text);
  if (parsed) {
    outcome = ApiAnswer{.status = reply->reply.response.status, .body = std::move(*parsed)};
  } else {
    outcome = with_detail(parsed.error(), "the answer is no JSON");
  }
}

std::string_view name_of_method(http::Method method) {
  return method == http::Method::post ? "POST" : "GET";
}

}  // namespace

Result<ApiAnswer> call_api(
    const ApiTarget& target, http::Method method, const std::string& path_and_query,
    std::string body
) {
  const Result<http::Url> url = http::parse_url(target.url + path_and_query);
  if (!url) return with_detail(url.error(), "control address " + target.url);

  http::Request request;
  request.method = method;
  request.method_text = name_of_method(method);
  request.url = *url;
  request.headers.add(http::Name::host, url->authority());
  request.headers.add(http::Name::authorization, "Bearer " + target.token);
  if (!body.empty()) request.headers.add(http::Name::content_type, "application/json");

  net::Upstream upstream;
  upstream.address = {.host = url->host, .port = url->port, .unix_path = {}};
  upstream.timeouts = {.connect = kApiTimeout, .read = kApiTimeout};
  if (url->scheme == http::Scheme::https)
    upstream.tls = net::UpstreamTls{.server_name = url->host, .ca_file = target.ca_file};

  asio::io_context context(1);
  net::UpstreamPool pool;
  net::Resolver resolver;
  net::UpstreamClient client(pool, resolver);
  TaskGroup tasks;
  std::optional<Result<ApiAnswer>> outcome;
  tasks.spawn(
      context.get_executor(),
      run_call(client, upstream, std::move(request), std::move(body), outcome)
  );
  while (tasks.running() > 0) context.run_one();
  if (!outcome) unreachable("a call that has ended left its outcome");
  if (!*outcome) return with_detail(outcome->error(), "no answer from the node at " + target.url);
  return std::move(**outcome);
}

}  // namespace festina::server
