// Loaded before a program's libraries, it shows the program a machine whose clock somebody set: what the file
// FESTINA_CLOCK_FILE names is added to the time of day, one std::int64_t of seconds, read anew each time. Clocks that only
// count stay as they are. libfaketime does the same, but not beneath a sanitizer: it allocates before that is ready.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

// Zero while there is no file: the program starts with the machine's own time.
std::int64_t seconds_ahead() {
  static std::atomic<const std::atomic<std::int64_t>*> mapped{nullptr};
  const auto* ahead = mapped.load();
  if (ahead != nullptr) return ahead->load();
  const char* name = ::getenv("FESTINA_CLOCK_FILE");
  const int file = name == nullptr ? -1 : ::open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  void* memory = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  if (memory == MAP_FAILED) return 0;
  ahead = static_cast<const std::atomic<std::int64_t>*>(memory);
  mapped.store(ahead);
  return ahead->load();
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  const bool is_of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (result == 0 && is_of_day) time->tv_sec += seconds_ahead();
  return result;
}
