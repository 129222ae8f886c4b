#include "edge/selection.h"

#include <gtest/gtest.h>

namespace festina::edge {
namespace {

constexpr std::uint64_t kLength = 10 * kMaxRangeWait;
constexpr std::uint64_t kArrived = 1000;

class FarAhead : public testing::Test {
 protected:
  FarAhead() { body_->append(Bytes::from(std::string(kArrived, 'x'))); }

  // Is a request with this Range field far ahead of a body of this length?
  bool is_far(const std::string& range, std::optional<std::uint64_t> length = kLength) {
    cache::EntryHead head;
    head.response.status = 200;
    head.length = length;
    x_.request.headers.set(http::Name::range, range);
    return is_far_ahead(x_, *cache::Entry::make(std::move(head), body_));
  }
  static std::string from(std::uint64_t first) { return "bytes=" + std::to_string(first) + "-"; }

  std::shared_ptr<cache::StoredBody> body_ = std::make_shared<cache::StoredBody>();
  Exchange x_;
};

TEST_F(FarAhead, BeginsAfterWhatIsWaitedFor) {
  EXPECT_FALSE(is_far(from(0)));
  EXPECT_FALSE(is_far(from(kArrived + kMaxRangeWait)));
  EXPECT_TRUE(is_far(from(kArrived + kMaxRangeWait + 1)));
  EXPECT_TRUE(is_far("bytes=-1"));
  EXPECT_FALSE(is_far("bytes=0-1," + std::to_string(kLength - 1) + "-")) << "the first one counts";
}

TEST_F(FarAhead, IsNothingThatIsNotSentAsARange) {
  EXPECT_FALSE(is_far(from(kLength))) << "416";
  EXPECT_FALSE(is_far(from(kLength - 1), std::nullopt)) << "no range of an unknown length";
  EXPECT_TRUE(is_far(from(kLength - 1)));
  x_.request.headers.set(http::Name::if_range, "\"other\"");
  EXPECT_FALSE(is_far(from(kLength - 1))) << "the whole is sent";
}

TEST_F(FarAhead, IsNothingForAHead) {
  x_.request.method = http::Method::head;
  EXPECT_FALSE(is_far(from(kLength - 1)));
}

TEST_F(FarAhead, IsNothingInABodyThatIsThere) {
  body_->append(Bytes::from(std::string(kLength - kArrived, 'x')));
  EXPECT_FALSE(is_far(from(kLength - 1)));
  body_->complete();
  EXPECT_FALSE(is_far(from(kLength - 1)));
}

}  // namespace
}  // namespace festina::edge
