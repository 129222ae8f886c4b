#include "server/listeners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class Silent final : public http::Handler {
 public:
  Awaitable<http::Reply> handle(http::Incoming) override { co_return http::Reply(); }
};

class ListenersTest : public testing::Test {
 protected:
  ~ListenersTest() override {
    tasks.stop();
    while (tasks.running() > 0) io.run_one();
  }
  static zone::ColoConfig colo(const std::string& name, const std::vector<std::uint16_t>& ports) {
    zone::ColoConfig colo;
    colo.name = name;
    for (const std::uint16_t port : ports) {
      zone::ListenUrl url;
      url.host = "127.0.0.1";
      url.port = port;
      url.text = "http://127.0.0.1:" + std::to_string(port);
      colo.listen.push_back(url);
    }
    return colo;
  }
  static zone::Config with(std::vector<zone::ColoConfig> colos) {
    zone::Config config;
    config.colos = std::move(colos);
    return config;
  }
  void take(std::vector<zone::ColoConfig> colos) {
    auto change = listeners.prepare(with(std::move(colos)));
    ASSERT_TRUE(change) << change.error();
    listeners.commit(std::move(*change), tasks);
  }
  std::vector<std::string> urls(const std::string& colo) const {
    const auto all = listeners.urls();
    const auto found = all.find(colo);
    return found == all.end() ? std::vector<std::string>() : found->second;
  }

  asio::io_context io{1};
  std::vector<asio::io_context*> threads{&io};
  Silent silent;
  TaskGroup tasks;
  Listeners listeners{
      threads, {{"FRA", &silent}, {"LHR", &silent}}, std::make_shared<net::HeadMemory>()
  };
};

TEST_F(ListenersTest, KeepWhatStaysAndOpenWhatIsNew) {
  take({colo("FRA", {0})});
  const auto first = urls("FRA");
  ASSERT_THAT(first, SizeIs(1));
  take({colo("FRA", {0, 0}), colo("LHR", {0})});
  EXPECT_THAT(urls("FRA"), SizeIs(2));
  EXPECT_EQ(urls("FRA").front(), first.front());
  EXPECT_THAT(urls("LHR"), SizeIs(1));
}

TEST_F(ListenersTest, CloseWhatIsNoLongerNamed) {
  take({colo("FRA", {0, 0})});
  const auto before = urls("FRA");
  take({colo("FRA", {0})});
  EXPECT_THAT(urls("FRA"), ElementsAre(before.front()));
  const auto port = static_cast<std::uint16_t>(std::stoi(before.back().substr(17)));
  io.poll();  // its acceptor closes there
  EXPECT_TRUE(listeners.prepare(with({colo("FRA", {0, port})}))) << "the port is free again";
}

TEST_F(ListenersTest, ChangeNothingWhenAnAddressIsTaken) {
  take({colo("FRA", {0})});
  const auto before = urls("FRA");
  const auto port = static_cast<std::uint16_t>(std::stoi(before.front().substr(17)));
  const auto change = listeners.prepare(with({colo("LHR", {port})}));
  ASSERT_FALSE(change);
  EXPECT_EQ(change.error().code, ErrorCode::conflict);
  EXPECT_THAT(change.error().detail, HasSubstr("colo LHR, listen = \"http://127.0.0.1:"));
  EXPECT_EQ(urls("FRA"), before);
}

TEST(UrlOf, WritesAnIpv6AddressInBrackets) {
  zone::ListenUrl listen;
  listen.host = "::1";
  EXPECT_EQ(url_of(listen, 8787), "http://[::1]:8787");
}

}  // namespace
}  // namespace festina::server
