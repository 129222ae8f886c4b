// Two operators that Debian's libkj 0.9.2 leaves out in C++20: it counts on a rewritten `b == a`, which a class that also
// declares operator!= no longer gets (P2468R2). Included before everything else by whoever uses workerd_schema.
#pragma once

#include <kj/string.h>

namespace kj {

inline bool operator==(const char* a, const StringPtr& b) { return b.operator==(a); }
inline bool operator!=(const char* a, const StringPtr& b) { return b.operator!=(a); }

}  // namespace kj
