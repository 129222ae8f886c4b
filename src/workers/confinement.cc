#include "workers/confinement.h"

#include <cerrno>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

namespace festina::workers {
namespace {

// A user namespace gives anyone the right to a network namespace; where those are switched off, root has it anyway.
bool leave_network() {
  return ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 || ::unshare(CLONE_NEWNET) == 0;
}

bool may_leave_network() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(leave_network() ? 0 : 1);
  int state = 0;
  while (pid > 0 && ::waitpid(pid, &state, 0) < 0 && errno == EINTR) {
  }
  return pid > 0 && WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

Network tried_network() {
  if (may_leave_network()) return Network::none;
  log::warn("workers.no_namespace", {{"why", "the system gives no network namespace to a child"}});
  return Network::ours;
}

bool limit(__rlimit_resource_t resource, std::uint64_t most) {
  const rlimit value{.rlim_cur = most, .rlim_max = most};
  return ::setrlimit(resource, &value) == 0;
}

}  // namespace

Network emptiest_network() {
  static const Network kNetwork = tried_network();
  return kNetwork;
}

int confine(const Confinement& confinement) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_FSIZE, 0)) return errno;
  if (confinement.data_bytes > 0 && !limit(RLIMIT_DATA, confinement.data_bytes)) return errno;
  if (confinement.network == Network::none && !leave_network()) return errno;
  return 0;
}

}  // namespace festina::workers
