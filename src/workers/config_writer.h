// Config writer: deployed Workers → workerd's configuration, binary Cap'n Proto for its standard input
// (worker-wire.md §1). There no secret is on a disk and nothing needs escaping.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workers/modules.h"
#include "zone/script.h"

namespace festina::workers {

struct ScriptPlan {
  std::string script;
  std::string version;
  std::string compatibility_date;
  std::vector<std::string> compatibility_flags;  // as given to workerd: see flags_for()
  std::vector<zone::Variable> variables;
  std::vector<zone::ServiceBinding> services;  // to scripts of the same process
  Syntax syntax = Syntax::modules;
  std::vector<Module> modules;         // main first; of a service worker: the script
  std::vector<Module> constants = {};  // bindings to a content
};

struct ProcessPlan {
  std::vector<ScriptPlan> scripts;
  std::vector<Module> extension = {};  // internal modules, for service workers
  std::vector<std::string> colos;      // one service and one socket of each script each
  std::string out_socket;              // paths of the host's sockets
  std::string cache_socket;
  std::uint64_t heap_bytes = 0;  // of each service: reaching it ends the process
};

// Of a script, whose modules are `wrapped` in ours.
ScriptPlan plan_of(const zone::Script&, const Bundle&, std::vector<Module> wrapped);

// The name of a script's service in a colo, and of its socket: "api/FRA".
std::string service_name(std::string_view script, std::string_view colo);

// The script's flags and what the runtime module needs beside them (worker-wire.md §1).
std::vector<std::string> flags_for(std::vector<std::string> script_flags, Syntax);

// The identity that a process sends with every request: "script@version/colo".
std::string identity_text(std::string_view script, std::string_view version, std::string_view colo);

std::string workerd_config(const ProcessPlan&);

}  // namespace festina::workers
