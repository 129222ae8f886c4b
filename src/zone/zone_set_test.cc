#include "zone/zone_set.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <stdexcept>

namespace festina::zone {
namespace {

using Texts = std::vector<std::string>;

class ZoneSet : public testing::Test {
 protected:
  // Zones that begin on the lines 1, 11, 21…, each with these lines of its own.
  const std::vector<ZoneConfig>& read(const Texts& zones) {
    std::string text;
    for (const std::string& lines : zones) {
      const std::string zone = "[[zones]]\norigin = \"http://a\"\n" + lines;
      const auto used = std::count(zone.begin(), zone.end(), '\n');
      text += zone + std::string(static_cast<std::size_t>(10 - used), '\n');
    }
    root_ = Table::parse(text, "a.toml", problems_);
    for (const Table& table : root().tables("zones")) zones_.push_back(read_zone(table, "/"));
    return zones_;
  }
  // The zones with the routes of one script; the place of each is its number.
  std::vector<ZoneConfig> route(std::vector<ConfiguredRoute> routes) {
    for (std::size_t i = 0; i < routes.size(); ++i) {
      routes[i].place = {"w.toml", static_cast<std::uint32_t>(i + 1), 1};
    }
    Wrangler worker;
    worker.script.name = "api";
    worker.routes = std::move(routes);
    return with_routes(zones_, {worker}, root());
  }
  const Table& root() const {
    if (!root_) throw std::logic_error("no zones are read");
    return *root_;
  }
  Texts problems() const {
    Texts texts;
    for (const Problem& problem : problems_) texts.push_back(text_of(problem));
    return texts;
  }

