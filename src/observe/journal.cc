#include "observe/journal.h"

#include <utility>

namespace festina::observe {

void Journal::tell(const Record& record) {
  history.keep(record);
  access_log.write(record);
  feed.tell(record);
}

void Journal::tell(Thrown thrown) {
  feed.tell(thrown);
  history.keep(std::move(thrown));
}

}  // namespace festina::observe
