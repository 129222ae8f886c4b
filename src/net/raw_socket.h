// Raw socket: what the system does at once with a connected socket, and tells of it. Nothing here ever waits.
#pragma once

#include <chrono>
#include <optional>

#include "base/errors.h"
#include "net/pieces.h"
#include "net/tls_session.h"

namespace festina::net {

// Sends what the socket takes in one system call; where it takes nothing now, the step says to wait until it does.
// Errors: disconnected (side).
Result<IoStep> send_at_once(int socket, const Pieces&, Side);

// Has the peer closed, or sent bytes that nobody has read?
bool is_readable_or_closed(int socket);
// Has the peer ended its sending direction, or the connection, whatever bytes are still to be read?
bool has_peer_left(int socket);
// TCP's own measure; nothing for a Unix socket, or before there is one.
std::optional<std::chrono::microseconds> round_trip(int socket);

// Small writes go out at once, instead of waiting for more. A Unix socket does so anyway.
void send_without_delay(int socket);
// Its end will be a reset, which the peer can not take for an orderly one.
void end_abruptly_at_close(int socket);

}  // namespace festina::net
