#include "base/errors.h"

#include <cstdio>
#include <cstdlib>
#include <ostream>

namespace festina {
namespace {

[[noreturn]] void die(
    std::string_view what, std::string_view why, const char* file, unsigned line
) {
  std::fprintf(
      stderr,
      "%.*s: %.*s (%s:%u)\n",
      static_cast<int>(what.size()),
      what.data(),
      static_cast<int>(why.size()),
      why.data(),
      file,
      line
  );
  std::abort();
}

std::string text_of(const Error& error) {
  return std::string(name(error.side)) + " " + std::string(name(error.code)) + ": " + error.detail;
}

}  // namespace

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  die("value() of an error", text_of(error), where.file_name(), where.line());
}

std::string_view name(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
      return "malformed";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::permission_denied:
      return "permission_denied";
    case ErrorCode::unresolved:
      return "unresolved";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::connect_timed_out:
      return "connect_timed_out";
    case ErrorCode::tls_failed:
      return "tls_failed";
    case ErrorCode::untrusted:
      return "untrusted";
    case ErrorCode::timed_out:
      return "timed_out";
    case ErrorCode::disconnected:
      return "disconnected";
    case ErrorCode::truncated:
      return "truncated";
    case ErrorCode::exhausted:
      return "exhausted";
    case ErrorCode::io:
      return "io";
    case ErrorCode::worker_exception:
      return "worker_exception";
    case ErrorCode::worker_unavailable:
      return "worker_unavailable";
  }
  unreachable("every error code has a name");
}

std::string_view name(Side side) {
  switch (side) {
    case Side::client:
      return "client";
    case Side::origin:
      return "origin";
    case Side::worker:
      return "worker";
    case Side::self:
      return "self";
  }
  unreachable("every side has a name");
}

std::ostream& operator<<(std::ostream& out, const Error& error) { return out << text_of(error); }

Error with_detail(Error error, std::string_view context) {
  error.detail =
      error.detail.empty() ? std::string(context) : std::string(context) + ": " + error.detail;
  return error;
}

void unreachable(std::string_view why, std::source_location where) {
  die("broken invariant", why, where.file_name(), where.line());
}

}  // namespace festina
