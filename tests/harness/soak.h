// Scenarios have a short form for every day and a long one for `make soak`.
#pragma once

#include <cstdlib>

namespace festina::harness {

inline bool soaking() { return std::getenv("FESTINA_SOAK") != nullptr; }

template <class T>
T soaking_or(T in_a_soak, T every_day) {
  return soaking() ? in_a_soak : every_day;
}

}  // namespace festina::harness
