#include "zone/zone_table.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

std::shared_ptr<const Zone> zone_named(std::string_view name) {
  Zone zone;
  zone.name = name;
  zone.id = id_of(name);
  return std::make_shared<const Zone>(std::move(zone));
}

TEST(ZoneTable, FindsTheLongestNameThatTheHostIsBelow) {
  const ZoneTable table(
      {zone_named("example.com"), zone_named("shop.example.com"), zone_named("localhost")}
  );
  const struct {
    std::string_view host;
    std::string_view zone;
    std::string_view why;
  } cases[] = {
      {"example.com", "example.com", "the name itself"},
      {"www.example.com", "example.com", "a host below"},
      {"a.b.example.com", "example.com", "several labels below"},
      {"shop.example.com", "shop.example.com", "a zone of its own"},
      {"a.shop.example.com", "shop.example.com", "the longer name wins"},
      {"site.localhost", "localhost", "a name of one label"},
  };
  for (const auto& c : cases) {
    const auto& found = table.find(c.host);
    ASSERT_TRUE(found) << c.host;
    EXPECT_EQ(found->name, c.zone) << c.why;
  }
}

TEST(ZoneTable, FindsNothingForAForeignHost) {
  const ZoneTable table({zone_named("example.com")});
  for (const std::string_view host :
       {"example.org", "com", "notexample.com", "", "127.0.0.1", "example.com."}) {
    EXPECT_FALSE(table.find(host)) << host;
  }
  EXPECT_FALSE(ZoneTable({}).find("example.com"));
}

TEST(ZoneTable, FindsById) {
  const ZoneTable table({zone_named("example.com"), zone_named("example.org")});
  EXPECT_EQ(table.by_id(id_of("example.org")), table.all()[1]);
  EXPECT_FALSE(table.by_id("0"));
}

TEST(ZoneTable, FindsTheZoneOfAScriptsFirstRoute) {
  const auto with_route = [](const std::string& name, const std::string& script) {
    auto zone = std::make_shared<Zone>(*zone_named(name));
    zone->routes = {{name + "/off", ""}, {name + "/*", script}};
    return zone;
  };
  const ZoneTable table(
      {zone_named("example.com"), with_route("example.net", "api"), with_route("example.org", "api")
      }
  );
  EXPECT_EQ(table.by_script("api"), table.all()[1]);
  EXPECT_FALSE(table.by_script("other"));
}

TEST(ZoneTable, FindsTheZoneOfAScriptThatIsAnOrigin) {
  auto with_domain = std::make_shared<Zone>(*zone_named("example.com"));
  with_domain->origins["api.example.com"] = worker_origin("api");
  auto made = std::make_shared<Zone>(*zone_named("site.localhost"));
  made->origin = worker_origin("site");
  const ZoneTable table({with_domain, made});
  EXPECT_EQ(table.by_script("api"), table.all()[0]);
  EXPECT_EQ(table.by_script("site"), table.all()[1]);
}

TEST(ZoneTable, FindsScriptsOnWorkersDevUnlessAZoneHasTheHost) {
  const ZoneTable table(
      {zone_named("api.*.workers.dev"),
       zone_named("site.*.workers.dev"),
       zone_named("mine.workers.dev")}
  );
  EXPECT_EQ(table.find("api.me.workers.dev"), table.all()[0]);
  EXPECT_EQ(table.find("site.me.workers.dev"), table.all()[1]);
  EXPECT_EQ(table.find("api.mine.workers.dev"), table.all()[2]) << "a zone of the file";
  EXPECT_FALSE(table.find("other.me.workers.dev"));
}

TEST(ZoneTable, NamesItsZones) {
  EXPECT_EQ(ZoneTable({}).names(), "");
  EXPECT_EQ(
      ZoneTable({zone_named("example.com"), zone_named("example.org")}).names(),
      "example.com, example.org"
  );
}

}  // namespace
}  // namespace festina::zone