  Problems problems_;
  std::optional<Table> root_;
  std::vector<ZoneConfig> zones_;
};

TEST_F(ZoneSet, HasEveryNameIdAndHostOnce) {
  check_zones(read({
      "name = \"example.com\"\norigins = { \"shop.example.com\" = \"http://b\", "
      "\"img.example.com\" = \"http://b\" }\n",
      "name = \"shop.example.com\"\nid = \"0123456789abcdef0123456789abcdef\"\n",
      "name = \"Example.com\"\n",
      "name = \"example.org\"\nid = \"0123456789abcdef0123456789abcdef\"\n",
  }));
  EXPECT_EQ(
      problems(),
      (Texts{
          "a.toml:4:34: two zones serve host \"shop.example.com\" - set its origin in zone "
          "\"shop.example.com\"",
          "a.toml:23:8: two zones are named \"example.com\" - the first is at a.toml:3:8",
          "a.toml:34:6: two zones have the id \"0123456789abcdef0123456789abcdef\" - the first is "
          "at a.toml:14:6",
      })
  );
}

TEST_F(ZoneSet, GivesEveryRouteToTheZoneOfItsHost) {
  const auto& read_zones = read({"name = \"example.com\"\n", "name = \"shop.example.com\"\n"});
  const auto zones = route({
      {"example.com/*", "", ""},
      {"example.com/api/*", "example.com", ""},
      {"*.shop.example.com/*", "", ""},
      {"https://WWW.Example.com/", "", read_zones[0].zone.id},
  });
  EXPECT_EQ(problems(), Texts{});
  Texts patterns;
  for (const Route& route : zones[0].zone.routes)
    patterns.push_back(route.pattern + " " + route.script);
  EXPECT_EQ(
      patterns,
      (Texts{"https://WWW.Example.com/ api", "example.com/api/* api", "example.com/* api"})
  ) << "the most specific first";
  ASSERT_EQ(zones[1].zone.routes.size(), 1U);
  EXPECT_EQ(zones[1].zone.routes[0].pattern, "*.shop.example.com/*");
}

TEST_F(ZoneSet, RefusesARouteOfNoZoneOrAnother) {
  read({"name = \"example.com\"\n", "name = \"example.org\"\n"});
  route({
      {"shop.net/*", "", ""},
      {"*.com/*", "", ""},
      {"example.com/*", "example.org", ""},
      {"example.com/a", "", "0123456789abcdef0123456789abcdef"},
  });
  EXPECT_EQ(
      problems(),
      (Texts{
          "w.toml:1:1: route \"shop.net/*\" belongs to no zone - the zones are example.com, "
          "example.org",
          "w.toml:2:1: route \"*.com/*\" belongs to no zone - the zones are example.com, "
          "example.org",
          "w.toml:3:1: route \"example.com/*\" is in zone \"example.com\", not in \"example.org\" "
          "- the zones are "
          "example.com, example.org",
          "w.toml:4:1: route \"example.com/a\" is in zone \"example.com\", not in "
          "\"0123456789abcdef0123456789abcdef\" - the zones are example.com, example.org",
      })
  );
}

TEST_F(ZoneSet, RefusesARouteWithoutZones) {
  read({});
  route({{"example.com/*", "", ""}});
  EXPECT_EQ(
      problems(), Texts{"w.toml:1:1: route \"example.com/*\" belongs to no zone - there is no zone"}
  );
}

TEST_F(ZoneSet, MakesACustomDomainAHostWhoseOriginIsTheScript) {
  read({"name = \"example.com\"\n"});
  const auto zones = route({{.pattern = "api.example.com", .is_custom_domain = true}});
  EXPECT_EQ(problems(), Texts{});
  const Origin& origin = zones[0].zone.origin_for("api.example.com");
  EXPECT_EQ(origin.kind, OriginKind::worker);
  EXPECT_EQ(origin.script, "api");
  EXPECT_TRUE(zones[0].zone.routes.empty());
}

TEST_F(ZoneSet, RefusesACustomDomainThatIsTakenOrOfNoZone) {
  read({"name = \"example.com\"\norigins = { \"img.example.com\" = \"http://b\" }\n"});
  route({
      {.pattern = "api.example.com", .is_custom_domain = true},
      {.pattern = "api.example.com", .is_custom_domain = true},
      {.pattern = "img.example.com", .is_custom_domain = true},
      {.pattern = "example.org", .is_custom_domain = true},
      {.pattern = "a.example.com", .zone_name = "example.org", .is_custom_domain = true},
  });
  EXPECT_EQ(
      problems(),
      (Texts{
          "w.toml:2:1: two scripts have the custom domain \"api.example.com\" - the first is at "
          "w.toml:1:1",
          "w.toml:3:1: custom domain \"img.example.com\" has another origin in zone "
          "\"example.com\" - remove it from the zone's origins, or make it a route",
          "w.toml:4:1: custom domain \"example.org\" belongs to no zone - the zones are "
          "example.com",
          "w.toml:5:1: custom domain \"a.example.com\" is in zone \"example.com\", not in "
          "\"example.org\" - the zones are example.com",
      })
  );
}

TEST_F(ZoneSet, RefusesAPatternGivenTwice) {
  read({"name = \"example.com\"\n"});
  route({
      {"example.com", "", ""},
      {"http://example.com", "", ""},
      {"*example.com", "", ""},
      {"example.com/*", "", ""},
      {"EXAMPLE.com/", "", ""},
  });
  EXPECT_EQ(
      problems(),
      Texts{"w.toml:5:1: two routes have the pattern \"example.com/\" - the first is at w.toml:1:1"}
  );
}

TEST_F(ZoneSet, KeepsTheRoutesOfSnippetsApart) {
  read({"name = \"example.com\"\n"});
  Wrangler snippet;
  snippet.script.name = "trim";
  snippet.script.is_snippet = true;
  snippet.routes = {
      {.pattern = "example.com/*", .place = {"s.toml", 1, 1}},
      {.pattern = "example.com/api/*", .place = {"s.toml", 2, 1}}
  };
  Wrangler worker;
  worker.script.name = "api";
  worker.routes = {{.pattern = "example.com/*", .place = {"w.toml", 1, 1}}};
  const auto zones = with_routes(zones_, {worker, snippet}, root());
  EXPECT_EQ(problems(), Texts{}) << "a Worker may have the same pattern";
  const Zone& zone = zones[0].zone;
  ASSERT_EQ(zone.routes.size(), 1U);
  EXPECT_EQ(zone.routes[0].script, "api");
  ASSERT_EQ(zone.snippets.size(), 2U);
  EXPECT_EQ(zone.snippets[0].pattern, "example.com/api/*") << "the most specific first";
  EXPECT_EQ(zone.snippets[1].script, "trim");

  snippet.script.name = "other";
  with_routes(zones, {snippet}, root());
  EXPECT_EQ(problems(), Texts{}) << "claims are of one configuration";
  Wrangler rival = snippet;
  rival.script.name = "rival";
  rival.routes = {{.pattern = "EXAMPLE.com/*", .place = {"r.toml", 1, 1}}};
  with_routes(zones_, {snippet, rival}, root());
  EXPECT_EQ(
      problems(),
      Texts{"r.toml:1:1: two Snippets have the pattern \"example.com/*\" - the first is at "
            "s.toml:1:1"}
  );
}

}  // namespace
}  // namespace festina::zone
