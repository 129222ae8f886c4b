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

ProcessPlan plan() {
  return {
      .script = "api",
      .version = "5f0c21d7",
      .compatibility_date = "2025-06-01",
      .compatibility_flags = {"nodejs_als"},
      .variables = {{"NAME", "with \"quotes\"\n", false}, {"LIMITS", R"({"a":1})", true}},
      .modules = {{"__festina_main.js", "main"}, {"src/index.js", "user"}},
      .colos = {"FRA", "LHR"},
      .out_socket = "/run/f/out.sock",
      .cache_socket = "/run/f/cache.sock"
  };
}

TEST(FlagsFor, AddsWhatTheRuntimeModuleNeedsOnce) {
  EXPECT_THAT(flags_for({}), ElementsAre("nodejs_als"));
  EXPECT_THAT(flags_for({"a"}), ElementsAre("a", "nodejs_als"));
  EXPECT_THAT(flags_for({"nodejs_als", "a"}), ElementsAre("nodejs_als", "a"));
}

TEST(WorkerdConfig, HasAServiceAndASocketPerColo) {
  ReadBack read(workerd_config(plan()));
  const auto sockets = read.root().getSockets();
  ASSERT_EQ(sockets.size(), 2U);
  EXPECT_STREQ(sockets[1].getName().cStr(), "LHR");
  EXPECT_STREQ(sockets[1].getService().getName().cStr(), "LHR");
  EXPECT_STREQ(sockets[1].getHttp().getCfBlobHeader().cStr(), "CF-Blob");
  EXPECT_EQ(sockets[1].getHttp().getStyle(), config::HttpOptions::Style::PROXY);
  ASSERT_EQ(read.root().getServices().size(), 6U);
  const auto worker = read.root().getServices()[3].getWorker();
  EXPECT_STREQ(worker.getGlobalOutbound().getName().cStr(), "LHR/out");
  EXPECT_STREQ(worker.getCacheApiOutbound().getName().cStr(), "LHR/cache");
}

TEST(WorkerdConfig, GivesModulesInOrderAndVariablesAsTheyAre) {
  ReadBack read(workerd_config(plan()));
  const auto worker = read.root().getServices()[0].getWorker();
  ASSERT_EQ(worker.getModules().size(), 2U);
  EXPECT_STREQ(worker.getModules()[0].getName().cStr(), "__festina_main.js");
  EXPECT_STREQ(worker.getModules()[1].getEsModule().cStr(), "user");
  EXPECT_STREQ(worker.getCompatibilityDate().cStr(), "2025-06-01");
  ASSERT_EQ(worker.getBindings().size(), 2U);
  EXPECT_STREQ(worker.getBindings()[0].getText().cStr(), "with \"quotes\"\n");
  EXPECT_STREQ(worker.getBindings()[1].getJson().cStr(), R"({"a":1})");
}

TEST(WorkerdConfig, NamesTheColoToTheHost) {
  ReadBack read(workerd_config(plan()));
  const auto out = read.root().getServices()[4].getExternal();
  EXPECT_STREQ(out.getAddress().cStr(), "unix:/run/f/out.sock");
  ASSERT_EQ(out.getHttp().getInjectRequestHeaders().size(), 1U);
  EXPECT_STREQ(out.getHttp().getInjectRequestHeaders()[0].getName().cStr(), "X-Festina-Src");
  EXPECT_STREQ(out.getHttp().getInjectRequestHeaders()[0].getValue().cStr(), "api@5f0c21d7/LHR");
}

}  // namespace
}  // namespace festina::workers
