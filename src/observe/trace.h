// Trace: what became of a request that was served, with its subrequests and Cache API operations nested in it, as JSON: the
// values the history kept, in the sentences of explain.
#pragma once

#include <vector>

#include "base/json.h"
#include "observe/explain_line.h"
#include "observe/history.h"

namespace festina::observe {

// The lines of one request: decision, key, reuse, fill, upstream, worker, status, note; of a Cache API operation: key,
// operation, note.
std::vector<ExplainLine> lines_of(const Record&);

// Requires: what History::find gave, not empty.
json::Value trace(const std::vector<Remembered>&, const std::vector<Thrown>&);

}  // namespace festina::observe
