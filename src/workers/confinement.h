// Confinement: what a child program is denied beside our environment and descriptors: the network, further privileges,
// core files, files at all, memory without end.
//
// workerd reaches only what its configuration names. Should a script break out of it, there is nothing to be reached:
// its process has a network of its own without an interface that is up. Unix sockets with a path work from there.
#pragma once

#include <cstdint>

namespace festina::workers {

enum class Network : std::uint8_t { ours, none };

struct Confinement {
  Network network = Network::ours;
  std::uint64_t data_bytes = 0;  // of private memory, touched or not; 0: no limit
};

// The emptiest network that this system lets us give to a child. Tried once, with a child; a refusal is logged.
Network emptiest_network();

// Confines the calling process. Between fork and exec: async-signal-safe.
// Gives the error number when the system refuses, 0 when it is done.
int confine(const Confinement&);

}  // namespace festina::workers
