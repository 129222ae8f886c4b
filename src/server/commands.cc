#include "server/commands.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "server/api_client.h"
#include "server/checks.h"
#include "server/compat_report.h"
#include "server/explain_text.h"
#include "server/node.h"
#include "server/reload_report.h"
#include "server/state_dir.h"
#include "server/tail_text.h"

#if !defined(FESTINA_VERSION) || !defined(FESTINA_BUILD)
#error "the build names the version and itself"
#endif

namespace festina::server {
namespace {

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int refuse(std::string_view why) {
  const std::string line = "festina: " + std::string(why) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
  return kExitRefused;
}

void warn(std::string_view what) {
  const std::string line = "warning: " + std::string(what) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void report(const zone::Problems& problems, std::string_view prefix) {
  for (const zone::Problem& problem : problems) {
    const std::string line = std::string(prefix) + zone::text_of(problem) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
}

int refuse_configuration(const Checked& checked) {
  report(checked.problems, "");
  const std::size_t count = checked.problems.size();
  return refuse(
      std::to_string(count) + (count == 1 ? " problem" : " problems") + " in the configuration"
  );
}

Result<zone::Config> configuration_of(const std::string& file) {
  zone::Loaded loaded = zone::load_config(file);
  if (loaded.problems.empty()) return std::move(loaded.config);
  return Error{ErrorCode::malformed, Side::self, zone::text_of(loaded.problems.front())};
}

// What a node keeps in its state directory.
Result<std::string> kept_by_node(const zone::Config& config, std::string_view name) {
  Result<std::string> kept = read_remembered(config.state_dir, name);
  if (kept) return kept;
  return with_detail(
      kept.error(),
      "the node has not been started yet, or its " + std::string(name) + " is kept elsewhere"
  );
}

// Which port a node has that is to take any, it alone knows.
Result<std::string> control_of(const zone::Config& config) {
  const zone::ListenUrl& listen = config.control.listen;
  return listen.port == 0 ? kept_by_node(config, "control") : Result<std::string>(listen.text);
}

// How the node of this configuration is reached. Nothing of it need run. What shows the node's own certificate is the
// node, whoever signed that.
Result<ApiTarget> target_of(const ApiAccess& access, const zone::Config& config) {
  ApiTarget target{.url = access.control, .token = access.token, .ca_file = access.ca};
  const auto& certificates = config.control.certificates;
  if (target.ca_file.empty() && !certificates.empty())
    target.ca_file = certificates.front().certificate;
  if (target.url.empty()) {
    Result<std::string> url = control_of(config);
    if (!url) return url.error();
    target.url = std::move(*url);
  }
  if (target.token.empty()) target.token = config.control.token;
  if (target.token.empty()) {
    Result<std::string> kept = kept_by_node(config, "token");
    if (!kept) return kept.error();
    target.token = std::move(*kept);
  }
  return target;
}

Result<ApiTarget> target_of(const ApiAccess& access) {
  if (!access.control.empty() && !access.token.empty())
    return ApiTarget{.url = access.control, .token = access.token, .ca_file = access.ca};
  const Result<zone::Config> config = configuration_of(access.config);
  if (!config) return config.error();
  return target_of(access, *config);
}

Result<ApiAnswer> ask(
    const ApiTarget& target, http::Method method, const std::string& path, std::string body = {}
) {
  Result<ApiAnswer> answer = call_api(target, method, path, std::move(body));
  if (!answer && answer.error().code == ErrorCode::untrusted) {
    Error error = answer.error();
    error.detail += " (--ca names a file of whom to trust)";
    return error;
  }
  if (!answer || answer->status < 400) return answer;
  return refusal_of(*answer);
}

Result<std::string> zone_id(const ApiTarget& target, const std::string& zone) {
  const Result<ApiAnswer> answer = ask(
      target, http::Method::get, "/client/v4/zones?per_page=50&name=" + http::percent_encoded(zone)
  );
  if (!answer) return answer.error();
  const json::Value* zones = json::find(answer->body, "result");
  if (zones == nullptr || !zones->is_array() || zones->as_array().empty()) {
    return Error{ErrorCode::not_found, Side::client, "the node has no zone \"" + zone + "\""};
  }
  return std::string(json::string_member(zones->as_array().front(), "id").value_or(""));
}

int run(const ServeOptions& options) {
  std::signal(SIGHUP, SIG_IGN);  // a node that reads its configuration need not read it again
  Checked checked = check_configuration(options.config, today());
  report(checked.warnings, "warning: ");
  if (!checked.problems.empty()) return refuse_configuration(checked);
  log::set_level(checked.config.log_level);

  const unsigned threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  NodeOptions node_options{
      .config_file = options.config, .threads = threads, .ready_file = options.ready_file
  };
  auto node =
      Node::build(std::move(checked.config), std::move(checked.fleet), std::move(node_options));
  if (!node) return refuse(node.error().detail);
  const Result<> outcome = (*node)->run();
  return outcome ? 0 : refuse(outcome.error().detail);
}

Colour colour_of_output() {
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  return is_terminal ? Colour::on : Colour::off;
}

void print_compat_report(const CheckOptions& options, const Checked& checked) {
  const std::vector<ScriptAtDate> report = compat_report(checked, options.compat_date, today());
  print(
      options.json ? json::to_text(compat_json(report, options.compat_date)) + "\n"
                   : "\n" + compat_text(report, options.compat_date, colour_of_output())
  );
}

void print_counts(const Checked& checked) {
  const auto zones = std::ranges::count_if(checked.config.zones, [](const auto& zone) {
    return !zone::is_made_for_a_script(*zone);
  });
  const auto& scripts = checked.config.scripts;
  const auto snippets = std::ranges::count_if(scripts, &zone::Script::is_snippet);
  const auto workers = std::ranges::ssize(scripts) - snippets;
  print(
      "the configuration is good: " + std::to_string(checked.config.colos.size()) + " colo(s), " +
      std::to_string(zones) + " zone(s), " + std::to_string(workers) + " Worker(s)" +
      (snippets == 0 ? "" : ", " + std::to_string(snippets) + " Snippet(s)") + "\n"
  );
}

int run(const CheckOptions& options) {
  const Checked checked = check_configuration(options.config, today());
  report(checked.warnings, "warning: ");
  if (!checked.problems.empty()) return refuse_configuration(checked);
  const std::size_t warnings = checked.warnings.size();
  if (options.strict && warnings > 0) {
    return refuse(
        std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings") +
        " in the configuration, and --strict"
    );
  }
  if (!options.json) print_counts(checked);
  if (!options.compat_date.empty()) print_compat_report(options, checked);
  return 0;
}

// Where the node keeps its state. Prints the problems of a configuration that was to say it.
Result<std::string> directory_of(const ReloadOptions& options) {
  if (options.pid != 0) return state_dir_of(options.pid);
  if (!options.state.empty()) return options.state;
  const zone::Loaded loaded = zone::load_config(options.config);
  if (loaded.problems.empty()) return loaded.config.state_dir;
  report(loaded.problems, "");
  return Error{
      ErrorCode::malformed,
      Side::self,
      "the node was not asked; it goes on as it was (--state and --pid find it without the file)"
  };
}

int run(const ReloadOptions& options) {
  const Result<std::string> state_dir = directory_of(options);
  if (!state_dir) return refuse(state_dir.error().detail);
  const Result<pid_t> node = holder_of(*state_dir);
  if (!node) return refuse(node.error().detail);
  const Result<ReloadReport> outcome = ask_for_reload(*state_dir, *node);
  if (!outcome) return refuse(outcome.error().detail);
  for (const std::string& key : outcome->needs_restart)
    warn(key + " needs a restart and is left as it was");
  if (outcome->problems.empty()) {
    print("the node has taken " + outcome->file + "\n");
    return 0;
  }
  for (const std::string& problem : outcome->problems)
    std::fprintf(stderr, "%s\n", problem.c_str());
  return refuse("the node has not taken it and goes on as it was");
}

// What the node says beside that it has done so.
std::vector<std::string> messages_of(const json::Value& body) {
  std::vector<std::string> messages;
  const json::Value* said = json::find(body, "messages");
  if (said == nullptr || !said->is_array()) return messages;
  for (const json::Value& each : said->get_array())
    messages.emplace_back(json::string_member(each, "message").value_or(""));
  return messages;
}

int run(const PurgeOptions& options) {
  const Result<ApiTarget> target = target_of(options.api);
  if (!target) return refuse(target.error().detail);
  const Result<std::string> id = zone_id(*target, options.zone);
  if (!id) return refuse(id.error().detail);

  json::Object body;
  std::string what;
  const auto name = [&](const char* member, const char* kind, const std::vector<std::string>& items
                    ) {
    if (items.empty()) return;
    body[member] = json::Array(items.begin(), items.end());
    append_member(what, std::to_string(items.size()) + " " + kind);
  };
  name("files", "URL(s)", options.urls);
  name("tags", "tag(s)", options.tags);
  name("hosts", "host(s)", options.hosts);
  name("prefixes", "prefix(es)", options.prefixes);
  if (options.everything) {
    body["purge_everything"] = true;
    what = "everything";
  }
  const Result<ApiAnswer> answer = ask(
      *target, http::Method::post, "/client/v4/zones/" + *id + "/purge_cache", json::to_text(body)
  );
  if (!answer) return refuse(answer.error().detail);
  print("purged " + what + " in " + options.zone + "\n");
  for (const std::string& message : messages_of(answer->body)) print("note: " + message + "\n");
  return 0;
}

std::string explain_path(const ExplainOptions& options) {
  if (!options.ray.empty()) return "/festina/v1/explain/" + options.ray;
  std::string path = "/festina/v1/explain?url=" + http::percent_encoded(options.url) +
                     "&method=" + http::percent_encoded(options.method);
  if (!options.colo.empty()) path += "&colo=" + http::percent_encoded(options.colo);
  for (const HeaderLine& header : options.headers) {
    path += "&header=" + http::percent_encoded(header.name + ": " + header.value);
  }
  return path;
}

int run(const ExplainOptions& options) {
  const Result<ApiTarget> target = target_of(options.api);
  if (!target) return refuse(target.error().detail);
  const Result<ApiAnswer> answer = ask(*target, http::Method::get, explain_path(options));
  if (!answer) return refuse(answer.error().detail);
  if (options.json) {
    print(json::to_text(answer->body) + "\n");
  } else {
    print(options.ray.empty() ? explain_text(answer->body) : trace_text(answer->body));
  }
  return 0;
}

std::string tail_path(const TailOptions& options) {
  std::string path = "/festina/v1/tail";
  char separator = '?';
  const auto add = [&](std::string_view name, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      path.append(1, separator).append(name).append("=").append(http::percent_encoded(value));
      separator = '&';
    }
  };
  if (!options.worker.empty()) add("script", {options.worker});
  add("zone", options.zones);
  add("host", options.hosts);
  add("status", options.statuses);
  add("colo", options.colos);
  return path;
}

// Until the node ends the stream, or somebody this process.
int run(const TailOptions& options) {
  const Result<ApiTarget> target = target_of(options.api);
  if (!target) return refuse(target.error().detail);
  const Colour colour = colour_of_output();
  const auto take = [&](std::string_view line) {
    if (line.empty()) return;  // the node is still there
    const Result<json::Value> event = json::parse(line);
    print(options.json || !event ? std::string(line) + "\n" : tail_text(*event, colour));
    std::fflush(stdout);
  };
  const Result<> ended = stream_api(*target, tail_path(options), take);
  return refuse(ended ? "the node has ended the stream: it is going" : ended.error().detail);
}

int run(const EnvOptions& options) {
  const Result<zone::Config> config = configuration_of(options.api.config);
  if (!config) return refuse(config.error().detail);
  const Result<ApiTarget> target = target_of(options.api, *config);
  if (!target) return refuse(target.error().detail);
  std::string account = config->control.account_id;
  if (account.empty()) {
    Result<std::string> kept = kept_by_node(*config, "account_id");
    if (!kept) return refuse(kept.error().detail);
    account = std::move(*kept);
  }
  print(
      "export CLOUDFLARE_API_BASE_URL=" + target->url + "/client/v4\nexport CLOUDFLARE_BASE_URL=" +
      target->url + "/client/v4\nexport CLOUDFLARE_API_TOKEN=" + target->token +
      "\nexport CLOUDFLARE_ACCOUNT_ID=" + account + "\n"
  );
  return 0;
}

int run(const VersionOptions&) {
  const Result<workers::Runtime> runtime = workers::find_runtime("workerd");
  print("festina " FESTINA_VERSION " (" FESTINA_BUILD ")\n");
  if (!runtime) {
    print("workerd not found: " + runtime.error().detail + "\n");
    return 0;
  }
  print(
      "workerd " + runtime->version + ", newest compatibility date " + runtime->table.newest_date +
      "\n"
  );
  return 0;
}

}  // namespace

int run_command(const Options& options) {
  return std::visit([](const auto& command) { return run(command); }, options);
}

}  // namespace festina::server
