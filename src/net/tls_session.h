// TlsSession: one TLS connection on a descriptor. It never waits: each step says what it did, or what to wait for.
//
// The only doors to OpenSSL's TLS are this unit and `tls`, which makes the sessions. A session seals and opens bytes on
// the descriptor it is attached to; reading, writing and waiting are the business of `stream`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/errors.h"

struct ssl_st;  // OpenSSL's SSL

namespace festina::net {

// A record holds no more (RFC 8446 §5.1), so a larger write is as many records.
inline constexpr std::size_t kMaxRecord = 16'384;

// What must become true of the descriptor before a step can go on.
enum class Wait : std::uint8_t { none, readable, writable };

struct IoStep {
  std::size_t bytes = 0;
  Wait wait = Wait::none;
};

class TlsSession {
 public:
  struct Free {
    void operator()(ssl_st*) const;
  };
  using Handle = std::unique_ptr<ssl_st, Free>;

  // `side`: who is at the other end. `owner` is what the handle refers to.
  TlsSession(Handle handle, Side side, std::shared_ptr<const void> owner);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Calls: attach, handshake+, (read | write)*, end_sending. After an error only destruction.

  // The descriptor outlives the session; `early` are bytes that were read off it already.
  void attach(int descriptor, std::string_view early);
  // Done when it says to wait for nothing. Errors: tls_failed, untrusted (side).
  Result<IoStep> handshake();
  // No byte and nothing to wait for: the peer said that it ends (close_notify). Without that an end is an error: what
  // lasts until the connection ends would be cut unnoticed (RFC 8446 §6.1). Errors: disconnected (side).
  Result<IoStep> read(std::span<char>);
  // One record. When it says to wait, the next write begins with the same bytes. Errors: disconnected (side).
  Result<IoStep> write(std::string_view);
  // Tells the peer that no more comes, if the descriptor takes it at once.
  void end_sending();
  // Has the peer ended, or sent bytes nobody asked for? Tickets are taken in.
  bool is_readable_or_closed();

  // As OpenSSL spells them; they live as long as the process.
  std::string_view version() const;
  std::string_view cipher() const;

 private:
  struct Transport;
  Result<IoStep> outcome(int result, std::size_t bytes);
  Error failure_of_handshake(const Error&) const;

  std::shared_ptr<const void> owner_;
  std::unique_ptr<Transport> transport_;
  Handle ssl_;
  Side side_;
  bool failed_ = false;  // nothing more may be said on it
};

}  // namespace festina::net
