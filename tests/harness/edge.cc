#include "harness/edge.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"

namespace festina::harness {
namespace {

std::string program() {
  const char* path = std::getenv("FESTINA_BINARY");
  return path != nullptr ? path : FESTINA_BINARY;
}

int spawn(
    const std::vector<std::string>& arguments, const std::string& out, const std::string& err,
    const std::vector<std::string>& environment = {}
) {
  const std::string name = program();
  std::vector<char*> argv{const_cast<char*>(name.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (char** own = environ; *own != nullptr; ++own) envp.push_back(*own);
  for (const std::string& more : environment) envp.push_back(const_cast<char*>(more.c_str()));
  envp.push_back(nullptr);
  const int pid = ::fork();
  if (pid != 0) return pid;
  ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
  ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), 2);
  ::execve(name.c_str(), argv.data(), envp.data());
  ::_exit(127);
}

int pidfd_of(int pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

int wait_for_exit(int pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Watches a directory, so that waiting for a file is waiting for an event.
class Watch {
 public:
  explicit Watch(const std::string& directory) : fd_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    ::inotify_add_watch(fd_, directory.c_str(), IN_MODIFY | IN_MOVED_TO | IN_CREATE);
  }
  ~Watch() { ::close(fd_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Returns when `holds` does; throws when the process ended or patience did.
  void until(
      const std::function<bool()>& holds, int process, const std::function<std::string()>& report
  ) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!holds()) {
      pollfd waits[2] = {{fd_, POLLIN, 0}, {process, POLLIN, 0}};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline - std::chrono::steady_clock::now()
      );
      const bool late = left.count() <= 0 || ::poll(waits, 2, static_cast<int>(left.count())) == 0;
      if (late) throw std::runtime_error("nothing happened: " + report());
      if ((waits[1].revents & POLLIN) != 0 && !holds())
        throw std::runtime_error("the edge ended: " + report());
      char events[4096];
      while (::read(fd_, events, sizeof events) > 0) {
      }
    }
  }

 private:
  int fd_;
};

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

}  // namespace

Outcome run_festina(const std::vector<std::string>& arguments) {
  const TempDir directory;
  const std::string out = directory.path() + "/out";
  const std::string err = directory.path() + "/err";
  const int pid = spawn(arguments, out, err);
  const int exit_code = wait_for_exit(pid);
  return {.exit_code = exit_code, .output = read_file(out), .errors = read_file(err)};
}

std::future<Outcome> run_festina_async(std::vector<std::string> arguments) {
  return std::async(std::launch::async, run_festina, std::move(arguments));
}

EdgeOptions edge_for(std::string zones) {
  EdgeOptions options;
  options.zones = std::move(zones);
  return options;
}

Edge::Edge(const TempDir& files, const EdgeOptions& options) : directory_(files.path()) {
  const std::string config = options.control +
                             "[state]\ndir = \"state\"\n[log]\naccess = \"logs/access.log\"\n"
                             "[testing]\nclock = true\n" +
                             options.more + "\n" + options.colos + "\n" + options.zones;
  config_file_ = files.write("festina.toml", config);
  files.write("logs/access.log", "");
  files.write("run/out", "");
  const std::string ready = directory_ + "/run/ready";
  ::unlink(ready.c_str());  // an edge before this one may have left it
  const std::string err = directory_ + "/logs/err";
  const Watch watch(directory_ + "/run");
  pid_ = spawn(
      {"serve",
       "--config",
       config_file_,
       "--ready-file",
       ready,
       "--threads",
       std::to_string(options.threads)},
      directory_ + "/run/out",
      err,
      options.environment
  );
  process_ = pidfd_of(pid_);
  try {
    watch.until([&] { return exists(ready); }, process_, [&] { return read_file(err); });
  } catch (...) {
    ::kill(pid_, SIGKILL);
    wait_for_exit(pid_);
    ::close(process_);
    throw;
  }
  const json::Value addresses = json::parse(read_file(ready)).value();
  control_ = addresses.at("control").as_string().c_str();
  for (const auto& [colo, urls] : addresses.at("colos").as_object()) {
    listeners_.emplace_back(colo, urls.as_array().at(0).as_string().c_str());
  }
}

Edge::~Edge() {
  if (pid_ > 0) stop();
}

void Edge::signal(int number) const { ::kill(pid_, number); }

int Edge::stop() {
  signal(SIGTERM);
  return await_end();
}

int Edge::await_end() {
  const int exit_code = wait_for_exit(pid_);
  ::close(process_);
  pid_ = -1;
  return exit_code;
}

std::string Edge::listener(std::string_view colo) const {
  const auto found = std::ranges::find(listeners_, colo, [](const auto& pair) {
    return std::string_view(pair.first);
  });
  if (found == listeners_.end()) throw std::runtime_error("no such colo");
  return found->second;
}

Answer Edge::get(const std::string& url, const Ask& ask, std::string_view colo) const {
  return fetch(listener(colo), url, ask);
}

std::future<Answer> Edge::get_async(const std::string& url, const Ask& ask, std::string_view colo)
    const {
  return fetch_async(listener(colo), url, ask);
}

std::string Edge::token() const {
  const std::vector<std::string> lines = lines_of(read_file(directory_ + "/state/token"));
  return lines.empty() ? std::string() : lines.front();
}

Answer Edge::api(const std::string& method, const std::string& path, const std::string& body)
    const {
  Ask ask{.method = method, .fields = {{"Authorization", "Bearer " + token()}}, .body = body};
  if (!body.empty()) ask.fields.emplace_back("Content-Type", "application/json");
  return fetch(control_, control_ + path, ask);
}

void Edge::advance(std::chrono::seconds by) const {
  const Answer answer =
      api("POST", "/festina/v1/clock", "{\"advance\":" + std::to_string(by.count()) + "}");
  if (answer.status != 200) throw std::runtime_error("the clock did not move: " + answer.body);
}

std::vector<std::string> Edge::await_records(std::size_t count) const {
  const std::string file = directory_ + "/logs/access.log";
  const Watch watch(directory_ + "/logs");
  watch.until(
      [&] { return lines_of(read_file(file)).size() >= count; },
      process_,
      [&] { return read_file(file); }
  );
  return lines_of(read_file(file));
}

std::string Edge::await_log(std::string_view text) const {
  const std::string file = directory_ + "/logs/err";
  const Watch watch(directory_ + "/logs");
  watch.until(
      [&] { return read_file(file).find(text) != std::string::npos; },
      process_,
      [&] { return read_file(file); }
  );
  return read_file(file);
}

}  // namespace festina::harness
