#include "workers/workerd.h"

#include <algorithm>
#include <csignal>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "workers/replaced.h"

namespace festina::workers {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What newer compatibility dates put in front of a module's name.
constexpr std::string_view kModuleRoot = "file:///bundle/";
// Lines of standard error kept while it starts.
constexpr std::size_t kMaxWords = 64;
// What V8 writes before it ends the process.
constexpr std::string_view kOutOfHeap = "JavaScript heap out of memory";
// The allocator of workerd keeps its memory by CPU only when restartable sequences are its own to register, and glibc takes
// them first unless it is told not to. Without that it keeps it by thread, more slowly (ADR 15).
constexpr std::string_view kNoRseqOfGlibc = "GLIBC_TUNABLES=glibc.pthread.rseq=0";
// A killed process is gone by then, unless the kernel itself is stuck.
constexpr std::chrono::seconds kKillLimit{5};

// {"event":"listen","socket":"FRA","port":0}
bool is_listen_event(std::string_view line) {
  const auto event = json::parse(line);
  return event && json::string_member(*event, "event") == "listen";
}

void log_error_line(std::string_view script, std::string_view line) {
  log::warn("worker.stderr", {{"script", script}, {"text", line}});
}

}  // namespace

Complaint complaint(const std::vector<std::string>& lines) {
  constexpr std::string_view mark = "service ";
  const auto is_of_service = [&](const std::string& line) { return line.starts_with(mark); };
  auto line = std::ranges::find_if(lines, is_of_service);
  Complaint said;
  auto end = lines.end();
  if (line == lines.end()) {
    line = lines.begin();
  } else {
    const auto halves = split_once(std::string_view(*line).substr(mark.size()), ' ');
    if (halves) said.script = halves->before.substr(0, halves->before.find('/'));
    said.text = halves ? halves->after : *line;
    end = std::find_if(++line, lines.end(), is_of_service);
  }
  for (; line != end; ++line) said.text.append(said.text.empty() ? "" : " ").append(trimmed(*line));
  said.text = replaced(said.text, kModuleRoot, "");
  return said;
}

Workerd::Workerd(const Launch& launch, Process process)
    : script_(launch.script), sockets_(launch.sockets.size()), process_(std::move(process)) {}

Result<std::shared_ptr<Workerd>> Workerd::start(
    const Launch& launch, const Executor& executor, TaskGroup& tasks
) {
  auto control = open_pipe();
  auto output = open_pipe();
  auto errors = open_pipe();
  for (const auto* pipe : {&control, &output, &errors}) {
    if (!*pipe) return pipe->error();
  }
  ::lseek(launch.configuration, 0, SEEK_SET);  // an earlier process has read it
  const int control_end = control->writing.number();
  Program program{
      .path = launch.program,
      .arguments = {"serve", "-b", "-", "--control-fd", std::to_string(control_end)},
      .environment = {std::string(kNoRseqOfGlibc)},
      .directory = {},
      .input = launch.configuration,
      .output = output->writing.number(),
      .errors = errors->writing.number(),
      .inherited = {control_end},
      .confinement = Confinement{.network = emptiest_network(), .data_bytes = launch.data_bytes},
  };
  for (const Socket& socket : launch.sockets) {
    program.arguments.insert(
        program.arguments.end(),
        {"--socket-fd", socket.name + "=" + std::to_string(socket.listening)}
    );
    program.inherited.push_back(socket.listening);
  }
  auto process = Process::start(program);
  if (!process) return process.error();

  auto self = std::make_shared<Workerd>(launch, std::move(*process));
  tasks.spawn(executor, wait_for_end(self));
  tasks.spawn(executor, read_control(self, std::move(control->reading)));
  tasks.spawn(executor, read_output(self, std::move(output->reading)));
  tasks.spawn(executor, read_errors(self, std::move(errors->reading)));
  return self;
}

Awaitable<> Workerd::wait_for_end(Ref self) {
  self->exit_ = co_await self->process_.ended();
  self->changed_.notify();
}

Awaitable<> Workerd::read_control(Ref self, Descriptor pipe) {
  const auto take = [&](std::string_view line) {
    if (is_listen_event(line)) ++self->listening_;
    self->changed_.notify();
  };
  co_await each_line(std::move(pipe), take);
  self->control_ended_ = true;
  self->changed_.notify();
}

Awaitable<> Workerd::read_output(Ref self, Descriptor pipe) {
  const auto take = [&](std::string_view line) {
    log::info("worker.console", {{"script", self->script_}, {"text", line}});
  };
  co_await each_line(std::move(pipe), take);
}

Awaitable<> Workerd::read_errors(Ref self, Descriptor pipe) {
  const auto take = [&](std::string_view line) {
    if (line.find(kOutOfHeap) != std::string_view::npos) self->is_out_of_heap_ = true;
    if (self->is_ready_) return log_error_line(self->script_, line);
    if (self->words_.size() < kMaxWords) self->words_.emplace_back(line);
  };
  co_await each_line(std::move(pipe), take);
  self->errors_ended_ = true;
  self->changed_.notify();
}

Awaitable<bool> Workerd::becomes(bool (Workerd::*state)() const, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  for (;;) {
    const std::uint64_t seen = changed_.version();
    if ((this->*state)()) co_return true;
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) co_return false;
    co_await changed_.wait_within(left, seen);
  }
}

Awaitable<Result<>> Workerd::ready(milliseconds limit) {
  const bool in_time = co_await becomes(&Workerd::is_settled, limit);
  if (is_listening()) {
    is_ready_ = true;
    for (const std::string& line : words_) log_error_line(script_, line);
    words_.clear();
    co_return Result<>();
  }
  signal(SIGKILL);
  co_await becomes(&Workerd::is_over, kKillLimit);
  auto [script, why] = complaint(words_);
  complained_of_ = std::move(script);
  if (!in_time) why = "it does not listen after " + std::to_string(limit.count()) + " ms. " + why;
  if (why.empty()) why = end();
  co_return Error{ErrorCode::worker_unavailable, Side::worker, std::move(why)};
}

std::string Workerd::end() const {
  if (is_out_of_heap_) return "its JavaScript heap was full";
  return "it ended by " + (exit_ ? exit_->text() : "itself");
}

Awaitable<bool> Workerd::ended_within(milliseconds limit) {
  return becomes(&Workerd::is_over, limit);
}

}  // namespace festina::workers
