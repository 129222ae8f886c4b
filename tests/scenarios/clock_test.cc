// Somebody sets the machine's clock while the server runs: promise 14 of the cache.
#include <atomic>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::days;
using std::chrono::seconds;

// The file by which the server's time of day is set (harness/preload/set_clock.cc).
class DayClock {
 public:
  explicit DayClock(const TempDir& files) : name_(files.write("clock", std::string(8, '\0'))) {
    const int file = ::open(name_.c_str(), O_RDWR | O_CLOEXEC);
    void* memory = ::mmap(nullptr, sizeof *ahead_, PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (memory == MAP_FAILED) throw std::runtime_error("mmap: " + name_);
    ahead_ = static_cast<std::atomic<std::int64_t>*>(memory);
  }
  ~DayClock() { ::munmap(ahead_, sizeof *ahead_); }
  DayClock(const DayClock&) = delete;
  DayClock& operator=(const DayClock&) = delete;

  void set_ahead(seconds by) { ahead_->store(by.count()); }
  std::vector<std::string> environment() const {
    return {"LD_PRELOAD=" FESTINA_SET_CLOCK, "FESTINA_CLOCK_FILE=" + name_};
  }

 private:
  std::string name_;
  std::atomic<std::int64_t>* ahead_ = nullptr;
};

class ClockJump : public testing::TestWithParam<std::string> {
 protected:
  Answer get(const std::string& path) const { return edge.get(kSite + path); }
  int age_of(const std::string& path) const { return std::stoi(get(path).field("Age")); }

  EdgeOptions options() {
    const std::string profile = "profile = \"" + GetParam() + "\"\n";
    EdgeOptions options = edge_for(zone_toml("example.com", origin.url(), profile));
    options.environment = clock.environment();
    return options;
  }

  Origin origin;
  TempDir files;
  DayClock clock{files};
  Edge edge{files, options()};
};

TEST_P(ClockJump, LeavesAgesAndLifetimesAlone) {  // RFC 9111 §4.2.3
  origin.answers("/a.css", ok("a", "max-age=600"));
  expect_answer(get("/a.css"), 200, "MISS", "a");

  for (const days jump : {days(1), days(-1), days(400), days(0)}) {
    clock.set_ahead(jump);
    const Answer hit = get("/a.css");
    expect_answer(hit, 200, "HIT", "a");
    EXPECT_GE(std::stoi(hit.field("Age")), 0) << jump.count();
    EXPECT_LT(std::stoi(hit.field("Age")), 300) << jump.count();
  }
  clock.set_ahead(days(-1));
  edge.advance(seconds(700));
  origin.answers("/a.css", ok("b", "max-age=600"));
  EXPECT_EQ(get("/a.css").body, "b") << "its time ends, whatever the day";
}

// What came while the clock stood wrong has a Date far away from ours; at worst it is asked for once more.
TEST_P(ClockJump, MakesNothingImmortal) {
  for (const days jump : {days(1), days(-1)}) {
    const std::string path = "/" + std::to_string(jump.count()) + ".css";
    clock.set_ahead(jump);
    origin.answers(path, ok("old", "max-age=600"));
    EXPECT_EQ(get(path).body, "old");

    clock.set_ahead(days(0));
    EXPECT_EQ(get(path).body, "old");
    EXPECT_GE(age_of(path), 0);
    edge.advance(seconds(700));
    origin.answers(path, ok("new", "max-age=600"));
    EXPECT_EQ(get(path).body, "new") << jump.count();
  }
}

TEST_P(ClockJump, BringsNothingBackThatWasPurged) {  // a purge is judged by the log's sequence
  origin.answers("/a.css", ok("old", "max-age=600"));
  EXPECT_EQ(get("/a.css").body, "old");
  clock.set_ahead(days(-1));
  const json::Value zones = json::parse(edge.api("GET", "/client/v4/zones").body).value();
  const std::string zone = zones.at("result").at(0).at("id").as_string().c_str();
  const std::string what = R"({"files":["http://example.com/a.css"]})";
  EXPECT_EQ(edge.api("POST", "/client/v4/zones/" + zone + "/purge_cache", what).status, 200);
  origin.answers("/a.css", ok("new", "max-age=600"));

  for (const days jump : {days(-1), days(1), days(0)}) {
    clock.set_ahead(jump);
    EXPECT_EQ(get("/a.css").body, "new") << jump.count();
  }
}

TEST_P(ClockJump, MovesTheDate) {  // what shows that the server saw it
  clock.set_ahead(days(0));
  origin.answers("/page", ok("p", "no-store"));
  const std::string today = get("/page").field("Date");
  clock.set_ahead(days(400));
  EXPECT_NE(get("/page").field("Date").substr(0, 16), today.substr(0, 16));
}

INSTANTIATE_TEST_SUITE_P(
    Profiles, ClockJump, testing::Values("cloudflare", "standard"),
    [](const auto& tested) { return tested.param; }
);

}  // namespace
}  // namespace festina::harness
