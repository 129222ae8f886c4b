#include "server/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "server/words.h"

namespace festina::server {
namespace {

constexpr const char* kConfig = "festina.toml";

bool names_something(const PurgeOptions& purge) {
  return !purge.urls.empty() || !purge.tags.empty() || !purge.hosts.empty() ||
         !purge.prefixes.empty();
}

// The options of every command, bound to the values they fill.
class CommandLine {
 public:
  CommandLine();
  std::variant<Options, Exit> parse(int argc, const char* const* argv);

 private:
  void add_serve();
  void add_check();
  void add_reload();
  void add_purge();
  void add_explain();
  void add_tail();
  void add_env();
  void add_version();
  // A command with its line in the list of commands, and what its own help says.
  CLI::App* add(const char* name, const char* line, std::string description, const char* examples);
  static void add_config(CLI::App& command, std::string& config);
  static void add_api(CLI::App& command, ApiAccess& api);

  const CLI::App* chosen() const;
  Options value() const;
  Exit usage_error(const std::string& message) const;
  Exit unknown_word(const std::string& word) const;
  Exit unexpected(const std::string& word) const;

  CLI::App app_{
      "Festina is an edge cache: Cloudflare's cache, Workers and purge on your own machines.\n"
      "It serves the zones of a configuration file, runs unmodified Workers, and says of\n"
      "every response why it came from the cache or did not.\n",
      "festina"
  };
  std::map<std::string, std::string> descriptions_;  // by command
  ServeOptions serve_;
  CheckOptions check_;
  ReloadOptions reload_;
  PurgeOptions purge_;
  ExplainOptions explain_;
  std::string asked_;  // of explain: a URL or a ray
  TailOptions tail_;
  std::vector<std::string> headers_;
  EnvOptions env_;
};

CommandLine::CommandLine() {
  app_.require_subcommand(1);
  app_.footer(
      "Examples:\n"
      "  festina serve                       serve what festina.toml says\n"
      "  festina COMMAND --help              what a command does, with examples\n"
      "Exit codes: 0 done, 1 refused, 2 usage."
  );
  add_serve();
  add_check();
  add_reload();
  add_purge();
  add_explain();
  add_tail();
  add_env();
  add_version();
}

CLI::App* CommandLine::add(
    const char* name, const char* line, std::string description, const char* examples
) {
  CLI::App* command = app_.add_subcommand(name, line);
  command->footer(std::string("Examples:\n") + examples);
  descriptions_[name] = std::move(description);
  return command;
}

void CommandLine::add_config(CLI::App& command, std::string& config) {
  config = kConfig;
  command.add_option("--config", config, "Configuration file")
      ->type_name("FILE")
      ->capture_default_str();
}

void CommandLine::add_api(CLI::App& command, ApiAccess& api) {
  add_config(command, api.config);
  command
      .add_option(
          "--control", api.control, "Control address of the node; default: the configuration file's"
      )
      ->type_name("URL")
      ->check(control_problem);
  command
      .add_option(
          "--token", api.token, "API token; default: the configuration file's, or the node's own"
      )
      ->type_name("TOKEN");
  command
      .add_option(
          "--ca", api.ca, "PEM file to trust for https; default: the configuration's certificate"
      )
      ->type_name("FILE");
}

void CommandLine::add_serve() {
  CLI::App* command =
      add("serve",
          "Run the edge",
          "Runs the edge: opens the listeners of every colo, starts the Workers, and serves\n"
          "until SIGTERM, which lets requests under way end. The whole configuration is\n"
          "checked first; a fault is reported with file, line and column, and nothing starts.\n"
          "SIGHUP makes it take a changed configuration, as festina reload does.",
          "  festina serve\n"
          "  festina serve --config /etc/festina/festina.toml --threads 4\n"
          "  festina serve --ready-file ready.json     for scripts that wait for the addresses");
  add_config(*command, serve_.config);
  command
      ->add_option(
          "--ready-file", serve_.ready_file, "Write the bound addresses here as JSON when ready"
      )
      ->type_name("FILE");
  command->add_option("--threads", serve_.threads, "Threads that serve; default: one per core")
      ->type_name("N")
      ->check(threads_problem);
}

void CommandLine::add_check() {
  CLI::App* command =
      add("check",
          "Check the configuration",
          "Checks the configuration file, the wrangler files it names and their Workers as\n"
          "serve does, starts nothing, and reports every fault in one run with file, line,\n"
          "column and what to do about it. Exit code 1 when there is one. What is no fault but\n"
          "will hardly do what it was written for is a warning, as at the start of serve.",
          "  festina check\n"
          "  festina check --config staging.toml --strict\n"
          "  festina check --compat-date 2026-11-17    what a newer date would change per script");
  add_config(*command, check_.config);
  command->add_flag("--strict", check_.strict, "Exit code 1 for warnings too");
  command
      ->add_option(
          "--compat-date",
          check_.compat_date,
          "Tell what this compatibility date would change for each script"
      )
      ->type_name("DATE")
      ->check(date_problem);
  command->add_flag("--json", check_.json, "Print what the date would change as JSON");
}

void CommandLine::add_reload() {
  CLI::App* command =
      add("reload",
          "Make the running node take its changed configuration",
          "Makes the running node read its configuration and Workers again, and waits for what\n"
          "comes of it. All of it is taken, or nothing: then every problem is printed, the node\n"
          "goes on as it was, and the exit code is 1. Stored responses, counters, connections\n"
          "and requests under way are kept. What only a restart takes is named and left as it was.",
          "  festina reload\n"
          "  festina reload --state /var/lib/festina\n"
          "  festina reload --pid 4711");
  add_config(*command, reload_.config);
  command
      ->add_option(
          "--state", reload_.state, "State directory of the node; default: the configuration file's"
      )
      ->type_name("DIR");
  command->add_option("--pid", reload_.pid, "Process id of the node, in place of its directory")
      ->type_name("N")
      ->check(pid_problem);
}

void CommandLine::add_purge() {
  CLI::App* command =
      add("purge",
          "Purge what a zone has stored",
          "Purges what a zone has stored, in every colo of the running node, through its API.\n"
          "A purge is done when the command returns: no later request is answered with what\n"
          "was stored before.",
          "  festina purge --zone example.com --url http://example.com/style.css\n"
          "  festina purge --zone example.com --tag shoes --tag hats\n"
          "  festina purge --zone example.com --prefix www.example.com/img\n"
          "  festina purge --zone example.com --everything");
  command->add_option("--zone", purge_.zone, "Name or id of the zone")
      ->type_name("ZONE")
      ->required();
  command->add_option("--url", purge_.urls, "URLs to purge")->type_name("URL")->check(url_problem);
  command->add_option("--tag", purge_.tags, "What has this in its Cache-Tag")->type_name("TAG");
  command->add_option("--host", purge_.hosts, "All of a host, its subdomains left alone")
      ->type_name("HOST");
  command->add_option("--prefix", purge_.prefixes, "A host and the segments a path begins with")
      ->type_name("HOST/PATH");
  command->add_flag("--everything", purge_.everything, "Purge all of the zone");
  add_api(*command, purge_.api);
}

void CommandLine::add_explain() {
  CLI::App* command =
      add("explain",
          "Tell what would be done with a request, or was, and why",
          "Tells what the running node would do with a request, and why: which setting,\n"
          "Worker option, header or default decides on eligibility, cache key, TTL and reuse.\n"
          "Nothing is fetched and nothing is changed. With the ray id of a request that was\n"
          "served lately it tells what became of that one, with all that its Workers made.",
          "  festina explain http://example.com/style.css\n"
          "  festina explain http://example.com/ -H 'Cookie: session=1' --colo LHR --json\n"
          "  festina explain 89abcdef01234567-FRA      the CF-Ray of an answer");
  explain_.method = "GET";
  command->add_option("URL", asked_, "Absolute URL of the request, or a ray id")
      ->type_name("")
      ->required()
      ->check(url_or_ray_problem);
  command->add_option("-X,--method", explain_.method, "Method")
      ->type_name("METHOD")
      ->capture_default_str();
  command->add_option("-H,--header", headers_, "Header line 'Name: value'; may be repeated")
      ->type_name("LINE")
      ->allow_extra_args(false)
      ->check(header_problem);
  command->add_option("--colo", explain_.colo, "Data centre to ask; default: the first")
      ->type_name("COLO");
  command->add_flag("--json", explain_.json, "Print the chain as JSON");
  add_api(*command, explain_.api);
}

void CommandLine::add_tail() {
  CLI::App* command =
      add("tail",
          "Show what happens, as it happens",
          "Shows requests as the running node answers them, what Workers fetch and do with the\n"
          "Cache API for them, and what Workers print and throw. With the name of a Worker:\n"
          "what it has a part in. Ends when the node does.",
          "  festina tail\n"
          "  festina tail site-api --status 5xx,404\n"
          "  festina tail --zone example.com --json");
  command->add_option("WORKER", tail_.worker, "Name of a Worker; default: all")->type_name("");
  const auto add_filter =
      [command](const char* name, std::vector<std::string>& to, const char* what) {
        command->add_option(name, to, what)->delimiter(',')->allow_extra_args(false);
      };
  add_filter("--zone", tail_.zones, "Requests of these zones");
  add_filter("--host", tail_.hosts, "Requests for these hosts");
  add_filter("--status", tail_.statuses, "Requests answered so: 404, 5xx or 400-499");
  add_filter("--colo", tail_.colos, "What happens in these data centres");
  command->add_flag("--json", tail_.json, "Print the lines as they come: JSON");
  add_api(*command, tail_.api);
}

void CommandLine::add_env() {
  CLI::App* command =
      add("env",
          "Print variables for wrangler and the SDKs",
          "Prints the environment variables that make wrangler and the official SDKs speak to\n"
          "the running node instead of Cloudflare.",
          "  eval \"$(festina env)\"");
  add_api(*command, env_.api);
}

void CommandLine::add_version() {
  add("version",
      "Print versions",
      "Prints the version of Festina, and of the workerd that runs the Workers with its\n"
      "newest compatibility date.",
      "  festina version");
}

const CLI::App* CommandLine::chosen() const {
  const auto chosen = app_.get_subcommands();
  return chosen.empty() ? nullptr : chosen.front();
}

Options CommandLine::value() const {
  const std::string name = chosen()->get_name();
  if (name == "serve") return serve_;
  if (name == "check") return check_;
  if (name == "reload") return reload_;
  if (name == "purge") return purge_;
  if (name == "tail") return tail_;
  if (name == "env") return env_;
  if (name == "version") return VersionOptions{};
  ExplainOptions explain = explain_;
  (is_ray(asked_) ? explain.ray : explain.url) = asked_;
  for (const std::string& line : headers_) {
    if (auto header = header_line(line)) explain.headers.push_back(std::move(*header));
  }
  return explain;
}

Exit CommandLine::usage_error(const std::string& message) const {
  const CLI::App* command = chosen();
  const std::string name = command ? "festina " + command->get_name() : "festina";
  return {kExitUsage, name + ": " + message + "\nTry '" + name + " --help'.\n"};
}

Exit CommandLine::unknown_word(const std::string& word) const {
  if (word.starts_with('-')) return usage_error("unknown option " + in_quotes(word));
  std::vector<std::string> names;
  names.reserve(descriptions_.size());
  for (const auto& [name, description] : descriptions_) names.push_back(name);
  return usage_error("unknown command " + in_quotes(word) + suggestion(word, names));
}

Exit CommandLine::unexpected(const std::string& word) const {
  std::vector<std::string> names;
  for (const CLI::Option* option : chosen()->get_options()) names.push_back(option->get_name());
  return usage_error(
      "unexpected " + in_quotes(word) + (word.starts_with('-') ? suggestion(word, names) : "")
  );
}

std::variant<Options, Exit> CommandLine::parse(int argc, const char* const* argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first.empty()) return Exit{kExitUsage, app_.help()};
  if (first == "--version") return Options(VersionOptions{});
  const auto description = descriptions_.find(first);
  if (description != descriptions_.end()) {
    app_.get_subcommand(first)->description(description->second + "\n");
  } else if (first != "--help" && first != "-h") {
    return unknown_word(first);
  }
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Exit{0, app_.help()};
  } catch (const CLI::ExtrasError&) {
    return unexpected(app_.remaining(true).front());
  } catch (const CLI::ParseError& error) {
    return usage_error(error.what());
  }
  if (chosen()->get_name() == "purge" && names_something(purge_) == purge_.everything) {
    return usage_error(
        "give either --everything, or what to purge by --url, --tag, --host, --prefix"
    );
  }
  if (chosen()->get_name() == "check" && check_.json && check_.compat_date.empty())
    return usage_error("--json is for what --compat-date would change: give that too");
  if (chosen()->get_name() == "reload" && !reload_.state.empty() && reload_.pid != 0)
    return usage_error("give either --state or --pid");
  return value();
}

}  // namespace

std::variant<Options, Exit> parse_options(int argc, const char* const* argv) {
  CommandLine line;
  return line.parse(argc, argv);
}

}  // namespace festina::server
