// Between fork and exec only async-signal-safe calls: another thread may have held any lock.
#include "workers/process.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace festina::workers {
namespace {

using AsyncDescriptor = asio::posix::basic_stream_descriptor<Executor>;

constexpr int kCannotStart = 127;

Error system_error(std::string_view what, int number) {
  const ErrorCode code = number == ENOENT                      ? ErrorCode::not_found
                         : number == EACCES || number == EPERM ? ErrorCode::permission_denied
                                                               : ErrorCode::io;
  return {code, Side::self, std::string(what) + ": " + std::generic_category().message(number)};
}

// glibc 2.36 declares pidfd_open for C only.
Descriptor open_handle(pid_t pid) {
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

// As execve() takes them: a null behind the last. They stay the strings'.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// What the child needs, laid out before the fork.
struct Launch {
  const char* path;
  const char* directory;  // null: ours
  std::vector<char*> arguments;
  std::vector<char*> environment;
  std::array<int, 3> streams;
  const std::vector<int>& inherited;
  const std::optional<Confinement>& confinement;
  int failure;  // where the child says why it could not become the program
  pid_t parent;
};

// Replaces the child by the program; gives the error number when that fails.
int become(const Launch& launch) {
  // Before the next line: a change of credentials takes its effect back.
  const int refused = launch.confinement ? confine(*launch.confinement) : 0;
  if (refused != 0) return refused;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (::getppid() != launch.parent) return ESRCH;  // it died before the line above
  ::setpgid(0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  if (launch.directory && ::chdir(launch.directory) != 0) return errno;
  for (int stream = 0; stream < 3; ++stream) {
    if (::dup2(launch.streams[static_cast<std::size_t>(stream)], stream) < 0) return errno;
  }
  // Not every library opens its sockets with close-on-exec.
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return errno;
  for (const int descriptor : launch.inherited) ::fcntl(descriptor, F_SETFD, 0);
  ::execve(launch.path, launch.arguments.data(), launch.environment.data());
  return errno;
}

std::string read_from_start(const Descriptor& file) {
  std::string text(
      static_cast<std::size_t>(std::max<off_t>(::lseek(file.number(), 0, SEEK_END), 0)), '\0'
  );
  const ssize_t count = ::pread(file.number(), text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return text;
}

// Gives the whole lines at the front of `text` away and keeps the rest.
void take_lines(std::string& text, const std::function<void(std::string_view)>& take) {
  std::string_view rest = text;
  for (;;) {
    const std::size_t end = rest.substr(0, kMaxLineBytes + 1).find('\n');
    const bool is_whole = end != std::string_view::npos;
    if (!is_whole && rest.size() <= kMaxLineBytes) break;
    const std::size_t length = is_whole ? end : kMaxLineBytes;
    take(rest.substr(0, length));
    rest.remove_prefix(is_whole ? length + 1 : length);
  }
  text.erase(0, text.size() - rest.size());
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<Pipe> open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("cannot make a pipe", errno);
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<Descriptor> memory_file(std::string_view content) {
  Descriptor file(::memfd_create("festina", MFD_CLOEXEC));
  if (file.number() < 0) return system_error("cannot make a file in memory", errno);
  while (!content.empty()) {
    const ssize_t count = ::write(file.number(), content.data(), content.size());
    if (count < 0) return system_error("cannot write a file in memory", errno);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  ::lseek(file.number(), 0, SEEK_SET);
  return file;
}

std::string Exit::text() const {
  return signal != 0 ? "signal " + std::to_string(signal) : "status " + std::to_string(status);
}

Result<Process> Process::start(const Program& program) {
  auto failure = open_pipe();
  if (!failure) return failure.error();
  const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const auto or_nothing = [&](int stream) { return stream >= 0 ? stream : nothing.number(); };

  std::vector<std::string> words{program.path};
  words.insert(words.end(), program.arguments.begin(), program.arguments.end());
  std::vector<std::string> environment = program.environment;
  const Launch launch{
      .path = program.path.c_str(),
      .directory = program.directory.empty() ? nullptr : program.directory.c_str(),
      .arguments = pointers_to(words),
      .environment = pointers_to(environment),
      .streams =
          {or_nothing(program.input), or_nothing(program.output), or_nothing(program.errors)},
      .inherited = program.inherited,
      .confinement = program.confinement,
      .failure = failure->writing.number(),
      .parent = ::getpid(),
  };

  const pid_t pid = ::fork();
  if (pid == 0) {
    const int number = become(launch);
    const ssize_t told = ::write(launch.failure, &number, sizeof number);
    ::_exit(told > 0 ? kCannotStart : kCannotStart + 1);
  }
  if (pid < 0) return system_error("cannot start " + program.path, errno);

  Process process(pid, open_handle(pid));
  failure->writing = Descriptor();
  int number = 0;
  if (::read(failure->reading.number(), &number, sizeof number) > 0) {
    return system_error("cannot start " + program.path, number);
  }
  if (process.handle_.number() < 0) return system_error("cannot watch " + program.path, errno);
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), handle_(std::move(other.handle_)), exit_(other.exit_) {}

Process::~Process() {
  if (pid_ == 0 || exit_) return;
  ::kill(pid_, SIGKILL);
  signal(SIGKILL);
  reap();
}

void Process::signal(int number) const {
  if (!exit_) ::kill(-pid_, number);
}

Awaitable<Exit> Process::ended() {
  if (exit_) co_return *exit_;
  const Executor executor = co_await asio::this_coro::executor;
  AsyncDescriptor watched(executor, ::fcntl(handle_.number(), F_DUPFD_CLOEXEC, 0));
  const auto [ec] = co_await watched.async_wait(AsyncDescriptor::wait_read, no_throw);
  if (ec) throw boost::system::system_error(ec);  // cancelled: unwind
  co_return reap();
}

std::optional<Exit> Process::ended_within(std::chrono::milliseconds limit) {
  if (exit_) return exit_;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return {};
    pollfd watched{.fd = handle_.number(), .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, static_cast<int>(left.count())) > 0) return reap();
  }
}

// Requires: the process has ended, or was sent SIGKILL.
Exit Process::reap() {
  int state = 0;
  while (::waitpid(pid_, &state, 0) < 0 && errno == EINTR) {
  }
  exit_ = WIFSIGNALED(state) ? Exit{.status = 0, .signal = WTERMSIG(state)}
                             : Exit{.status = WEXITSTATUS(state), .signal = 0};
  return *exit_;
}

Awaitable<> each_line(Descriptor pipe, std::function<void(std::string_view)> take) {
  const Executor executor = co_await asio::this_coro::executor;
  AsyncDescriptor stream(executor, pipe.release());
  std::string text;
  std::array<char, 4096> part;
  for (;;) {
    const auto [ec, count] = co_await stream.async_read_some(asio::buffer(part), no_throw);
    if (ec) break;
    text.append(part.data(), count);
    take_lines(text, take);
  }
  if (!text.empty()) take(text);
}

Result<Finished> run(Program program, std::chrono::milliseconds limit) {
  const auto output = memory_file("");
  const auto errors = memory_file("");
  if (!output || !errors) return output ? errors.error() : output.error();
  program.output = output->number();
  program.errors = errors->number();
  auto process = Process::start(program);
  if (!process) return process.error();
  const auto exit = process->ended_within(limit);
  if (!exit) return Error{ErrorCode::timed_out, Side::self, program.path + " did not end in time"};
  return Finished{*exit, read_from_start(*output), read_from_start(*errors)};
}

}  // namespace festina::workers
