// What the scripts of one configuration are to each other and to its zones: names are one script's alone, service bindings
// lead to scripts there are, and each script has zones made for it where no zone of the file serves it.
#pragma once

#include <vector>

#include "zone/table.h"
#include "zone/wrangler.h"
#include "zone/zone_config.h"

namespace festina::zone {

// Problems of `root`: two scripts with one name, a service binding to a script there is not, or to a Snippet.
void check_scripts(const std::vector<Wrangler>&, const Table& root);

// The zones made for the scripts: "<script>.localhost", unless a zone serves that host, and "<script>.*.workers.dev" for
// those that are served there. The script is their origin; their cache is their own. A Snippet has none: nothing would
// stand behind it.
std::vector<Zone> zones_made_for(
    const std::vector<Wrangler>&, const std::vector<ZoneConfig>& zones
);

// Nothing but <script>.localhost leads to this script: no route, no custom domain, not workers.dev, no binding of
// another one.
bool is_out_of_reach(const Script&, const std::vector<Script>& all);

}  // namespace festina::zone
