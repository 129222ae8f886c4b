#include "control/purge_reach.h"

#include <gtest/gtest.h>

#include "control/api_fixture.h"

namespace festina::control {
namespace {

class PurgeReach : public ApiTest {};

// What an answer says beside that it succeeded.
std::vector<std::string> messages(const json::Value& body) {
  std::vector<std::string> said;
  for (const json::Value& each : body.at("messages").as_array())
    said.emplace_back(each.at("message").as_string());
  return said;
}

TEST_F(PurgeReach, TellsWhatAPurgeOfAUrlReachedNothingUnder) {  // reference §10.4, §16.13
  const std::string url = "http://example.com/a.css";
  const std::string purge = R"({"files":[")" + url + R"("]})";
  const auto said = [&] { return messages(call("POST", purge_path(), purge).body); };
  ASSERT_EQ(said().size(), 1U);
  EXPECT_NE(said()[0].find("nothing is stored for that path"), std::string::npos) << said()[0];

  store(url + " Origin=https://shop.example", url);
  EXPECT_NE(said()[0].find(url + " Origin=https://shop.example"), std::string::npos) << said()[0];
  EXPECT_NE(said()[0].find("\"headers\""), std::string::npos) << said()[0];

  store(url, url);
  EXPECT_TRUE(said().empty());
  EXPECT_TRUE(messages(call("POST", purge_path(), R"({"tags":["a"]})").body).empty());
}

TEST_F(PurgeReach, SpeaksOfNoMoreUrlsOfAPurgeThanAPersonReads) {
  const auto said = [&](std::size_t count) {
    json::Array urls;
    for (std::size_t i = 0; i < count; ++i)
      urls.emplace_back("http://example.com/" + std::to_string(i));
    const json::Object body{{"files", std::move(urls)}};
    return messages(call("POST", purge_path(), json::to_text(body)).body).size();
  };
  EXPECT_EQ(said(kMaxPurgeMessages), kMaxPurgeMessages);
  EXPECT_EQ(said(kMaxPurgeMessages + 1), kMaxPurgeMessages);
}

TEST_F(PurgeReach, NamesAFewOfManyOtherKeys) {
  const std::string url = "http://example.com/a.css";
  const auto said = [&] {
    return messages(call("POST", purge_path(), R"({"files":[")" + url + R"("]})").body).at(0);
  };
  for (int i = 0; i < 3; ++i) store(url + "?v=" + std::to_string(i), url);
  EXPECT_NE(said().find("?v=2\": name"), std::string::npos) << said();
  store(url + "?v=3", url);
  EXPECT_NE(said().find("?v=2\" and others: name"), std::string::npos) << said();
  EXPECT_EQ(said().find("?v=3"), std::string::npos) << said();
}

}  // namespace
}  // namespace festina::control
