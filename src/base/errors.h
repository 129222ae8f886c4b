// Result and Error: how a failure that somebody else can cause is said (style.md §4).
//
// An Error names what went wrong, whose fault it is, and the detail for a human. It knows no HTTP
// status: the edge maps codes to statuses in one table. A broken invariant of our own ends the
// process through check().
#pragma once

#include <boost/system/result.hpp>
#include <iosfwd>
#include <source_location>
#include <string>
#include <string_view>

namespace festina {

enum class ErrorCode {
  malformed,          // bytes or text that break their grammar
  too_large,          // a named limit was exceeded
  unsupported,        // well formed, but not something we do
  not_found,          // a file, name or record that should exist does not
  conflict,           // two things that exclude each other
  permission_denied,  // the system or a policy refuses
  unresolved,         // a name has no address
  refused,            // nobody listens there
  connect_timed_out,  // no connection within the limit
  tls_failed,         // connected, but no TLS could be agreed on
  untrusted,          // its certificate does not prove that it is who it should be
  timed_out,          // connected, but no answer within the limit
  disconnected,       // the peer closed before any byte of an answer
  truncated,          // the peer closed in the middle of a message
  exhausted,          // a pool or quota has nothing left
  io,                 // the disk or the system failed
  worker_exception,   // customer code threw
  worker_unavailable  // the Worker's process does not answer
};

enum class Side { client, origin, worker, self };

struct Error {
  ErrorCode code;
  Side side;
  std::string detail;

  bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = boost::system::result<T, Error>;

// Called by Result::value() on an error: a value() that fails is a broken invariant of ours.
[[noreturn]] void throw_exception_from_error(const Error&, const boost::source_location&);

std::string_view name(ErrorCode);
std::string_view name(Side);

// "origin refused: connection refused"; test failures show errors and results so.
std::ostream& operator<<(std::ostream&, const Error&);

// The same error with what the caller knows in front: "origin example: connection refused".
Error with_detail(Error, std::string_view context);

// Ends the process, in every build, and tells the reason and the place.
[[noreturn]] void unreachable(
    std::string_view why, std::source_location where = std::source_location::current()
);

// Ends the process when an invariant of our own does not hold, in every build.
inline void check(
    bool ok, std::string_view why_it_must_hold,
    std::source_location where = std::source_location::current()
) {
  if (!ok) [[unlikely]]
    unreachable(why_it_must_hold, where);
}

}  // namespace festina
