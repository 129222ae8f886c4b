#include "workers/config_writer.h"

#include <capnp/serialize.h>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <workerd.capnp.h>

namespace festina::workers {
namespace {

namespace config = workerd::server::config;
using testing::ElementsAre;

// The configuration as workerd reads it.
class ReadBack {
 public:
  explicit ReadBack(const std::string& bytes)
      : words_(kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word))),
        reader_(copied(bytes)) {}
  config::Config::Reader root() { return reader_.getRoot<config::Config>(); }

 private:
  kj::ArrayPtr<const capnp::word> copied(const std::string& bytes) {
    std::memcpy(words_.begin(), bytes.data(), bytes.size());
    return words_;
  }
  kj::Array<capnp::word> words_;
  capnp::FlatArrayMessageReader reader_;
};

std::string text_of(capnp::Data::Reader bytes) { return {bytes.asChars().begin(), bytes.size()}; }

ProcessPlan plan() {
  const ScriptPlan api{
      .script = "api",
      .version = "5f0c21d7",
      .compatibility_date = "2025-06-01",
      .compatibility_flags = {"nodejs_als"},
      .variables =
          {{.name = "NAME", .value = "with \"quotes\"\n"},
           {.name = "LIMITS", .value = R"({"a":1})", .is_json = true}},
      .services =
          {{.name = "AUTH", .service = "auth"},
           {.name = "ADMIN", .service = "auth", .entrypoint = "Admin", .props = R"({"level":3})"}},
      .modules =
          {{.name = "__festina_main.js", .content = "main"},
           {.name = "src/index.js", .content = "user"},
           {.name = "a.cjs", .content = "old", .type = zone::ModuleType::common_js},
           {.name = "a.txt", .content = "tea", .type = zone::ModuleType::text},
           {.name = "a.bin", .content = {"\0b", 2}, .type = zone::ModuleType::data},
           {.name = "a.wasm", .content = {"\0asm", 4}, .type = zone::ModuleType::compiled_wasm}}
  };
  const ScriptPlan auth{
      .script = "auth",
      .version = "00000001",
      .compatibility_date = "2025-06-01",
      .compatibility_flags = {},
      .variables = {},
      .services = {},
      .modules = {{.name = "__festina_main.js", .content = "main"}}
  };
  return {
      .scripts = {api, auth},
      .colos = {"FRA", "LHR"},
      .out_socket = "/run/f/out.sock",
      .cache_socket = "/run/f/cache.sock",
      .heap_bytes = std::uint64_t{512} * 1024 * 1024
  };
}

TEST(PlanOf, TellsTheVersionInTheBindingThatAsksForIt) {
  zone::Script script;
  script.name = "api";
  script.variables = {{.name = "NAME", .value = "festina"}};
  Bundle bundle;
  bundle.version = "5f0c21d7";
  bundle.read_at = TimePoint(std::chrono::milliseconds(1'795'297'523'107));
  EXPECT_EQ(plan_of(script, bundle, {}).variables.size(), 1U) << "nobody asks";
  script.version_metadata = "V";
  const ScriptPlan plan = plan_of(script, bundle, {});
  ASSERT_EQ(plan.variables.size(), 2U);
  EXPECT_EQ(plan.variables[1].name, "V");
  EXPECT_TRUE(plan.variables[1].is_json);
  EXPECT_EQ(
      plan.variables[1].value,
      R"({"id":"5f0c21d7","tag":"","timestamp":"2026-11-21T21:45:23.107Z"})"
  );
}

TEST(FlagsFor, AddsWhatTheRuntimeModuleNeedsOnce) {
  EXPECT_THAT(flags_for({}, Syntax::modules), ElementsAre("nodejs_als"));
  EXPECT_THAT(flags_for({"a"}, Syntax::modules), ElementsAre("a", "nodejs_als"));
  EXPECT_THAT(flags_for({"nodejs_als", "a"}, Syntax::modules), ElementsAre("nodejs_als", "a"));
  EXPECT_THAT(flags_for({"a"}, Syntax::service_worker), ElementsAre("a", "new_module_registry"));
}

TEST(WorkerdConfig, HasAServiceAndASocketPerScriptAndColo) {
  ReadBack read(workerd_config(plan()));
  const auto sockets = read.root().getSockets();
  ASSERT_EQ(sockets.size(), 4U);
  EXPECT_STREQ(sockets[1].getName().cStr(), "api/LHR");
  EXPECT_STREQ(sockets[1].getService().getName().cStr(), "api/LHR");
  EXPECT_STREQ(sockets[2].getName().cStr(), "auth/FRA");
  EXPECT_STREQ(sockets[1].getHttp().getCfBlobHeader().cStr(), "CF-Blob");
  EXPECT_EQ(sockets[1].getHttp().getStyle(), config::HttpOptions::Style::PROXY);
  ASSERT_EQ(read.root().getServices().size(), 12U);
  const auto worker = read.root().getServices()[3].getWorker();
  EXPECT_STREQ(worker.getGlobalOutbound().getName().cStr(), "api/LHR/out");
  EXPECT_STREQ(worker.getCacheApiOutbound().getName().cStr(), "api/LHR/cache");
}

