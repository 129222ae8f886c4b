#include "http/message.h"

#include <algorithm>
#include <iterator>

namespace festina::http {
namespace {

constexpr std::string_view kMethods[] = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PURGE"
};
static_assert(std::size(kMethods) == static_cast<std::size_t>(Method::other));

struct Phrase {
  Status status;
  std::string_view text;
};
// In ascending order; 520 and above are the edge's own.
constexpr Phrase kPhrases[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {102, "Processing"},
    {103, "Early Hints"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {418, "I'm a teapot"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
    {511, "Network Authentication Required"},
    {520, "Unknown Origin Error"},
    {521, "Origin Is Down"},
    {522, "Connection Timed Out"},
    {523, "Origin Is Unreachable"},
    {524, "A Timeout Occurred"},
    {525, "TLS Handshake Failed"},
    {526, "Invalid Origin Certificate"},
    {530, "Unknown Host"},
};
static_assert(std::is_sorted(std::begin(kPhrases), std::end(kPhrases), [](auto a, auto b) {
  return a.status < b.status;
}));

}  // namespace

Method method_of(std::string_view text) {
  for (std::size_t i = 0; i < std::size(kMethods); ++i) {
    if (kMethods[i] == text) return static_cast<Method>(i);
  }
  return Method::other;
}

bool is_safe(Method method) {
  return method == Method::get || method == Method::head || method == Method::options ||
         method == Method::trace;
}

bool is_idempotent(Method method) {
  return is_safe(method) || method == Method::put || method == Method::del;
}

std::string_view reason_phrase(Status status) {
  const auto* found = std::lower_bound(
      std::begin(kPhrases),
      std::end(kPhrases),
      status,
      [](const Phrase& phrase, Status wanted) { return phrase.status < wanted; }
  );
  return found != std::end(kPhrases) && found->status == status ? found->text : "Unknown";
}

bool has_no_body(Method method, Status status) {
  return method == Method::head || (status >= 100 && status < 200) || status == 204 ||
         status == 304 || (method == Method::connect && status >= 200 && status < 300);
}

}  // namespace festina::http
