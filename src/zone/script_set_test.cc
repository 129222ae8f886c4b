#include "zone/script_set.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace festina::zone {
namespace {

using Texts = std::vector<std::string>;

class ScriptSet : public testing::Test {
 protected:
  // A script whose name stands on this line of w.toml.
  static Wrangler script(const std::string& name, std::uint32_t line) {
    Wrangler worker;
    worker.script.name = name;
    worker.name = {"w.toml", line, 8};
    return worker;
  }
  static Texts names_of(const std::vector<Zone>& zones) {
    Texts names;
    for (const Zone& zone : zones) names.push_back(zone.name + " " + zone.origin.script);
    return names;
  }
  Texts problems() const {
    Texts texts;
    for (const Problem& problem : problems_) texts.push_back(text_of(problem));
    return texts;
  }

  static Table empty_root(Problems& problems) {
    const auto root = Table::parse("", "festina.toml", problems);
    if (!root) throw std::logic_error("nothing is good TOML");
    return *root;
  }

  Problems problems_;
  Table root_ = empty_root(problems_);
};

TEST_F(ScriptSet, HasEveryNameOnce) {
  check_scripts({script("api", 1), script("", 2), script("", 3), script("api", 4)}, root_);
  EXPECT_EQ(
      problems(), Texts{"w.toml:4:8: two scripts are named \"api\" - the first is at w.toml:1:8"}
  );
}

TEST_F(ScriptSet, BindsOnlyScriptsThereAre) {
  Wrangler api = script("api", 1);
  api.script.services = {
      {.name = "SELF", .service = "api"},
      {.name = "AUTH", .service = "auht", .at = {5, 11}},
      {.name = "OTHER", .service = "something-else", .at = {9, 11}}
  };
  check_scripts({api, script("auth", 2)}, root_);
  EXPECT_EQ(
      problems(),
      (Texts{
          "w.toml:5:11: there is no script \"auht\" - did you mean \"auth\"?",
          "w.toml:9:11: there is no script \"something-else\" - add it to festina.toml as one of "
          "its [[scripts]]",
      })
  );
}

TEST_F(ScriptSet, HasZonesOfItsOwnWhereNoZoneServesThem) {
  Wrangler api = script("api", 1);
  api.script.workers_dev = true;
  const std::vector<Zone> made = zones_made_for({api, script("site", 2), script("", 3)}, {});
  EXPECT_EQ(
      names_of(made), (Texts{"api.localhost api", "api.*.workers.dev api", "site.localhost site"})
  );
  EXPECT_NE(made[0].id, made[1].id) << "each has a cache of its own";
  EXPECT_EQ(made[0].origin.kind, OriginKind::worker);

  Zone configured;
  configured.name = "site.localhost";
  EXPECT_EQ(
      names_of(zones_made_for({script("site", 2), script("api", 3)}, {{configured, root_}})),
      Texts{"api.localhost api"}
  ) << "the name is a zone's";
}

TEST_F(ScriptSet, KnowsWhatNothingLeadsTo) {
  Script routed;
  routed.name = "routed";
  routed.routes = {{"example.com/*", "routed"}};
  routed.services = {{.name = "A", .service = "bound"}};
  Script bound;
  bound.name = "bound";
  Script itself;
  itself.name = "itself";
  itself.services = {{.name = "SELF", .service = "itself"}};
  Script domain;
  domain.custom_domains = {"example.com"};
  Script public_one;
  public_one.workers_dev = true;
  const std::vector<Script> all{routed, bound, itself, domain, public_one};
  const bool expected[] = {false, false, true, false, false};
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(is_out_of_reach(all[i], all), expected[i]) << i;
}

TEST_F(ScriptSet, LeadsToASnippetByItsRoutesAlone) {
  Wrangler trim = script("trim", 1);
  trim.script.is_snippet = true;
  Wrangler api = script("api", 2);
  api.script.services = {{.name = "TRIM", .service = "trim", .at = {7, 11}}};
  check_scripts({trim, api}, root_);
  EXPECT_EQ(
      problems(),
      Texts{"w.toml:7:11: \"trim\" is a Snippet: only its routes lead to it - bind a Worker"}
  );
  EXPECT_EQ(names_of(zones_made_for({trim, api}, {})), Texts{"api.localhost api"});
}

}  // namespace
}  // namespace festina::zone
