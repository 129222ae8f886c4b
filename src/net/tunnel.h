// Tunnel: what a connection becomes when the protocol on it was switched (RFC 9110 §7.8): bytes both ways, unseen.
#pragma once

#include <chrono>
#include <memory>

#include "http/handler.h"
#include "net/read_buffer.h"
#include "net/stream.h"

namespace festina::net {

// A tunnel on which nothing moves either way is ended after so long. WebSockets are kept open by their pings.
inline constexpr std::chrono::seconds kTunnelIdle{100};

// One end of a tunnel: a stream, and what was read of it before it became one.
class TunnelEnd final : public http::Duplex {
 public:
  // `keeps` lives as long as this end.
  TunnelEnd(
      Stream stream, ReadBuffer early, std::chrono::milliseconds idle,
      std::shared_ptr<void> keeps = nullptr
  );

  Awaitable<Result<Bytes>> read() override;
  Awaitable<Result<>> write(Bytes) override;
  void end_sending() override;
  void close() override;

 private:
  std::shared_ptr<void> keeps_;
  Stream stream_;
  ReadBuffer buffer_;
  std::chrono::milliseconds idle_;  // for reading and writing together
};

// Carries bytes both ways, each at the pace of who takes them, until both ends have ended or one has failed. The way
// back is a task of the group.
Awaitable<> carry_both_ways(
    TaskGroup& group, std::unique_ptr<http::Duplex> client, std::unique_ptr<http::Duplex> upstream
);

}  // namespace festina::net