TEST(WorkerdConfig, GivesModulesInOrderAndVariablesAsTheyAre) {
  ReadBack read(workerd_config(plan()));
  const auto worker = read.root().getServices()[0].getWorker();
  ASSERT_EQ(worker.getModules().size(), 6U);
  EXPECT_STREQ(worker.getModules()[0].getName().cStr(), "__festina_main.js");
  EXPECT_STREQ(worker.getModules()[1].getEsModule().cStr(), "user");
  EXPECT_STREQ(worker.getModules()[2].getCommonJsModule().cStr(), "old");
  EXPECT_STREQ(worker.getModules()[3].getText().cStr(), "tea");
  EXPECT_EQ(text_of(worker.getModules()[4].getData()), std::string("\0b", 2));
  EXPECT_EQ(text_of(worker.getModules()[5].getWasm()), std::string("\0asm", 4));
  EXPECT_STREQ(worker.getCompatibilityDate().cStr(), "2025-06-01");
  ASSERT_EQ(worker.getBindings().size(), 4U);
  EXPECT_STREQ(worker.getBindings()[0].getText().cStr(), "with \"quotes\"\n");
  EXPECT_STREQ(worker.getBindings()[1].getJson().cStr(), R"({"a":1})");
}

TEST(WorkerdConfig, GivesAServiceWorkerOurModuleBeforeItsBindings) {
  ProcessPlan worker_plan = plan();
  ScriptPlan& script = worker_plan.scripts[0];
  script.syntax = Syntax::service_worker;
  script.services.clear();
  script.modules = {{.name = "worker.js", .content = "addEventListener();"}};
  script.constants = {
      {.name = "PAGE", .content = "<p>", .type = zone::ModuleType::text},
      {.name = "NOISE", .content = {"\0n", 2}, .type = zone::ModuleType::data},
      {.name = "ADD", .content = {"\0asm", 4}, .type = zone::ModuleType::compiled_wasm}
  };
  worker_plan.extension = {{.name = "festina:service_worker", .content = "ours"}};
  ReadBack read(workerd_config(worker_plan));
  const auto worker = read.root().getServices()[0].getWorker();
  EXPECT_STREQ(worker.getServiceWorkerScript().cStr(), "addEventListener();");
  const auto bindings = worker.getBindings();
  ASSERT_EQ(bindings.size(), 6U);
  EXPECT_STREQ(bindings[0].getName().cStr(), "__festina");
  EXPECT_STREQ(bindings[0].getWrapped().getModuleName().cStr(), "festina:service_worker");
  EXPECT_STREQ(bindings[1].getName().cStr(), "NAME");
  EXPECT_STREQ(bindings[3].getText().cStr(), "<p>");
  EXPECT_EQ(text_of(bindings[4].getData()), std::string("\0n", 2));
  EXPECT_EQ(text_of(bindings[5].getWasmModule()), std::string("\0asm", 4));
  ASSERT_EQ(read.root().getExtensions().size(), 1U);
  const auto extension = read.root().getExtensions()[0].getModules();
  ASSERT_EQ(extension.size(), 1U);
  EXPECT_STREQ(extension[0].getName().cStr(), "festina:service_worker");
  EXPECT_TRUE(extension[0].getInternal());
}

TEST(WorkerdConfig, BindsServicesOfTheSameColo) {
  ReadBack read(workerd_config(plan()));
  const auto bindings = read.root().getServices()[3].getWorker().getBindings();
  const auto whole = bindings[2].getService();
  EXPECT_STREQ(bindings[2].getName().cStr(), "AUTH");
  EXPECT_STREQ(whole.getName().cStr(), "auth/LHR");
  EXPECT_FALSE(whole.hasEntrypoint());
  const auto admin = bindings[3].getService();
  EXPECT_STREQ(admin.getEntrypoint().cStr(), "Admin");
  EXPECT_STREQ(admin.getProps().getJson().cStr(), R"({"level":3})");
}

TEST(WorkerdConfig, LimitsTheHeap) {
  ReadBack read(workerd_config(plan()));
  ASSERT_EQ(read.root().getV8Flags().size(), 2U);
  EXPECT_STREQ(read.root().getV8Flags()[0].cStr(), "--max-heap-size=512");
  EXPECT_STREQ(read.root().getV8Flags()[1].cStr(), "--min-semi-space-size=4");
}

TEST(WorkerdConfig, NamesScriptAndColoToTheHost) {
  ReadBack read(workerd_config(plan()));
  const auto out = read.root().getServices()[4].getExternal();
  EXPECT_STREQ(out.getAddress().cStr(), "unix:/run/f/out.sock");
  ASSERT_EQ(out.getHttp().getInjectRequestHeaders().size(), 1U);
  EXPECT_STREQ(out.getHttp().getInjectRequestHeaders()[0].getName().cStr(), "X-Festina-Src");
  EXPECT_STREQ(out.getHttp().getInjectRequestHeaders()[0].getValue().cStr(), "api@5f0c21d7/LHR");
  const auto other = read.root().getServices()[7].getExternal().getHttp();
  EXPECT_STREQ(other.getInjectRequestHeaders()[0].getValue().cStr(), "auth@00000001/FRA");
}

}  // namespace
}  // namespace festina::workers
