// Journal: where all that has happened is told, once: the access log's file, the history and whoever listens.
#pragma once

#include "observe/access_log.h"
#include "observe/feed.h"
#include "observe/history.h"

namespace festina::observe {

// Threads: any.
struct Journal {
  AccessLog access_log;
  History history;
  Feed feed;

  // The last of every request.
  void tell(const Record&);
  void tell(Thrown);
};

}  // namespace festina::observe
