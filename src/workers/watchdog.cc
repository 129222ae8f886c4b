#include "workers/watchdog.h"

#include <array>
#include <fstream>
#include <unistd.h>
#include <utility>

#include "base/errors.h"
#include "base/text.h"
#include "net/connector.h"

namespace festina::workers {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kHeartbeat =
    "HEARTBEAT http://festina.invalid/ HTTP/1.1\r\nHost: festina.invalid\r\n\r\n";

// Fields behind the name of the program, which stands in brackets and may hold anything; counted from the state.
constexpr std::size_t kState = 0;
constexpr std::size_t kFlags = 6;
constexpr std::size_t kUserTime = 11;
constexpr std::size_t kSystemTime = 12;
constexpr std::size_t kResidentPages = 21;

constexpr std::uint64_t kIsExiting = 0x4;  // PF_EXITING: set before its descriptors are closed

std::string seconds_text(milliseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  return seconds == time ? std::to_string(seconds.count()) + " s"
                         : std::to_string(time.count()) + " ms";
}

}  // namespace

std::optional<Vitals> parse_vitals(std::string_view line) {
  const std::size_t bracket = line.rfind(") ");
  if (bracket == std::string_view::npos) return {};
  const auto fields = split(line.substr(bracket + 2), ' ');
  if (fields.size() <= kResidentPages) return {};
  const auto number = [&](std::size_t index) { return parse_decimal(fields[index]).value_or(0); };
  const std::uint64_t ticks = number(kUserTime) + number(kSystemTime);
  const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const bool is_dead = fields[kState] == "Z" || fields[kState] == "X";
  return Vitals{
      .cpu = milliseconds(ticks * 1000 / ticks_per_second),
      .resident = number(kResidentPages) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)),
      .is_ending = is_dead || (number(kFlags) & kIsExiting) != 0
  };
}

std::optional<Vitals> vitals_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  return parse_vitals(line);
}

Verdict verdict(const Symptoms& seen, const Limits& limits, milliseconds cpu_limit) {
  const bool is_far_too_large = seen.resident > limits.memory + limits.memory / 2;
  const bool is_too_large = seen.resident > limits.memory;
  if (is_far_too_large || (is_too_large && seen.cpu >= kLargeAndBusy)) return Verdict::bursting;
  if (seen.cpu >= cpu_limit) return Verdict::spinning;
  if (seen.silence >= kSilenceLimit && seen.cpu < kNextToNoCpu) return Verdict::hanging;
  return is_too_large ? Verdict::outgrown : Verdict::well;
}

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::well:
      return "well";
    case Verdict::outgrown:
      return "outgrown";
    case Verdict::bursting:
      return "bursting";
    case Verdict::spinning:
      return "spinning";
    case Verdict::hanging:
      return "hanging";
  }
  unreachable("every verdict has a name");
}

std::string reason_of(Verdict verdict, const Limits& limits, milliseconds cpu_limit) {
  switch (verdict) {
    case Verdict::well:
    case Verdict::outgrown:
      unreachable("nobody is killed for that");
    case Verdict::bursting:
      return "its process was killed: it took more memory than [workers] max_memory = " +
             std::to_string(limits.memory / (std::uint64_t{1024} * 1024)) + " MiB";
    case Verdict::spinning:
      return "its process was killed: it computed for " + seconds_text(cpu_limit) +
             " of CPU time without a pause (limits.cpu_ms)";
    case Verdict::hanging:
      return "its process was killed: it did not answer for " + seconds_text(kSilenceLimit);
  }
  unreachable("every verdict is named");
}

Awaitable<bool> answers_heartbeat(std::string socket_path, milliseconds limit) {
  auto stream = co_await net::connect_to_path(std::move(socket_path), limit, Side::worker);
  if (!stream) co_return false;
  stream->expect_within(limit);
  const auto sent = co_await stream->write({&kHeartbeat, 1});
  if (!sent) co_return false;
  std::array<char, 512> answer{};
  const auto count = co_await stream->read_some(answer);
  co_return count && *count > 0;
}

}  // namespace festina::workers
