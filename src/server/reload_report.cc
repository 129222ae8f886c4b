#include "server/reload_report.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/json.h"
#include "server/state_dir.h"
#include "workers/process.h"

namespace festina::server {
namespace {

using std::chrono::steady_clock;
using workers::Descriptor;

constexpr std::string_view kFile = "reload.json";

std::string path_in(const std::string& state_dir) { return state_dir + "/" + std::string(kFile); }

json::Array array_of(const std::vector<std::string>& texts) {
  return json::Array(texts.begin(), texts.end());
}

std::vector<std::string> texts_of(const json::Value& report, std::string_view name) {
  std::vector<std::string> texts;
  const json::Value* array = json::find(report, name);
  if (array == nullptr || !array->is_array()) return texts;
  for (const json::Value& text : array->as_array()) {
    if (text.is_string()) texts.emplace_back(text.as_string());
  }
  return texts;
}

Error system_error(const std::string& what) {
  const ErrorCode code = errno == EPERM || errno == EACCES ? ErrorCode::permission_denied
                         : errno == ESRCH                  ? ErrorCode::not_found
                                                           : ErrorCode::io;
  return {code, Side::self, what + ": " + std::strerror(errno)};
}

// Waits for a change in the directory. Errors: not_found when the process ended, timed_out.
Result<> await_change(const Descriptor& watch, const Descriptor& process, int milliseconds) {
  pollfd waits[2] = {{watch.number(), POLLIN, 0}, {process.number(), POLLIN, 0}};
  if (milliseconds <= 0 || ::poll(waits, 2, milliseconds) == 0)
    return Error{ErrorCode::timed_out, Side::self, "the node has not said what became of it"};
  if (waits[1].revents != 0)
    return Error{ErrorCode::not_found, Side::self, "the node ended before it had reloaded"};
  char events[4096];
  while (::read(watch.number(), events, sizeof events) > 0) {
  }
  return Result<>();
}

}  // namespace

std::string text_of(const ReloadReport& report) {
  return json::to_text(json::Object{
             {"begun", report.begun},
             {"ended", report.ended},
             {"file", report.file},
             {"problems", array_of(report.problems)},
             {"needs_restart", array_of(report.needs_restart)}
         }) +
         "\n";
}

Result<ReloadReport> parse_reload_report(std::string_view text) {
  const Result<json::Value> parsed = json::parse(text);
  if (!parsed) return with_detail(parsed.error(), std::string(kFile));
  const auto begun = json::integer_member(*parsed, "begun");
  const auto ended = json::integer_member(*parsed, "ended");
  if (!begun || !ended || *begun < 0 || *ended < 0)
    return Error{ErrorCode::malformed, Side::self, std::string(kFile) + " has no numbers"};
  return ReloadReport{
      .begun = static_cast<std::uint64_t>(*begun),
      .ended = static_cast<std::uint64_t>(*ended),
      .file = std::string(json::string_member(*parsed, "file").value_or("")),
      .problems = texts_of(*parsed, "problems"),
      .needs_restart = texts_of(*parsed, "needs_restart")
  };
}

Result<> write_reload_report(const std::string& state_dir, const ReloadReport& report) {
  return write_whole_file(path_in(state_dir), text_of(report), 0600);
}

Result<ReloadReport> read_reload_report(const std::string& state_dir) {
  std::ifstream in(path_in(state_dir));
  if (!in) return Error{ErrorCode::not_found, Side::self, "the node is not ready yet"};
  std::ostringstream text;
  text << in.rdbuf();
  return parse_reload_report(text.str());
}

void remove_reload_report(const std::string& state_dir) { ::unlink(path_in(state_dir).c_str()); }

Result<ReloadReport> ask_for_reload(
    const std::string& state_dir, pid_t node, std::chrono::milliseconds limit
) {
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, node, 0)));
  if (process.number() < 0) return system_error("process " + std::to_string(node));
  const Descriptor watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (::inotify_add_watch(watch.number(), state_dir.c_str(), IN_MOVED_TO) < 0)
    return system_error("cannot watch " + state_dir);
  const Result<ReloadReport> before = read_reload_report(state_dir);
  if (!before) return before.error();
  if (::kill(node, SIGHUP) != 0)
    return system_error("cannot signal process " + std::to_string(node));

  const auto deadline = steady_clock::now() + limit;
  for (;;) {
    Result<ReloadReport> now = read_reload_report(state_dir);
    if (!now || now->ended > before->begun) return now;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
    const Result<> changed = await_change(watch, process, static_cast<int>(left));
    if (!changed) return changed.error();
  }
}

}  // namespace festina::server
