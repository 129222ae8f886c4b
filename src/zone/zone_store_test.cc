#include "zone/zone_store.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace festina::zone {
namespace {

class ZoneStoreTest : public testing::Test {
 protected:
  ~ZoneStoreTest() override { std::filesystem::remove_all(directory_); }
  ZoneStore open() const { return ZoneStore::open((directory_ / "zones.db").string()).value(); }
  static PartChange set(std::string name, std::string body) {
    return {.name = std::move(name), .body = std::move(body), .over = std::nullopt};
  }

 private:
  static std::filesystem::path fresh_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "festina-zones-XXXXXX").string();
    return ::mkdtemp(name.data());
  }
  std::filesystem::path directory_ = fresh_directory();
};

TEST_F(ZoneStoreTest, BeginsEmpty) {
  const ZoneStore store = open();
  EXPECT_EQ(store.applied(), 0U);
  EXPECT_TRUE(store.parts_of("zone").empty());
}

TEST_F(ZoneStoreTest, KeepsPartsAndHowFarItCame) {
  {
    ZoneStore store = open();
    EXPECT_TRUE(store.apply(3, "zone", {set("a", "1"), set("b", "2")}));
    EXPECT_TRUE(store.apply(5, "other", {set("a", "3")}));
  }
  const ZoneStore again = open();
  EXPECT_EQ(again.applied(), 5U);
  EXPECT_EQ(again.parts_of("zone"), (Parts{{"a", {"1", 3}}, {"b", {"2", 3}}}));
  EXPECT_EQ(again.parts_of("other"), (Parts{{"a", {"3", 5}}}));
}

TEST_F(ZoneStoreTest, ReplacesAndRemoves) {
  ZoneStore store = open();
  EXPECT_TRUE(store.apply(1, "zone", {set("a", "1"), set("b", "2")}));
  EXPECT_TRUE(store.apply(2, "zone", {set("a", "9"), {.name = "b", .body = {}, .over = {}}}));
  EXPECT_EQ(store.parts_of("zone"), (Parts{{"a", {"9", 2}}}));
  EXPECT_EQ(open().parts_of("zone"), store.parts_of("zone"));
}

TEST_F(ZoneStoreTest, OfTwoAtOnceTheFirstCounts) {
  ZoneStore store = open();
  const auto over = [](std::string body, std::uint64_t sequence) {
    return PartChange{.name = "a", .body = std::move(body), .over = sequence};
  };
  EXPECT_TRUE(store.apply(1, "zone", {over("first", 0)}));
  EXPECT_TRUE(store.apply(2, "zone", {over("late", 0), set("b", "2")}));
  EXPECT_EQ(store.parts_of("zone"), (Parts{{"a", {"first", 1}}, {"b", {"2", 2}}}));
  EXPECT_TRUE(store.apply(3, "zone", {over("second", 1)}));
  EXPECT_EQ(store.parts_of("zone").at("a"), (Part{"second", 3}));
  EXPECT_EQ(open().parts_of("zone"), store.parts_of("zone"));
}

}  // namespace
}  // namespace festina::zone
