// Edge flags: the compatibility flags that workerd only knows by name, and leaves to whoever is around it (workerd.md §3.2).
//
// Of that table's other rows: http and https to foreign hosts are always taken as written (no_cots_on_external_fetch), no
// default request fields are added to what a script asks for (minimal_subrequests), and auto_grpc_convert does nothing.
#pragma once

#include "policy/visit.h"
#include "workers/compat_flags.h"

namespace festina::workers {

policy::EdgeFlags edge_flags(
    const CompatTable&, std::string_view date, const std::vector<std::string>& flags
);

// What is left of them for a Snippet: it loses to rules whatever its date and flags, and enters its zone behind itself
// (reference §9.5).
policy::EdgeFlags flags_of_snippet(policy::EdgeFlags);
// What a script asks for says so when the script is a Snippet.
void name_snippet(policy::WorkerOptions&, const policy::EdgeFlags&);

}  // namespace festina::workers
