#include "server/api_client.h"

#include <optional>

#include "base/text.h"
#include "net/upstream_client.h"

namespace festina::server {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{64} * 1024 * 1024;
constexpr std::chrono::seconds kApiTimeout{30};

// A request on its way: what it needs of the machinery, and what came of it.
template <class T>
struct Talk {
  net::Upstream upstream;
  http::Request request;
  std::string body;
  std::optional<Result<T>> outcome = {};
};

Awaitable<Result<ApiAnswer>> answer_of(http::Reply reply) {
  const http::Status status = reply.response.status;
  const Result<std::string> text =
      co_await collect(std::move(reply.body), kMaxAnswerBytes, Side::origin);
  if (!text) co_return text.error();
  Result<json::Value> parsed = json::parse(*text);
  if (!parsed) co_return with_detail(parsed.error(), "the answer is no JSON");
  co_return ApiAnswer{.status = status, .body = std::move(*parsed)};
}

Awaitable<> run_call(net::UpstreamClient& client, Talk<ApiAnswer>& talk) {
  Result<net::UpstreamReply> reply =
      co_await client.send(talk.upstream, std::move(talk.request), Body::of(std::move(talk.body)));
  if (reply) {
    talk.outcome = co_await answer_of(std::move(reply->reply));
  } else {
    talk.outcome = reply.error();
  }
}

using TakeLine = std::function<void(std::string_view)>;

// Gives the whole lines of the text away, and keeps what is left.
void take_lines(std::string& text, const TakeLine& take) {
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    take(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
  }
  text.erase(0, begin);
}

Awaitable<Result<>> read_lines(Body body, const TakeLine& take) {
  std::string text(body.whole.view());
  while (body.source) {
    const Result<Bytes> part = co_await body.source->read();
    if (!part) co_return part.error();
    if (part->empty()) break;
    text += part->view();
    take_lines(text, take);
  }
  co_return Result<>();
}

Awaitable<> run_stream(net::UpstreamClient& client, Talk<void>& talk, const TakeLine& take) {
  Result<net::UpstreamReply> reply =
      co_await client.send(talk.upstream, std::move(talk.request), Body());
  if (!reply) {
    talk.outcome = reply.error();
  } else if (reply->reply.response.status >= 400) {
    const Result<ApiAnswer> refused = co_await answer_of(std::move(reply->reply));
    talk.outcome = refused ? refusal_of(*refused) : refused.error();
  } else {
    talk.outcome = co_await read_lines(std::move(reply->reply.body), take);
  }
}

std::string_view name_of_method(http::Method method) {
  return method == http::Method::post ? "POST" : "GET";
}

template <class T>
Result<Talk<T>> begin_talk(
    const ApiTarget& target, http::Method method, const std::string& path_and_query,
    std::string body
) {
  const Result<http::Url> url = http::parse_url(target.url + path_and_query);
  if (!url) return with_detail(url.error(), "control address " + target.url);

  Talk<T> talk{.upstream = {}, .request = {}, .body = std::move(body)};
  http::Request& request = talk.request;
  request.method = method;
  request.method_text = name_of_method(method);
  request.url = *url;
  request.headers.add(http::Name::host, url->authority());
  request.headers.add(http::Name::authorization, "Bearer " + target.token);
  if (!talk.body.empty()) request.headers.add(http::Name::content_type, "application/json");

  talk.upstream.address = {.host = url->host, .port = url->port, .unix_path = {}};
  talk.upstream.timeouts = {.connect = kApiTimeout, .read = kApiTimeout};
  if (url->scheme == http::Scheme::https)
    talk.upstream.tls = net::UpstreamTls{.server_name = url->host, .ca_file = target.ca_file};
  return talk;
}

// What a command needs to speak to a node, until one task has ended.
class Line {
 public:
  net::UpstreamClient& client() { return client_; }
  void run(Awaitable<> task) {
    tasks_.spawn(context_.get_executor(), std::move(task));
    while (tasks_.running() > 0) context_.run_one();
  }

 private:
  asio::io_context context_{1};
  net::UpstreamPool pool_;
  net::Resolver resolver_;
  net::UpstreamClient client_{pool_, resolver_};
  TaskGroup tasks_;
};

}  // namespace

Error refusal_of(const ApiAnswer& answer) {
  std::string why = "the node answered " + std::to_string(answer.status);
  if (const auto error = json::string_member(answer.body, "error")) why = *error;
  if (const json::Value* errors = json::find(answer.body, "errors");
      errors != nullptr && errors->is_array()) {
    for (const json::Value& error : errors->as_array())
      why = json::string_member(error, "message").value_or(why);
  }
  return {ErrorCode::unsupported, Side::client, why};
}

Result<ApiAnswer> call_api(
    const ApiTarget& target, http::Method method, const std::string& path_and_query,
    std::string body
) {
  Result<Talk<ApiAnswer>> talk =
      begin_talk<ApiAnswer>(target, method, path_and_query, std::move(body));
  if (!talk) return talk.error();
  Line line;
  line.run(run_call(line.client(), *talk));
  if (!talk->outcome) unreachable("a call that has ended left its outcome");
  if (!*talk->outcome)
    return with_detail(talk->outcome->error(), "no answer from the node at " + target.url);
  return std::move(**talk->outcome);
}

Result<> stream_api(
    const ApiTarget& target, const std::string& path_and_query, const TakeLine& take
) {
  Result<Talk<void>> talk = begin_talk<void>(target, http::Method::get, path_and_query, {});
  if (!talk) return talk.error();
  Line line;
  line.run(run_stream(line.client(), *talk, take));
  if (!talk->outcome) unreachable("a stream that has ended left its outcome");
  const Result<>& ended = *talk->outcome;
  if (ended || ended.error().side == Side::client) return ended;
  return with_detail(ended.error(), "the node at " + target.url + " is gone");
}

}  // namespace festina::server
