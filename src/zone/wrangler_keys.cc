#include "zone/wrangler_keys.h"

#include <algorithm>
#include <iterator>

namespace festina::zone {
namespace {

using enum KeyUse;
using enum KeyScope;

// clang-format off
constexpr WranglerKey kKeys[] = {
    {"name", read, inherited, "Name of the Worker: at most 63 lower-case letters, digits, `-` and `_`. An environment that does not name itself is called `<name>-<environment>`."},
    {"main", read, inherited, "The main module, relative to this file."},
    {"compatibility_date", read, inherited, "`YYYY-MM-DD`. Checked against what the installed `workerd` knows."},
    {"compatibility_flags", read, inherited, "Checked likewise."},

    {"route", read, inherited, "One route. Not beside `routes`."},
    {"routes", read, inherited, "Patterns, or tables with a `pattern`. See [Hosts](#hosts)."},
    {"routes.pattern", read, inherited, "Host and path, with `*` at the front of the host and the end of the path. Of a custom domain: a host alone."},
    {"routes.zone_name", read, inherited, "The zone the route must be in. Without it: the zone of the pattern's host."},
    {"routes.zone_id", read, inherited, "Likewise, by id. Not beside `zone_name`."},
    {"routes.custom_domain", read, inherited, "`true`: the Worker is the origin of this host, whatever the path. The host's zone must be one of `festina.toml`."},
    {"routes.enabled", read, inherited, "Of a custom domain. `false`: the host is not served by the Worker."},
    {"routes.previews_enabled", ignored, inherited, "There are no preview URLs here."},
    {"workers_dev", read, inherited, "Is the Worker served as `<name>.<subdomain>.workers.dev`? Without it: when it has no routes."},

    {"vars", read, own, "Constants in `env`: strings stay strings, all else is JSON."},
    {"secrets", read, own, "Which secrets the Worker needs. See [Secrets](#secrets)."},
    {"secrets.required", read, own, "Their names. One that is missing is a fault."},
    {"services", read, own, "Bindings to Workers of the same `festina.toml`."},
    {"services.binding", read, own, "Name in `env`."},
    {"services.service", read, own, "Name of the other Worker, or of this one."},
    {"services.entrypoint", read, own, "One of its named entrypoints. Without it: the default export."},
    {"services.props", read, own, "What the entrypoint sees as `ctx.props`."},
    {"services.remote", ignored, own, "The binding is always to the Worker here."},
    {"services.environment", ignored, own, "From older files. An environment's Worker has a name of its own: `<name>-<environment>`."},
    {"version_metadata", read, own, "A binding that tells the running version: `id` as in logs, an empty `tag`, and as `timestamp` when its files were read."},
    {"version_metadata.binding", read, own, "Name in `env`."},
    {"text_blobs", read, top, "Files as strings, of service-worker scripts: `{ NAME = \"file\" }`."},
    {"data_blobs", read, top, "Files as `ArrayBuffer`, likewise."},
    {"wasm_modules", read, top, "Files as `WebAssembly.Module`, likewise."},

    {"rules", read, inherited, "Which imported files are modules of which type, in front of wrangler's own rules."},
    {"rules.type", read, inherited, "`ESModule`, `CommonJS`, `CompiledWasm`, `Text`, `Data`, `PythonModule`, `PythonRequirement`."},
    {"rules.globs", read, inherited, "Patterns of paths: `**/*.md`."},
    {"rules.fallthrough", read, inherited, "`true`: later rules of the type count too."},
    {"no_bundle", read, inherited, "`true`: the files are taken as they are."},
    {"find_additional_modules", read, inherited, "`true`: files below `base_dir` that match `rules` are modules, imported or not. Without it: when `no_bundle` is on."},
    {"base_dir", read, inherited, "Where they are. Without it: the directory of `main`."},
    {"preserve_file_names", read, inherited, "`true`: such files keep their names."},
    {"define", read, own, "Names and the JavaScript expressions that are put in their place."},
    {"alias", read, top, "Names of modules and the modules that are taken in their place."},
    {"tsconfig", read, inherited, "Another `tsconfig.json` than the one esbuild finds."},
    {"jsx_factory", read, inherited, "Default `React.createElement`."},
    {"jsx_fragment", read, inherited, "Default `React.Fragment`."},
    {"minify", read, inherited, "`true`: the bundle is minified."},
    {"keep_names", read, inherited, "`false`: functions may lose their `name`."},

    {"limits", read, inherited, "What one request may use."},
    {"limits.cpu_ms", read, inherited, "Milliseconds of processor time, 1 to 300000."},
    {"limits.subrequests", read, inherited, "How many calls it may make, 1 to 10000000: `fetch()` and the Cache API together. No more than `[workers] limits` allows."},
    {"env", read, top, "Environments by name. `environment` in `festina.toml` chooses one; the others are not looked at."},

    {"$schema", ignored, top, "For editors."},
    {"account_id", ignored, inherited, "The account is the node's."},
    {"build", ignored, inherited, "Festina runs no commands of this file: build first."},
    {"cloudchamber", ignored, own, "Concerns deploying only."},
    {"compliance_region", ignored, inherited, "Everything runs on this node."},
    {"dependencies_instrumentation", ignored, top, "Concerns wrangler's reports only."},
    {"dev", ignored, top, "Listeners are in `festina.toml`."},
    {"first_party_worker", ignored, inherited, "Concerns deploying only."},
    {"keep_vars", ignored, top, "Variables come from this file."},
    {"legacy_env", ignored, top, "From older files: every environment is a Worker of its own."},
    {"logpush", ignored, inherited, "Logs are the node's ([events](events.md))."},
    {"observability", ignored, inherited, "Likewise."},
    {"placement", ignored, inherited, "The Worker runs in every colo of the node."},
    {"preview_urls", ignored, inherited, "There are no preview URLs here."},
    {"previews", ignored, inherited, "Likewise."},
    {"send_metrics", ignored, top, "Nothing is sent."},
    {"upload_source_maps", ignored, inherited, "Nothing is uploaded."},
    {"usage_model", ignored, inherited, "From older files. `limits` counts."},
    {"zone_id", ignored, inherited, "From older files. The zone follows from the route."},

    {"access", refused, inherited, "Access in front of the Worker. Without it the Worker would be open to everybody."},
    {"addresses", refused, top, "E-mail to the Worker."},
    {"agent_memory", refused, own, "Agent Memory."},
    {"ai", refused, own, "Workers AI."},
    {"ai_search", refused, own, "AI Search."},
    {"ai_search_namespaces", refused, own, "AI Search."},
    {"analytics", refused, own, "Analytics SQL."},
    {"analytics_engine_datasets", refused, own, "Analytics Engine."},
    {"artifacts", refused, own, "Artifacts."},
    {"assets", refused, inherited, "Static assets beside the Worker."},
    {"browser", refused, own, "Browser Rendering."},
    {"cache", refused, inherited, "Workers Caching: a cache in front of the Worker."},
    {"connect", refused, own, "Raw sockets to the Worker."},
    {"containers", refused, own, "Containers."},
    {"d1_databases", refused, own, "D1."},
    {"dispatch_namespaces", refused, own, "Workers for Platforms."},
    {"durable_objects", refused, own, "Durable Objects."},
    {"exports", refused, inherited, "Classes that need a binding of their own."},
    {"flagship", refused, own, "Feature flags."},
    {"hyperdrive", refused, own, "Hyperdrive."},
    {"images", refused, own, "Images."},
    {"k2", refused, own, "K2 streams."},
    {"kv_namespaces", refused, own, "KV."},
    {"logfwdr", refused, inherited, "Log forwarding."},
    {"media", refused, own, "Media Transformations."},
    {"migrations", refused, inherited, "Durable Objects."},
    {"mtls_certificates", refused, own, "Client certificates of `fetch()`."},
    {"node_compat", refused, inherited, "Removed by wrangler: the compatibility flag `nodejs_compat` takes its place."},
    {"pages_build_output_dir", refused, top, "Pages projects."},
    {"pipelines", refused, own, "Pipelines."},
    {"python_modules", refused, inherited, "Python Workers."},
    {"queues", refused, own, "Queues."},
    {"r2_buckets", refused, own, "R2."},
    {"ratelimits", refused, own, "Rate limits."},
    {"secrets_store_secrets", refused, own, "Secrets Store."},
    {"send_email", refused, own, "E-mail from the Worker."},
    {"site", refused, top, "Workers Sites."},
    {"stream", refused, own, "Stream."},
    {"streaming_tail_consumers", refused, own, "Tail Workers."},
    {"tail_consumers", refused, own, "Tail Workers."},
    {"triggers", refused, inherited, "Cron."},
    {"unsafe", refused, own, "Bindings wrangler does not check."},
    {"unsafe_hello_world", refused, own, "An example of wrangler's."},
    {"vectorize", refused, own, "Vectorize."},
    {"vpc_networks", refused, own, "Private networks."},
    {"vpc_services", refused, own, "Private networks."},
    {"worker_loaders", refused, own, "Workers that load Workers."},
    {"workflows", refused, own, "Workflows."},
};

constexpr std::string_view kOpening =
    "# `wrangler.toml`, `wrangler.json`, `wrangler.jsonc`\n\n"
    "<!-- Made from the table in src/zone/wrangler_keys.cc by `make docs`. Edit it there. -->\n\n"
    "A Worker is described as wrangler describes it. `[[scripts]] wrangler` in [`festina.toml`](configuration.md) names the file, or its directory: there `wrangler.json` is\n"
    "taken before `wrangler.jsonc` before `wrangler.toml`. Comments and trailing commas are welcome in both kinds of JSON. Faults are told with line and column in all three.\n\n"
    "Keys that concern only what wrangler does elsewhere are *ignored*. Keys that promise the Worker something Festina does not have are *refused*, unless they say nothing\n"
    "(`[]`, `{ crons = [] }`). Keys wrangler does not know either are faults, with a \"did you mean\".\n";

constexpr std::string_view kHosts =
    "\n## Hosts\n\n"
    "| Where | Which requests | What is behind it |\n|---|---|---|\n"
    "| a route | that match the pattern; the most specific one decides | the origin of the host |\n"
    "| a custom domain | all of the host that no route takes | nothing: the Worker is the origin |\n"
    "| `<name>.<subdomain>.workers.dev` | all, with any `<subdomain>`, when `workers_dev` is on | nothing |\n"
    "| `<name>.localhost` | all, unless a zone of `festina.toml` serves the name | nothing |\n\n"
    "The last two need no zone: each is a zone of its own, with its own cache, its own id and its own purges.\n\n"
    "`fetch()` to a host of the Worker's own zone skips routes and goes to what is behind them: the origin, or the Worker of a custom domain. Where that is the calling Worker\n"
    "itself, nothing is behind it, and it gets 522. A Worker on `workers.dev` that fetches another Worker there, or itself, gets 404 with code 1042; a service binding reaches it.\n"
    "On any other zone's host, that zone's own routes run. With `snippet = true` in `festina.toml` the routes are those of a [Snippet](scripts.md#snippets), in front of all this.\n\n"
    "A Worker without routes, custom domains and `workers_dev` is a warning, unless another Worker binds it: only `<name>.localhost` reaches it.\n";

constexpr std::string_view kSecrets =
    "\n## Secrets\n\n"
    "`.dev.vars` beside the file holds secrets, one `NAME=value` a line; for an environment `.dev.vars.<environment>` is taken in its place where it exists. Values may stand in\n"
    "single, double or back quotes and then run over several lines; in double quotes `\\n` is a line break. `#` begins a comment, `export` in front of a name does not count. A secret\n"
    "replaces the variable of its name. With `secrets.required`, only those names (and those of `vars`) are taken, and what the file lacks comes from the environment of the\n"
    "process. Values are neither printed nor logged. `.env` is not read.\n";

constexpr std::string_view kEnvironments =
    "\n## Environments\n\n"
    "`environment = \"staging\"` beside `wrangler` takes `env.staging`. Of what it does not say itself, it inherits what the tables below call *inherited*; all else it must say\n"
    "for itself. Several `[[scripts]]` may take several environments of one file.\n";

struct Section {
  KeyUse use;
  std::string_view heading;
};
constexpr Section kSections[] = {
    {read, "Keys that are read"}, {ignored, "Keys that are ignored"}, {refused, "Keys that are refused"}
};
// clang-format on

std::string_view name_of(KeyScope scope) {
  if (scope == inherited) return "inherited";
  return scope == own ? "of each environment" : "top of the file";
}

std::string section_text(const Section& section) {
  std::string text = "\n## " + std::string(section.heading) + "\n\n";
  text += section.use == refused ? "| Key | Environments | What is missing |\n"
                                 : "| Key | Environments | Means |\n";
  text += "|---|---|---|\n";
  for (const WranglerKey& key : kKeys) {
    if (key.use != section.use) continue;
    text += "| `" + std::string(key.key) + "` | " + std::string(name_of(key.scope)) + " | " +
            std::string(key.meaning) + " |\n";
  }
  return text;
}

}  // namespace

std::span<const WranglerKey> wrangler_keys() { return kKeys; }

const WranglerKey* find_wrangler_key(std::string_view key) {
  const auto* const found = std::ranges::find(kKeys, key, &WranglerKey::key);
  return found == std::end(kKeys) ? nullptr : found;
}

std::string wrangler_page() {
  std::string page(kOpening);
  page.append(kHosts).append(kSecrets).append(kEnvironments);
  for (const Section& section : kSections) page += section_text(section);
  return page;
}

}  // namespace festina::zone
