#include "edge/coders.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "http/decoder.h"

namespace festina::edge {
namespace {

using http::Coding;

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "line " + std::to_string(i * 7919) + " of many\n";
  return text;
}

std::string decoded(std::string_view coded, Coding coding) {
  http::Decoder decoder(coding);
  std::string text;
  while (true) {
    const auto part = decoder.decode(coded);
    if (!part) return part.error().detail;
    if (part->empty()) return decoder.is_at_end() ? text : "cut";
    text += *part;
  }
}

class CodersTest : public testing::Test {
 protected:
  ~CodersTest() override { io_.run(); }

  std::string read(Body body) {
    std::string text;
    const auto take = [&text](const std::exception_ptr&, Result<std::string> read) {
      text = std::move(read).value();
    };
    asio::co_spawn(io_, collect(std::move(body), 1 << 24, Side::self), take);
    io_.run();
    io_.restart();
    return text;
  }
  cache::EntryRef stored(std::string text) {
    cache::EntryHead head;
    head.key = {.text = "https://example.com/a.css", .zone = "z"};
    head.born = cache_.birth();
    const auto body = std::make_shared<cache::StoredBody>();
    body->append(Bytes::from(std::move(text)));
    body->complete();
    const policy::CacheKey key = head.key;
    cache_.commit(cache::Entry::make(std::move(head), body), cache::Admission::demanded);
    return cache_.lookup(key);
  }
  std::uint64_t counted(observe::Counter counter) const {
    return metrics_.totals().counters.at(static_cast<std::size_t>(counter));
  }

  ManualClock clock_{TimePoint{}};
  cache::Cache cache_{64 << 20, clock_};
  observe::Metrics metrics_;
  asio::io_context io_;
  WorkPool pool_{1};
  TaskGroup tasks_;
  Coders coders_{pool_, cache_, metrics_, tasks_};
};

TEST_F(CodersTest, CodeWhatIsSmallAtOnce) {
  const std::string text = lines(100);
  Coders::Coded made = coders_.code(Body::of(text), Coding::gzip);
  ASSERT_TRUE(made.is_coded && made.body.is_whole());
  EXPECT_EQ(decoded(made.body.whole.view(), Coding::gzip), text);
  EXPECT_EQ(coders_.coding(), 0U);
  EXPECT_EQ(counted(observe::Counter::coding_saved_bytes), text.size() - made.body.whole.size());
}

TEST_F(CodersTest, CodeTheRestAsItIsRead) {
  const std::string text = lines(20'000);
  for (const Coding coding : {Coding::gzip, Coding::brotli, Coding::zstd}) {
    Coders::Coded made = coders_.code(Body::of(text), coding);
    ASSERT_TRUE(made.is_coded);
    EXPECT_EQ(made.body.size(), std::nullopt);
    EXPECT_EQ(coders_.coding(), 1U);
    EXPECT_EQ(decoded(read(std::move(made.body)), coding), text);
    EXPECT_EQ(coders_.coding(), 0U);
  }
}

TEST_F(CodersTest, LeaveBodiesAsTheyAreWhenTooManyAreBeingCoded) {
  const std::string text = lines(2'000);
  std::vector<Body> bodies;
  for (std::size_t i = 0; i < kMaxCoding; ++i) {
    Coders::Coded made = coders_.code(Body::of(text), Coding::gzip);
    ASSERT_TRUE(made.is_coded) << i;
    bodies.push_back(std::move(made.body));
  }
  Coders::Coded one_more = coders_.code(Body::of(text), Coding::gzip);
  EXPECT_FALSE(one_more.is_coded);
  EXPECT_EQ(one_more.body.whole.view(), text);
  EXPECT_EQ(coders_.coding(), kMaxCoding);
  bodies.pop_back();
  EXPECT_TRUE(coders_.code(Body::of(text), Coding::gzip).is_coded);
}

TEST_F(CodersTest, KeepCodedWhatIsHitOften) {
  const std::string text = lines(20'000);
  const cache::EntryRef entry = stored(text);
  for (int hit = 1; hit < kHitsUntilKept; ++hit) EXPECT_FALSE(coders_.count_hit(*entry));
  EXPECT_TRUE(coders_.count_hit(*entry));
  EXPECT_FALSE(coders_.count_hit(*entry)) << "once";

  coders_.keep_coded(io_.get_executor(), entry, Coding::brotli);
  auto joined = tasks_.join();
  asio::co_spawn(io_, std::move(joined), [](const std::exception_ptr&) {});
  io_.run();
  io_.restart();

  const cache::EntryRef kept = cache_.lookup({.text = "https://example.com/a.css", .zone = "z"});
  if (!kept->coded()) FAIL();
  EXPECT_EQ(kept->coded()->coding, Coding::brotli);
  EXPECT_EQ(decoded(read(kept->open_as_kept()), Coding::brotli), text);
  EXPECT_EQ(counted(observe::Counter::kept_coded), 1U);
  EXPECT_FALSE(coders_.count_hit(*kept)) << "it is kept so";
}

TEST_F(CodersTest, KeepLargeBodiesAsTheyCame) {
  const cache::EntryRef largest = stored(std::string(cache::kMaxCodedAnew, 'a'));
  for (int hit = 1; hit < kHitsUntilKept; ++hit) coders_.count_hit(*largest);
  EXPECT_TRUE(coders_.count_hit(*largest));
  const cache::EntryRef larger = stored(std::string(cache::kMaxCodedAnew + 1, 'a'));
  for (int hit = 0; hit < 2 * kHitsUntilKept; ++hit) EXPECT_FALSE(coders_.count_hit(*larger));
}

TEST_F(CodersTest, KeepSoManyAtOnceAndTryTheOthersAgain) {
  const cache::EntryRef entry = stored(lines(10));
  for (int hit = 0; hit < kHitsUntilKept; ++hit) coders_.count_hit(*entry);
  for (std::size_t i = 0; i < kMaxKeeping; ++i)
    coders_.keep_coded(io_.get_executor(), entry, Coding::gzip);
  EXPECT_EQ(tasks_.running(), kMaxKeeping);
  EXPECT_FALSE(coders_.count_hit(*entry)) << "it is being coded";
  coders_.keep_coded(io_.get_executor(), entry, Coding::gzip);
  EXPECT_EQ(tasks_.running(), kMaxKeeping);
  for (int hit = 1; hit < kHitsUntilKept; ++hit) EXPECT_FALSE(coders_.count_hit(*entry));
  EXPECT_TRUE(coders_.count_hit(*entry)) << "what found no room is counted anew";
}

}  // namespace
}  // namespace festina::edge
