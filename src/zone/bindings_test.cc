#include "zone/bindings.h"

#include <cstdlib>

#include "zone/wrangler_dir.h"

namespace festina::zone {
namespace {

class ScriptBindings : public WranglerDir {
 protected:
  Bindings read(std::string_view content, const std::string& environment = "") {
    problems_.clear();
    return read_bindings(file(content, environment), problems_);
  }
  // "NAME=value", of a secret with a star.
  static Texts texts_of(const Bindings& bindings) {
    Texts texts;
    for (const Variable& v : bindings.variables)
      texts.push_back(v.name + (v.is_secret ? "*=" : "=") + v.value);
    return texts;
  }
};

TEST_F(ScriptBindings, AreTheSameInBothSyntaxes) {
  write("text.txt", "t");
  write("data.bin", "d");
  write("add.wasm", "w");
  const std::string_view contents[] = {
      R"(text_blobs = { TEXT = "text.txt" }
data_blobs = { DATA = "./data.bin" }
wasm_modules = { ADD = "add.wasm" }
version_metadata = { binding = "VERSION" }
[[services]]
binding = "AUTH"
service = "auth"
entrypoint = "Admin"
props = { tenant = "a", level = 3 }
[[services]]
binding = "SELF"
service = "api"
)",
      R"({
  "text_blobs": { "TEXT": "text.txt" },
  "data_blobs": { "DATA": "./data.bin" },
  "wasm_modules": { "ADD": "add.wasm" },
  "version_metadata": { "binding": "VERSION" },
  "services": [
    { "binding": "AUTH", "service": "auth", "entrypoint": "Admin", "props": { "tenant": "a", "level": 3 } },
    { "binding": "SELF", "service": "api" },
  ],
})",
  };
  for (const std::string_view content : contents) {
    const Bindings bindings = read(content);
    EXPECT_EQ(problems(), Texts{});
    ASSERT_EQ(bindings.services.size(), 2U);
    EXPECT_EQ(bindings.services[0].name, "AUTH");
    EXPECT_EQ(bindings.services[0].service, "auth");
    EXPECT_EQ(bindings.services[0].entrypoint, "Admin");
    EXPECT_EQ(bindings.services[0].props, R"({"tenant":"a","level":3})");
    EXPECT_EQ(bindings.services[1].props, "");
    ASSERT_EQ(bindings.files.size(), 3U);
    EXPECT_EQ(bindings.files[1].name, "DATA");
    EXPECT_EQ(bindings.files[1].path, path("data.bin"));
    EXPECT_EQ(bindings.files[2].type, ModuleType::compiled_wasm);
    EXPECT_EQ(bindings.version_metadata, "VERSION");
  }
}

TEST_F(ScriptBindings, TakeSecretsInPlaceOfVariables) {
  write(".dev.vars", "TOKEN=s3\nA=mine\n");
  EXPECT_EQ(texts_of(read("vars = { A = \"1\", B = 2 }")), (Texts{"B=2", "TOKEN*=s3", "A*=mine"}));
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(ScriptBindings, TakeTheSecretsOfTheEnvironment) {
  write(".dev.vars", "TOKEN=top\n");
  write(".dev.vars.staging", "OTHER=staging\n");
  constexpr std::string_view text = "[env.staging]\n[env.production]\n";
  EXPECT_EQ(texts_of(read(text, "staging")), Texts{"OTHER*=staging"});
  EXPECT_EQ(texts_of(read(text, "production")), Texts{"TOKEN*=top"});
}

TEST_F(ScriptBindings, TakeOnlyRequiredSecretsWhereTheyAreListed) {
  setenv("FESTINA_TEST_SECRET", "from the process", 1);
  write(".dev.vars", "TOKEN=s3\nEXTRA=x\nA=mine\n");
  const Bindings bindings =
      read("vars = { A = \"1\" }\nsecrets = { required = [\"TOKEN\", \"FESTINA_TEST_SECRET\"] }");
  EXPECT_EQ(
      texts_of(bindings), (Texts{"TOKEN*=s3", "A*=mine", "FESTINA_TEST_SECRET*=from the process"})
  );
  EXPECT_EQ(problems(), Texts{});
  unsetenv("FESTINA_TEST_SECRET");
}

TEST_F(ScriptBindings, NameEveryFault) {
  unsetenv("FESTINA_TEST_SECRET");
  const struct {
    std::string_view content;
    std::string_view problem;
  } cases[] = {
      {"secrets = { required = [\"FESTINA_TEST_SECRET\"] }",
       "wrangler.toml:1:25: secret \"FESTINA_TEST_SECRET\" is missing - add FESTINA_TEST_SECRET=… "
       "to .dev.vars beside this file, or set that environment variable"},
      {"secrets = { require = [] }",
       "wrangler.toml:1:13: unknown key \"require\" - did you mean \"required\"?"},
      {"services = [{ binding = \"A\" }]", "wrangler.toml:1:13: the service binding has no service"
      },
      {"services = [{ service = \"a\" }]", "wrangler.toml:1:13: the service binding has no binding"
      },
      {"services = [{ binding = \"A\", service = \"a\", props = 3 }]",
       "wrangler.toml:1:53: expected a table, found an integer"},
      {"services = [{ binding = \"A\", service = \"a\", entry = \"x\" }]",
       "wrangler.toml:1:45: unknown key \"entry\""},
      {"text_blobs = { A = \"none.txt\" }",
       "wrangler.toml:1:20: file \"none.txt\": No such file or directory - paths begin at this file"
      },
      {"version_metadata = {}", "wrangler.toml:1:20: version_metadata has no binding"},
      {"vars = { A = 1 }\nversion_metadata = { binding = \"A\" }",
       "wrangler.toml:2:20: two bindings are named \"A\" - the other one is in vars"},
      {"{ \"services\": [{ \"binding\": \"A\", \"service\": \"a\" }, { \"binding\": \"A\", "
       "\"service\": \"b\" }] }",
       "wrangler.jsonc:1:15: two bindings are named \"A\" - the other one is in services"},
  };
  for (const auto& c : cases) {
    read(c.content);
    EXPECT_EQ(problems(), Texts{std::string(c.problem)}) << c.content;
  }
}

}  // namespace
}  // namespace festina::zone
