#include "server/reload_plan.h"

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

zone::Config running() {
  zone::Config config;
  config.file = "/etc/festina/festina.toml";
  config.state_dir = "/var/lib/festina";
  config.colos = {{.name = "FRA", .country = "DE", .listen = {}}};
  return config;
}

TEST(ReloadPlan, OfTheSameConfigurationNeedsNothing) {
  EXPECT_THAT(reload_plan(running(), running()).needs_restart, IsEmpty());
}

TEST(ReloadPlan, NamesAndKeepsWhatOnlyARestartTakes) {
  const struct {
    std::string key;
    std::function<void(zone::Config&)> change;
  } cases[] = {
      {"[state] dir", [](zone::Config& c) { c.state_dir = "/elsewhere"; }},
      {"[control] listen", [](zone::Config& c) { c.control.listen.text = "http://[::1]:1"; }},
      {"[control] token", [](zone::Config& c) { c.control.token = "other"; }},
      {"[control] account_id", [](zone::Config& c) { c.control.account_id = "other"; }},
      {"[cache] memory", [](zone::Config& c) { c.cache_memory += 1; }},
      {"[testing] clock", [](zone::Config& c) { c.test_clock = true; }},
      {"[[colos]] name and country", [](zone::Config& c) { c.colos[0].country = "FR"; }},
      {"[[colos]] name and country",
       [](zone::Config& c) { c.colos.push_back({.name = "LHR", .country = "GB", .listen = {}}); }},
  };
  for (const auto& [key, change] : cases) {
    zone::Config wanted = running();
    wanted.log_level = "debug";
    change(wanted);
    const ReloadPlan plan = reload_plan(running(), wanted);
    EXPECT_THAT(plan.needs_restart, ElementsAre(key));
    EXPECT_EQ(plan.config.log_level, "debug") << "the rest is taken, beside " << key;
    const ReloadPlan again = reload_plan(plan.config, wanted);
    EXPECT_THAT(again.needs_restart, ElementsAre(key)) << "it still differs";
  }
}

TEST(ReloadPlan, TakesTheListenersOfTheSameColos) {
  zone::Config wanted = running();
  zone::ListenUrl listen;
  listen.text = "http://127.0.0.1:8080";
  wanted.colos[0].listen.push_back(listen);
  const ReloadPlan plan = reload_plan(running(), wanted);
  EXPECT_THAT(plan.needs_restart, IsEmpty());
  EXPECT_EQ(plan.config.colos[0].listen.size(), 1U);
}

TEST(SnapshotOf, HasWhatRequestsNeed) {
  zone::Config config = running();
  zone::Zone zone;
  zone.name = "example.com";
  config.zones.push_back(std::make_shared<const zone::Zone>(zone));
  config.workers.private_network_allowed = true;
  const zone::SnapshotRef snapshot = snapshot_of(config);
  EXPECT_TRUE(snapshot->zones.find("www.example.com"));
  EXPECT_TRUE(snapshot->private_network_allowed);
}

TEST(SnapshotOf, LimitsCallsByTheScriptAndByThePlan) {  // reference §5.5
  const auto calls = [](std::uint32_t of_plan, std::optional<std::uint32_t> of_script) {
    zone::Config config = running();
    config.workers.max_calls = of_plan;
    config.scripts.emplace_back();
    config.scripts[0].name = "api";
    config.scripts[0].subrequests = of_script;
    return snapshot_of(config)->max_calls_of("api");
  };
  EXPECT_EQ(calls(zone::kFreeCalls, {}), zone::kFreeCalls);
  EXPECT_EQ(calls(zone::kFreeCalls, zone::kFreeCalls - 1), zone::kFreeCalls - 1);
  EXPECT_EQ(calls(zone::kFreeCalls, zone::kFreeCalls + 1), zone::kFreeCalls);
  EXPECT_EQ(calls(zone::kPaidCalls, 1), 1U);
}

}  // namespace
}  // namespace festina::server
