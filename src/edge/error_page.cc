#include "edge/error_page.h"

#include "base/json.h"
#include "base/text.h"
#include "observe/reasons.h"

namespace festina::edge {
namespace {

struct PageText {
  ErrorStatus status;
  std::string title;
  std::string blame;  // whose fault it is
  std::string detail;
};

std::string_view blame_of(Side side) {
  switch (side) {
    case Side::client:
      return "the request";
    case Side::origin:
      return "the origin server of this site";
    case Side::worker:
      return "the Worker of this site";
    case Side::self:
      return "this edge";
  }
  unreachable("every side is named");
}

std::string_view title_of(std::uint16_t code) {
  switch (code) {
    case 400:
      return "The request broke off, or what it sent is no request";
    case 408:
      return "The request did not come within the limit";
    case 413:
      return "The request is too large";
    case 503:
      return "Too many requests wait for the origin";
    case 504:
      return "Nothing that is stored will do, and only that was asked for";
    case 520:
      return "The origin sent something that is no answer";
    case 521:
      return "The origin refused the connection";
    case 522:
      return "The connection to the origin timed out";
    case 524:
      return "The origin did not answer in time";
    case 525:
      return "The TLS handshake with the origin failed";
    case 526:
      return "The origin's certificate is not valid";
    case 1003:
      return "A Worker may not reach that address";
    case 1016:
      return "The origin's name has no address";
    case 1019:
      return "Workers called each other too deep";
    case 1101:
      return "The Worker threw an exception";
    case 1102:
      return "The Worker did not answer";
    default:
      return "The edge could not serve this request";
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

bool wants_json(const http::Headers& headers) {
  const auto accept = headers.get(http::Name::accept);
  return accept && contains_ignoring_case(*accept, "application/json");
}

// What became of this request, while the node remembers it.
std::string explain_url(const Services& services, const Exchange& x) {
  return std::string(services.explain_link).append("/").append(ray_field(services, x));
}

std::string html(const PageText& text, std::string_view ray, std::string_view explain) {
  const std::string code = std::to_string(text.status.code);
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" + code + " " +
      text.title +
      "</title>\n<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em "
      "auto;padding:0 "
      "1em;color:#222}h1{font-size:1.4em}code{background:#f2f2f2;padding:.1em .3em}dt{color:#666}"
      "</style>\n<h1>" +
      code + " &middot; " + escaped(text.title) + "</h1>\n<dl>\n<dt>What failed</dt><dd>" +
      escaped(text.detail) + "</dd>\n<dt>Whose side</dt><dd>" + escaped(text.blame) +
      "</dd>\n<dt>Ray</dt><dd><code>" + std::string(ray) + "</code></dd>\n";
  page += "<dt>Why</dt><dd><a href=\"" + escaped(explain) +
          "\">explain this request</a></dd>\n</dl>\n</html>\n";
  return page;
}

std::string json_text(const PageText& text, std::string_view ray, std::string_view explain) {
  const json::Object object{
      {"error",
       json::Object{
           {"code", text.status.code},
           {"status", text.status.status},
           {"title", text.title},
           {"side", text.blame},
           {"detail", text.detail}
       }},
      {"ray", ray},
      {"explain", explain}
  };
  return json::to_text(object) + "\n";
}

http::Reply page(const Services& services, const Exchange& x, const PageText& text) {
  const std::string ray(ray_field(services, x));
  const std::string explain = explain_url(services, x);
  const bool json = wants_json(x.request.headers);
  http::Reply reply = http::text_reply(
      text.status.status,
      json ? "application/json" : "text/html; charset=utf-8",
      json ? json_text(text, ray, explain) : html(text, ray, explain)
  );
  reply.response.headers.add(http::Name::cache_control, "no-store");
  return reply;
}

std::string zone_names(const Exchange& x) {
  std::string names = x.snapshot->zones.names();
  return names.empty() ? "none" : names;
}

PageText refused_call_text(policy::Reason why) {
  return {
      .status = {429, 429},
      .title = "The Worker may not make this call any more",
      .blame = "the Worker of this site",
      .detail = observe::sentence(why, "")
  };
}

PageText refusal_text(const Exchange& x, Refusal refusal) {
  switch (refusal) {
    case Refusal::unknown_host:
      return {
          .status = {530, 530},
          .title = "No site with this name is served here",
          .blame = "the request",
          .detail = "The host \"" + std::string(x.request.host()) +
                    "\" belongs to no zone. Zones here: " + zone_names(x) + "."
      };
    case Refusal::loop:
      return {
          .status = {500, 1019},
          .title = std::string(title_of(1019)),
          .blame = "the configuration of this site",
          .detail =
              "This request has passed through this edge too often: an origin or a Worker "
              "leads back to it."
      };
    case Refusal::method:
      return {
          .status = {405, 405},
          .title = "This method is not served here",
          .blame = "the request",
          .detail = "TRACE would show what the edge adds to a request."
      };
    case Refusal::misdirected:
      return {
          .status = {421, 421},
          .title = "The request came over the wrong kind of connection",
          .blame = "the request",
          .detail = "Its target names another scheme than the connection it came on."
      };
    case Refusal::too_many_calls:
      return refused_call_text(policy::Reason::too_many_calls);
    case Refusal::request_over:
      return refused_call_text(policy::Reason::request_over);
    case Refusal::own_domain:
      return {
          .status = {522, 522},
          .title = "No origin stands behind this Worker",
          .blame = "the Worker of this site",
          .detail =
              "Worker " + std::string(x.upstream.script) + " fetched " +
              std::string(x.request.host()) +
              ", whose origin it is itself. Nothing is behind a custom domain, workers.dev or "
              "<script>.localhost."
      };
    case Refusal::workers_dev:
      return {
          .status = {404, 1042},
          .title = "A Worker on workers.dev fetched one on workers.dev",
          .blame = "the Worker of this site",
          .detail =
              "workers.dev is one zone, and fetch() skips the Workers of its own zone. Reach " +
              std::string(x.request.host()) + " by a service binding."
      };
  }
  unreachable("every refusal has a page");
}

// What went wrong with the request itself, while it was on the way.
ErrorStatus status_of_request(ErrorCode code) {
  switch (code) {
    case ErrorCode::timed_out:
      return {408, 408};
    case ErrorCode::too_large:
      return {413, 413};
    case ErrorCode::disconnected:
      return {499, 499};  // for the log alone
    case ErrorCode::not_found:
      return {504, 504};  // only-if-cached (RFC 9111 §5.2.1.7)
    default:
      return {400, 400};
  }
}

}  // namespace

ErrorStatus status_of(const Error& error) {
  if (error.side == Side::client) return status_of_request(error.code);
  switch (error.code) {
    case ErrorCode::refused:
      return {521, 521};
    case ErrorCode::connect_timed_out:
      return {522, 522};
    case ErrorCode::timed_out:
      return {524, 524};
    case ErrorCode::tls_failed:
      return {525, 525};
    case ErrorCode::untrusted:
      return {526, 526};
    case ErrorCode::unresolved:
      return {530, 1016};
    case ErrorCode::permission_denied:
      return {403, 1003};
    case ErrorCode::worker_exception:
      return {500, 1101};
    case ErrorCode::worker_unavailable:
      return {503, 1102};
    case ErrorCode::exhausted:
      return {503, 503};
    case ErrorCode::malformed:
    case ErrorCode::disconnected:
    case ErrorCode::truncated:
    case ErrorCode::too_large:
      return {520, 520};
    default:
      return {500, 500};
  }
}

http::Reply error_reply(const Services& services, const Exchange& x, const Error& error) {
  const ErrorStatus status = status_of(error);
  return page(
      services,
      x,
      {.status = status,
       .title = std::string(title_of(status.code)),
       .blame = std::string(blame_of(error.side)),
       .detail = error.detail}
  );
}

std::string refusal_detail(const Exchange& x, Refusal refusal) {
  return refusal_text(x, refusal).detail;
}

http::Reply refusal_reply(const Services& services, const Exchange& x, Refusal refusal) {
  http::Reply reply = page(services, x, refusal_text(x, refusal));
  if (refusal == Refusal::method)  // RFC 9110 §15.5.6
    reply.response.headers.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  return reply;
}

std::string gateway_error_detail(http::Status status) {
  return "The origin answered " + std::to_string(status) +
         ". Its own page is shown where origin_error_page_pass_thru is on: a setting, and a "
         "parameter of Cache Rules and Page Rules, from the plan enterprise on.";
}

http::Reply gateway_error_reply(const Services& services, const Exchange& x, http::Status status) {
  return page(
      services,
      x,
      {.status = {status, static_cast<std::uint16_t>(status)},
       .title = "The origin says that it got no answer",
       .blame = std::string(blame_of(Side::origin)),
       .detail = gateway_error_detail(status)}
  );
}

}  // namespace festina::edge
