// Watchdog: is a process of workerd well? What it uses, whether it answers, and what follows from that.
//
// All scripts of a process run on one thread: one that computes without a pause is deaf to every request and to SIGTERM
// (workerd.md §13), so only a killed process is cured. A request with a method nobody knows is answered by workerd
// itself (501) as soon as that thread has a moment: that is the heartbeat, and no script sees it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/async.h"
#include "zone/script.h"

namespace festina::workers {

// How often a process is looked at.
inline constexpr std::chrono::milliseconds kLookEvery{250};
// What a process may compute between two answers to the heartbeat, unless its scripts say otherwise (limits.cpu_ms).
inline constexpr std::chrono::milliseconds kCpuLimit{30'000};
// A process that does not answer for so long, and has not computed for even a second, is ended.
inline constexpr std::chrono::milliseconds kSilenceLimit{60'000};
inline constexpr std::chrono::milliseconds kNextToNoCpu{1'000};
// One that is too large and computes for so long without an answer is not expected to make room by itself.
inline constexpr std::chrono::milliseconds kLargeAndBusy{1'000};

// What [workers] allows a process, and the scripts in it.
struct Limits {
  std::uint64_t memory = std::uint64_t{512} * 1024 * 1024;  // resident
  std::chrono::milliseconds answer{100'000};                // of a Worker, without a byte
  std::uint32_t calls = zone::kPaidCalls;                   // of a script, for one request
  bool operator==(const Limits&) const = default;
};

// What the kernel knows of a process.
struct Vitals {
  std::chrono::milliseconds cpu{0};  // used since its start
  std::uint64_t resident = 0;        // bytes
  bool is_ending = false;            // it runs no more, though it may not have been waited for
};
// A line of /proc/PID/stat (proc(5)).
std::optional<Vitals> parse_vitals(std::string_view line);
// Nothing when there is no such process.
std::optional<Vitals> vitals_of(pid_t);

// What is seen of a process.
struct Symptoms {
  std::chrono::milliseconds cpu{0};      // used since its last answer
  std::chrono::milliseconds silence{0};  // since then
  std::uint64_t resident = 0;
};
enum class Verdict : std::uint8_t {
  well,
  outgrown,  // too large: to be replaced
  bursting,  // far too large, or too large and busy growing: to be killed
  spinning,  // to be killed
  hanging    // to be killed
};
inline constexpr std::size_t kVerdicts = 5;
std::string_view name(Verdict);  // "spinning"
Verdict verdict(const Symptoms&, const Limits&, std::chrono::milliseconds cpu_limit);
// Why a process with this verdict is killed, for people: "its process …".
std::string reason_of(Verdict, const Limits&, std::chrono::milliseconds cpu_limit);

// Asks once, on a connection of its own. True when an answer came within the limit.
Awaitable<bool> answers_heartbeat(std::string socket_path, std::chrono::milliseconds limit);

}  // namespace festina::workers
