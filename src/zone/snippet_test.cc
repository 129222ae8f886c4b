#include "zone/snippet.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

using Texts = std::vector<std::string>;

class SnippetOfAZone : public testing::Test {
 protected:
  static Wrangler script() {
    Wrangler worker;
    worker.script.name = "trim";
    worker.routes = {{.pattern = "example.com/*", .place = {"w.toml", 4, 11}}};
    return worker;
  }
  Texts problems_of(Wrangler worker) {
    problems_.clear();
    const auto root = Table::parse("[[scripts]]\nsnippet = true\n", "festina.toml", problems_);
    if (!root) return {"no TOML"};
    make_snippet(worker, root->tables("scripts").front());
    is_snippet_ = worker.script.is_snippet;
    left_ = worker.routes.size();
    Texts texts;
    for (const Problem& problem : problems_) texts.push_back(text_of(problem));
    return texts;
  }

  Problems problems_;
  bool is_snippet_ = false;
  std::size_t left_ = 0;  // routes
};

TEST_F(SnippetOfAZone, HasRoutesAndNothingElse) {
  EXPECT_EQ(problems_of(script()), Texts{});
  EXPECT_TRUE(is_snippet_);
  EXPECT_EQ(left_, 1U);
}

TEST_F(SnippetOfAZone, HasARoute) {
  Wrangler lost = script();
  lost.routes.clear();
  lost.script.workers_dev = true;  // as wrangler has it without routes: no second fault
  EXPECT_EQ(
      problems_of(lost),
      Texts{"festina.toml:2:11: the Snippet trim has no routes: nothing would run it - add routes "
            "= [\"example.com/*\"] to its wrangler file"}
  );
}

TEST_F(SnippetOfAZone, HasNoHostOfItsOwn) {
  Wrangler worker = script();
  worker.routes.push_back(
      {.pattern = "api.example.com", .place = {"w.toml", 5, 11}, .is_custom_domain = true}
  );
  worker.script.workers_dev = true;
  EXPECT_EQ(
      problems_of(worker),
      (Texts{
          "w.toml:5:11: custom domain \"api.example.com\" of a Snippet: it runs in front of a "
          "host's origin, and is none - write the route \"api.example.com/*\"",
          "festina.toml:2:11: the Snippet trim has workers_dev: nothing stands behind it there - "
          "remove workers_dev from its wrangler file",
      })
  );
  EXPECT_EQ(left_, 1U) << "no zone takes the domain";
}

TEST_F(SnippetOfAZone, HasNoBindings) {
  Wrangler worker = script();
  worker.script.variables = {{.name = "GREETING", .value = "hello"}};
  worker.script.services = {{.name = "API", .service = "api"}};
  worker.script.files = {{.name = "PAGE", .path = "/page"}};
  worker.script.version_metadata = "VERSION";
  EXPECT_EQ(
      problems_of(worker),
      Texts{"festina.toml:2:11: the Snippet trim has bindings (GREETING, API, PAGE, VERSION): the "
            "env of a Snippet is empty - remove them, or make it a Worker"}
  );
}

TEST_F(SnippetOfAZone, NeverEntersItsZoneAsAVisitor) {
  Wrangler worker = script();
  worker.script.compatibility_flags = {"nodejs_compat", "global_fetch_strictly_public"};
  EXPECT_EQ(
      problems_of(worker),
      Texts{"festina.toml:2:11: the Snippet trim has the flag global_fetch_strictly_public: what "
            "it fetches of its zone goes on to what stands behind it - remove the flag, or make it "
            "a Worker"}
  );
}

}  // namespace
}  // namespace festina::zone
