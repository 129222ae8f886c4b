// What an evaluation costs. What it gives is in expression_test.cc and in the golden table.
#include "rules/evaluate.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <new>

#include "rules/asked.h"
#include "rules/parser.h"

namespace {

std::size_t allocations = 0;  // by this thread's tests: there is no other

void* counted(std::size_t size) {
  ++allocations;
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace festina::rules {
namespace {

using testing::Asked;

std::size_t allocations_of(std::string_view text, const Facts& facts) {
  const auto program = parse_condition(text, Phase::request, Plan::enterprise).value();
  const auto once = [&] {
    Scratch scratch;
    judge(*program, facts, scratch);
  };
  once();  // an automaton of RE2 is built by its first match
  const std::size_t before = allocations;
  once();
  return allocations - before;
}

TEST(Evaluate, AsksTheHeapForNothing) {
  Asked asked(
      "https://www.example.com/a/rather/long/path/to/some/"
      "picture.verylongextension?first=1&second=2",
      "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\nAccept: "
      "image/webp\nUser-Agent: "
      "Mozilla/5.0 (X11; Linux x86_64)\nAccept-Language: de, en;q=0.5"
  );
  asked.from("2001:db8:1111:2222:3333:4444:5555:6666", "DE");
  const Facts facts = asked.facts();
  ASSERT_GT(allocations, 0U) << "the counter counts";
  for (const char* rule :
       {R"(http.host eq "www.example.com" and http.request.uri.path contains "picture")",
        R"(starts_with(http.request.uri.path, "/a/rather/long/path/to/") and not ssl)",
        R"(http.request.uri.path.extension in {"png" "verylongextension" "jpg" "anotherlongextension"})",
        R"(http.request.full_uri wildcard "https://*.example.com/*/picture.*")",
        R"(http.request.uri strict wildcard "*second=2")",
        R"(http.request.uri.path matches "^/[a-z/]+/to/.*\.very")",
        R"(http.cookie contains "theme=dark" or http.user_agent contains "Linux")",
        R"(http.request.cookies["session"][0] eq "0123456789abcdef0123456789abcdef")",
        R"(any(http.request.headers["accept"][*] contains "image/webp"))",
        R"(all(len(http.request.uri.args["first"][*])[*] in {1 2}))",
        R"(any(http.request.headers[*][*] contains "dark"))",
        R"(ip.src in {2001:db8::/32 10.0.0.0/8} and ip.src.country in {"DE" "FR"})",
        R"(lower(http.request.uri.path) contains "picture" and len(upper(http.host)) gt 3)",
        R"(http.request.accepted_languages[0] eq "de")"}) {
    EXPECT_EQ(allocations_of(rule, facts), 0U) << rule;
  }
}

}  // namespace
}  // namespace festina::rules
