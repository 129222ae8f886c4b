#include "base/guarded.h"

#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace festina {
namespace {

TEST(Guarded, HoldsTheValueItWasGiven) {
  const Guarded<std::string> name(std::string("example"));
  EXPECT_EQ(name.with([](const std::string& text) { return text.size(); }), 7U);
}

TEST(Guarded, LosesNoChangeOfTwoThreads) {
  Guarded<int> count(0);
  const auto count_up = [&] {
    for (int i = 0; i < 10'000; ++i) count.with([](int& n) { ++n; });
  };
  std::thread other(count_up);
  count_up();
  other.join();
  EXPECT_EQ(count.with([](int n) { return n; }), 20'000);
}

TEST(Guarded, PassesOnWhatTheFunctionReturns) {
  Guarded<int> count(1);
  const int before = count.with([](int& n) { return std::exchange(n, 5); });
  EXPECT_EQ(before, 1);
  EXPECT_EQ(count.with([](int n) { return n; }), 5);
}

}  // namespace
}  // namespace festina
