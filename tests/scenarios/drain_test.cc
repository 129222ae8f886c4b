// The end of a node: answers under way are finished, nothing new begins.
#include <csignal>

#include "harness/scenario.h"

namespace festina::harness {
namespace {

// More than the sockets on the way can hold.
constexpr std::size_t kBigBody = std::size_t{32} * 1024 * 1024;

class Drain : public SiteScenario {
 protected:
  Drain() { origin.answers("/big.zip", ok(std::string(kBigBody, 'a'), "max-age=60")); }

  // A download that stands still until it is read.
  void begin_download(Connection& connection) const {
    connection.send("GET /big.zip HTTP/1.1\r\nHost: example.com\r\n\r\n");
    origin.await_requests("/big.zip", 1);
  }
  bool connects() const {
    try {
      const Connection connection(edge.listener());
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  }
};

TEST_F(Drain, FinishesADownloadAndRefusesWhatIsNew) {
  Connection idle(edge.listener());
  idle.send("GET /small HTTP/1.1\r\nHost: example.com\r\n\r\n");
  EXPECT_EQ(idle.read().status, 404);
  Connection download(edge.listener());
  begin_download(download);

  edge.signal(SIGTERM);
  EXPECT_EQ(idle.read_to_end(), "") << "an idle connection is closed";
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (connects()) ASSERT_LT(std::chrono::steady_clock::now(), deadline);

  const Answer answer = download.read();
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.size(), kBigBody);
  EXPECT_EQ(edge.await_end(), 0);
}

TEST_F(Drain, IsCutShortByASecondSignal) {
  Connection download(edge.listener());
  begin_download(download);
  edge.signal(SIGTERM);
  edge.await_log("server.draining");
  EXPECT_EQ(edge.stop(), 0);
  EXPECT_FALSE(download.read().complete);
  EXPECT_NE(
      read_file(files.path() + "/logs/err").find("server.cut_short connections=1"),
      std::string::npos
  );
}

TEST_F(Drain, IsNotDisturbedByAReload) {
  Connection download(edge.listener());
  begin_download(download);
  edge.signal(SIGTERM);
  edge.await_log("server.draining");
  edge.signal(SIGHUP);
  EXPECT_EQ(download.read().body.size(), kBigBody);
  EXPECT_EQ(edge.await_end(), 0);
}

TEST_F(Drain, OfANodeAtRestEndsAtOnce) { EXPECT_EQ(edge.stop(), 0); }

}  // namespace
}  // namespace festina::harness
