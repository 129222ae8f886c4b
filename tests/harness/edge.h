// The edge under test: the real `festina` program, started with a configuration of the test's own.
#pragma once

#include <future>
#include <string>
#include <string_view>
#include <vector>

#include "harness/client.h"
#include "harness/temp_dir.h"

namespace festina::harness {

// How a program ended, and what it said.
struct Outcome {
  int exit_code = -1;
  std::string output;
  std::string errors;
};
// Runs the program with these arguments to its end.
Outcome run_festina(const std::vector<std::string>& arguments);
// The same, running beside the test.
std::future<Outcome> run_festina_async(std::vector<std::string> arguments);

struct EdgeOptions {
  std::string zones;  // TOML of [[zones]] and [[scripts]]
  std::string colos =
      "[[colos]]\nname = \"FRA\"\ncountry = \"DE\"\nlisten = [\"http://127.0.0.1:0\"]\n";
  std::string control = "[control]\nlisten = \"http://127.0.0.1:0\"\n";
  std::string more;  // further sections, such as [cache]
  int threads = 2;
  std::vector<std::string> environment;  // NAME=VALUE, beside the test's own
};

EdgeOptions edge_for(std::string zones);

class Edge {
 public:
  // Files the configuration names are written below `files.path()` before. Returns when the edge is ready; throws with
  // what it printed when it does not become so.
  Edge(const TempDir& files, const EdgeOptions&);
  ~Edge();  // SIGTERM; a test fails when it does not end cleanly
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

  // A client's request to a colo's first listener.
  Answer get(const std::string& url, const Ask& ask = {}, std::string_view colo = "FRA") const;
  std::future<Answer> get_async(
      const std::string& url, const Ask& ask = {}, std::string_view colo = "FRA"
  ) const;
  std::string listener(std::string_view colo = "FRA") const;

  // A call of the control API with the node's token.
  Answer api(const std::string& method, const std::string& path, const std::string& body = {})
      const;
  std::string control() const { return control_; }
  std::string token() const;
  std::string config_file() const { return config_file_; }
  // Moves the test clock.
  void advance(std::chrono::seconds) const;
  // Records of the access log so far, as JSON lines; waits until there are that many.
  std::vector<std::string> await_records(std::size_t count) const;
  // What the edge has written to standard error, once it holds `text`.
  std::string await_log(std::string_view text) const;
  int pid() const { return pid_; }
  // Sends it a signal.
  void signal(int number) const;
  // Waits for its end; gives the exit code.
  int await_end();
  // SIGTERM now; gives the exit code.
  int stop();

 private:
  std::string directory_;
  std::string config_file_;
  std::string control_;
  std::vector<std::pair<std::string, std::string>> listeners_;
  int pid_ = -1;
  int process_ = -1;  // pidfd
};

}  // namespace festina::harness
