#include "workers/edge_flags.h"

namespace festina::workers {

policy::EdgeFlags edge_flags(
    const CompatTable& table, std::string_view date, const std::vector<std::string>& flags
) {
  const auto on = [&](std::string_view flag) { return is_on(table, flag, date, flags); };
  return {
      .cf_overrides_rules = on("request_cf_overrides_cache_rules"),
      .takes_ports = on("allow_custom_ports"),
      .takes_brotli = on("brotli_content_encoding"),
      .is_strictly_public = on("global_fetch_strictly_public"),
      .cache_api_overrides_rules =
          on("cache_api_compat_flags") && on("cache_api_request_cf_overrides_cache_rules"),
  };
}

policy::EdgeFlags flags_of_snippet(policy::EdgeFlags flags) {
  flags.cf_overrides_rules = false;
  flags.cache_api_overrides_rules = false;
  flags.is_strictly_public = false;
  flags.is_snippet = true;
  return flags;
}

void name_snippet(policy::WorkerOptions& options, const policy::EdgeFlags& flags) {
  options.is_of_snippet = flags.is_snippet;
  if (flags.is_snippet) options.script += " (a Snippet)";
}

}  // namespace festina::workers
