#include "zone/config_keys.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/errors.h"
#include "base/text.h"
#include "policy/compat.h"

namespace festina::zone {
namespace {

constexpr std::string_view kFirst = "0.1";
constexpr std::string_view kNotYet;

// clang-format off
constexpr ConfigKey kKeys[] = {
    {"control", "listen", "URL", R"("http://127.0.0.1:8788")", "Address of the [control API](api.md). Port 0: any. One that other machines reach needs `https://`, or `insecure = true`.", kFirst},
    {"control", "tls", "table, or list of tables", "", "[Certificates](#tls) of an `https://` address.", kFirst},
    {"control", "insecure", "boolean", "false", "`true`: other machines may reach the API over plain `http://`, token and all.", kFirst},
    {"control", "token", "string", R"("${FESTINA_API_TOKEN}")", "What callers of the API must present. `${NAME}` is that environment variable. When the default's is not set, a token is made once and kept in the state directory.", kFirst},
    {"control", "account_id", "string", "", "The API's account, 32 hex digits. Without it: made once and kept in the state directory.", kFirst},

    {"state", "dir", "path", R"(".festina")", "Change log, token, sockets of Workers. Locked against a second process.", kFirst},

    {"log", "level", "string", R"("info")", "The lowest level shown: `debug`, `info`, `warn`, `error`. What is logged: [events](events.md).", kFirst},
    {"log", "access", "path", R"("")", "File for one JSON record per request ([fields](metrics.md#the-access-log)). Empty: none.", kFirst},

    {"cache", "memory", "size", R"("256MiB")", "Budget of each colo. One response may take half of it.", kFirst},
    {"cache", "disk", "size", R"("0")", "Budget of each colo's disk tier.", kNotYet},

    {"workers", "runtime", "string", R"("workerd")", "The program that runs Workers: a path, or a name that is looked for in the installation, in `PATH`, in `node_modules` of the working directory and above, and beside `festina`.", kFirst},
    {"workers", "private_network", "string", R"("deny")", "May Workers fetch private addresses that are no zone's origin? `deny`, `allow`.", kFirst},
    {"workers", "max_memory", "size", R"("512MiB")", "How large a process of Workers may be, from `128MiB` on. One that has become larger is replaced; one that grows on, or has no moment for an answer, is killed, and its requests get error 1102.", kFirst},
    {"workers", "answer_timeout", "time", R"("100s")", "How long a Worker may be without a byte of its answer, `100ms` to `6000s`; then error 1102.", kFirst},
    {"workers", "limits", "string", R"("paid")", "What a Worker may call for one request, `fetch()` and the Cache API together: `free` allows 50, `paid` 1000.", kFirst},
    {"workers", "era", "string", R"("2026")", "Which year's checks an upload meets. `2025`: a compatibility flag that its date implies is an error, as by the switch `redundant_flags` of a zone that the script serves.", kFirst},
    {"workers", "cron_colo", "string", "", "The colo that runs scheduled events. Without it: the first.", kNotYet},

    {"network", "trusted_proxies", "list of strings", "[]", "Addresses and ranges (`\"10.0.0.0/8\"`, `\"2001:db8::/32\"`) of proxies in front of this node. Only their `X-Forwarded-For`, `X-Forwarded-Proto` and PROXY protocol are believed.", kFirst},
    {"network", "geoip", "path", R"("")", "MMDB file (GeoLite2, GeoIP2, DB-IP and the like) that tells the country of a client, and what else `request.cf` says of its place and network. Empty: every client is in its colo's country.", kFirst},

    {"testing", "clock", "boolean", "false", "`true`: `POST /festina/v1/clock` moves time, for the cache and for `Date` in Workers.", kFirst},

    {"colos", "name", "string", "", "**Required.** Three capital letters; what `CF-Ray` ends in.", kFirst},
    {"colos", "country", "string", R"("")", "Two capital letters: the country of clients, where `geoip` does not know better. Empty: unknown.", kFirst},
    {"colos", "listen", "list of URLs", R"(["http://127.0.0.1:8787"])", "Addresses of this machine, `http://` or `https://`. Port 0: any.", kFirst},
    {"colos", "tls", "table, or list of tables", "", "[Certificates](#tls) of the `https://` addresses.", kFirst},
    {"colos", "upper_tier", "string", R"("")", "The colo that is asked before the origin.", kNotYet},

    {"tls", "certificate", "path", "", "**Required.** PEM file of the certificate and, behind it, those of the authorities that signed it.", kFirst},
    {"tls", "key", "path", "", "**Required.** PEM file of its private key, not encrypted.", kFirst},

    {"zones", "name", "string", "", "**Required.** Serves this name and every host below it. `*.localhost` names work.", kFirst},
    {"zones", "id", "string", "", "32 hex digits. Without it: the first half of the name's SHA-256.", kFirst},
    {"zones", "origin", "string, or list of strings", "", "**Required.** Where the content is: `\"http://host[:port]\"`, `\"https://host[:port]\"`, `\"file:DIR\"` for [static files](files.md), or `\"none\"` where routes and custom domains of Workers answer alone. A list names [several servers](#several-servers) of one scheme.", kFirst},
    {"zones", "origins", "table", "{}", "Other origins, by host: `{ \"img.example.com\" = \"http://127.0.0.1:9001\" }`. Values are as for `origin`.", kFirst},
    {"zones", "origin_ca", "path", R"("")", "PEM file of the authorities that `https://` origins are verified against. Empty: the system's. The certificate must name the host of the origin's URL.", kFirst},
    {"zones", "timeouts", "table", "", "[How long](#zonestimeouts) an origin may take.", kFirst},
    {"zones", "health", "table", "", "[Probes](#zoneshealth) of the servers. Without it: none are sent.", kFirst},
    {"zones", "max_connections", "integer", "1024", "Connections to one server of an origin; further requests wait for one.", kFirst},
    {"zones", "plan", "string", R"("pro")", "`free`, `pro`, `business`, `enterprise`: limits and defaults (size of a stored response, Origin Cache Control).", kFirst},
    {"zones", "settings", "table", "", "[Cache settings](#zonessettings), by the API's names.", kFirst},
    {"zones", "profile", "string", R"("cloudflare")", "`cloudflare`: as the service does it. `standard`: [RFC 9110 and 9111 as written](standard.md).", kFirst},
    {"zones", "era", "string", R"("2026")", "`2025`: the behaviour that older articles describe. Sets a group of [switches](#zonescompat).", kFirst},
    {"zones", "compat", "table", "{}", "[Single switches](#zonescompat), whatever the era.", kFirst},
    {"zones", "cache_rules", "list of tables", "", "Cache Rules: the API's rule objects; `action` may be left out. Through the API they can then only be read.", kFirst},
    {"zones", "response_rules", "list of tables", "", "Cache Response Rules, likewise.", kFirst},
    {"zones", "origin_rules", "list of tables", "", "The API's rule objects.", kNotYet},
    {"zones", "page_rules", "list of tables", "", "Page Rules: the API's objects; active unless `status` says otherwise. Through the API they can then only be read.", kFirst},

    {"zones.timeouts", "connect", "time", R"("10s")", "Until a connection stands, TLS included. At most `\"6000s\"`.", kFirst},
    {"zones.timeouts", "read", "time", R"("100s")", "Between two bytes, either way. At most `\"6000s\"`.", kFirst},

    {"zones.health", "path", "string", R"("/")", "What a probe asks for, with `GET` and the zone's name (or the host of `origins`) as `Host`.", kFirst},
    {"zones.health", "interval", "time", R"("10s")", "From the end of one probe to the next, give or take a tenth. From `\"100ms\"` to `\"1h\"`.", kFirst},
    {"zones.health", "timeout", "time", R"("5s")", "A server that has not answered by then has failed the probe. At most `\"60s\"`.", kFirst},
    {"zones.health", "expect", "string, or list of strings", R"("2xx")", "Statuses of a server that is well: `\"200\"`, `\"3xx\"`.", kFirst},
    {"zones.health", "consecutive_down", "integer", "2", "Failed probes in a row that take a server out, 1 to 100.", kFirst},
    {"zones.health", "consecutive_up", "integer", "1", "Passed probes in a row that bring it back, 1 to 100.", kFirst},

    {"zones.settings", "cache_level", "string", R"("aggressive")", "`aggressive`: the query string is part of the key; `simplified`: not for static files; `basic`: URLs with one are not cached.", kFirst},
    {"zones.settings", "browser_cache_ttl", "integer", "14400", "Seconds the browser may keep a stored response, when that is longer than the origin says. 0: as the origin says.", kFirst},
    {"zones.settings", "development_mode", "string", R"("off")", "`on`: nothing is cached, as long as the file says so.", kFirst},
    {"zones.settings", "always_online", "string", R"("off")", "`on`: a stored copy stands in when the origin cannot be reached (520 to 527), and only then; `stale-while-revalidate` and `stale-if-error` do not count.", kFirst},
    {"zones.settings", "sort_query_string_for_cache", "string", R"("off")", "`on`: parameters are sorted in the key.", kFirst},
    {"zones.settings", "cache_status_header", "string", R"("on")", "`off`: no `Cache-Status` (RFC 9211) beside `CF-Cache-Status`.", kFirst},
    {"zones.settings", "edge_cache_ttl", "integer", "", "Seconds the edge keeps what the origin sets no time for and would be kept for two hours. Without it: two hours.", kFirst},
    {"zones.settings", "origin_error_page_pass_thru", "string", R"("off")", "`on`: a 502 or 504 of the origin's reaches the visitor with the origin's own page, not the edge's. Plan `enterprise`.", kFirst},
    {"zones.settings", "response_buffering", "string", R"("off")", "`on`: a response is sent once it is whole.", kNotYet},

    {"scripts", "wrangler", "path", "", "**Required.** A Worker's [`wrangler.toml`, `wrangler.json` or `wrangler.jsonc`](wrangler.md), or the directory it is in.", kFirst},
    {"scripts", "environment", "string", R"("")", "The environment of that file, `env.NAME`. Empty: none.", kFirst},
    {"scripts", "snippet", "boolean", "false", "`true`: runs on its routes before the Worker, as a [Snippet](scripts.md#snippets).", kFirst},
};
// clang-format on

struct Section {
  std::string_view name;
  std::string_view heading;
  std::string_view text;  // Markdown in front of the table
};
// clang-format off
constexpr Section kSections[] = {
    {"control", "[control]", ""},
    {"state", "[state]", ""},
    {"log", "[log]", ""},
    {"cache", "[cache]", ""},
    {"workers", "[workers]", ""},
    {"network", "[network]", ""},
    {"testing", "[testing]", ""},
    {"colos", "[[colos]]", "Data centres simulated in one process, at most 10, each with listeners, a cache and counters of its own. Without any: one, `FRA` in `DE`, on the default address."},
    {"tls", "tls", "A table in `[control]` and `[[colos]]`, or a list of such tables: `tls = { certificate = \"site.pem\", key = \"site.key\" }`. A client is shown the certificate for the name it asks for, the first one when none has that name."},
    {"zones", "[[zones]]", "The sites. A request belongs to the zone with the longest name that its host is within."},
    {"zones.timeouts", "[zones.timeouts]", "Of every origin of the zone. Also written `timeouts = { connect = \"1s\" }`."},
    {"zones.health", "[zones.health]", "Probes of every server of the zone's `http://` and `https://` origins, by each colo. `health = {}` takes the defaults."},
    {"zones.settings", "[zones.settings]", ""},
    {"zones.compat", "[zones.compat]", "What changed over the years at Cloudflare. Also written `compat = { swr_label = \"STALE\" }`. The defaults are those of era 2026."},
    {"scripts", "[[scripts]]", "Workers, as wrangler reads them."},
};

constexpr std::string_view kOpening =
    "# `festina.toml`\n\n"
    "<!-- Made from the table in src/zone/config_keys.cc by `make docs`. Edit it there. -->\n\n"
    "`festina serve` and `festina check` read one TOML file (default: `festina.toml` in the working directory). `festina check` names every fault with file, line, column and\n"
    "a suggestion. Unknown keys are faults. Keys marked *not yet* belong to a later version: they are refused unless they have their default value.\n\n"
    "Relative paths start at the file's directory. Sizes are written `\"256MiB\"` (B, KiB, MiB, GiB, TiB), times `\"10s\"` (ms, s, m, h).\n"
    "What a running node takes of a changed file is in [commands.md](commands.md).\n";

constexpr std::string_view kSeveralServers =
    "### Several servers\n\n"
    "`origin = [\"https://a.example.net\", \"https://b.example.net\"]` is asked in this order: the first server that is well answers all requests, the others stand by. At most 16.\n\n"
    "A server that refuses a connection, does not complete one in time or fails TLS is out for 10 s; then one request tries it again. With `health`, a server that fails its\n"
    "probes is out until they pass. A request moves on to the next server when nothing of it can have been processed: the connection failed, or it was idempotent, without a\n"
    "body, and unanswered. When all are out, all are tried; the client is told of the first one's failure.\n";

constexpr std::string_view kWrangler =
    "What a Worker's file may say, and on which hosts a Worker is served: [wrangler.md](wrangler.md).\n";
// clang-format on

// The texts of a switch as a key of [zones.compat].
struct SwitchTexts {
  std::string otherwise;
  std::string meaning;
};

std::string value_text(const policy::Switch& row, policy::Era era) {
  const std::string word(row.words[row.of(era)]);
  return row.is_boolean() ? word : in_quotes(word);
}

SwitchTexts texts_of(const policy::Switch& row) {
  SwitchTexts texts{value_text(row, policy::kNewestEra), std::string(row.meaning)};
  const std::string older = value_text(row, policy::Era::of_2025);
  if (older != texts.otherwise) texts.meaning += " Era 2025: `" + older + "`.";
  return texts;
}

std::vector<SwitchTexts> switch_texts() {
  std::vector<SwitchTexts> texts;
  for (const policy::Switch& row : policy::switches()) texts.push_back(texts_of(row));
  return texts;
}

// The table above and the switches.
std::vector<ConfigKey> all_keys() {
  static const std::vector<SwitchTexts> kTexts = switch_texts();
  std::vector<ConfigKey> keys(std::begin(kKeys), std::end(kKeys));
  const auto rows = policy::switches();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    keys.push_back(
        {.section = "zones.compat",
         .key = rows[i].name,
         .type = rows[i].is_boolean() ? "boolean" : "string",
         .otherwise = kTexts[i].otherwise,
         .meaning = kTexts[i].meaning,
         .since = rows[i].is_built() ? kFirst : kNotYet}
    );
  }
  return keys;
}

bool is_string(std::string_view toml) { return toml.size() >= 2 && toml.front() == '"'; }

std::string row_text(const ConfigKey& key) {
  std::string row = "| `" + std::string(key.key) + "` | " + std::string(key.type) + " | ";
  row += key.otherwise.empty() ? "" : "`" + std::string(key.otherwise) + "`";
  row += " | " + std::string(key.meaning) + " | ";
  row += key.since.empty() ? "*not yet*" : std::string(key.since);
  return row + " |\n";
}

std::string section_text(const Section& section) {
  std::string text = "\n## `" + std::string(section.heading) + "`\n\n";
  if (!section.text.empty()) text += std::string(section.text) + "\n\n";
  text += "| Key | Type | Default | Means | Since |\n|---|---|---|---|---|\n";
  for (const ConfigKey& key : config_keys()) {
    if (key.section == section.name) text += row_text(key);
  }
  return text;
}

}  // namespace

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> kAll = all_keys();
  return kAll;
}

const ConfigKey* find_config_key(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return nullptr;
  std::string_view section = name.substr(0, dot);
  if (section.ends_with(".tls")) section = "tls";
  const auto keys = config_keys();
  const auto found = std::ranges::find_if(keys, [&](const ConfigKey& key) {
    return key.section == section && key.key == name.substr(dot + 1);
  });
  return found == keys.end() ? nullptr : &*found;
}

std::string_view default_of(std::string_view name) {
  const ConfigKey* key = find_config_key(name);
  check(key != nullptr && !key->otherwise.empty(), "the reader knows the keys of the table");
  const std::string_view toml = key->otherwise;
  return is_string(toml) ? toml.substr(1, toml.size() - 2) : toml;
}

std::string configuration_page() {
  std::string page(kOpening);
  for (const Section& section : kSections) {
    page += section_text(section);
    if (section.name == "zones") page += "\n" + std::string(kSeveralServers);
    if (section.name == "scripts") page += "\n" + std::string(kWrangler);
  }
  return page;
}

}  // namespace festina::zone
