// A hundred rules of the kinds that are most written (reference §7.5), asked for one request: what they cost a hit.
#include "rules/expression.h"

#include <benchmark/benchmark.h>

#include "rules/asked.h"

namespace festina::rules {
namespace {

constexpr const char* kRules[] = {
    R"(http.host eq "shop.example.com")",
    R"(http.host eq "www.example.com" and starts_with(http.request.uri.path, "/static/"))",
    R"(http.request.uri.path.extension in {"css" "js" "png" "jpg" "svg" "woff2"})",
    R"(http.request.full_uri wildcard "https://*.example.com/blog/*")",
    R"(http.cookie contains "wordpress_logged_in" or http.cookie contains "wp-settings")",
    R"(http.request.uri.query contains "nocache")",
    R"(http.request.method eq "GET" and not http.request.uri.path contains "/admin")",
    R"(any(http.request.headers["accept"][*] contains "image/webp"))",
    R"(ip.src in {192.0.2.0/24 198.51.100.0/24 2001:db8::/32} or ip.src.country in {"DE" "FR"})",
    R"(http.request.uri.path matches "^/api/v[0-9]+/(users|orders)/")",
};
constexpr std::size_t kCount = 100;

void hundred_rules(benchmark::State& state) {
  testing::Asked asked(
      "https://www.example.com/products/category/1234/"
      "an-article-with-a-name.html?page=2&sort=price",
      "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\n"
      "Accept-Language: en-GB,en;q=0.5\nAccept-Encoding: gzip, deflate, br, zstd\n"
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\n"
      "Referer: https://www.example.com/\nSec-Fetch-Mode: navigate\nSec-Fetch-Site: same-origin\n"
      "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=all"
  );
  asked.from("203.0.113.7", "GB");
  std::vector<Expression> rules;
  rules.reserve(kCount);
  for (std::size_t i = 0; i < kCount; ++i)
    rules.push_back(Expression::parse(kRules[i % std::size(kRules)], Phase::request).value());
  const Facts facts = asked.facts();
  for (auto _ : state) {
    std::size_t matching = 0;
    for (const Expression& rule : rules) matching += rule.matches(facts) ? 1 : 0;
    benchmark::DoNotOptimize(matching);
  }
}
BENCHMARK(hundred_rules)->Unit(benchmark::kMicrosecond);

void one_rule(benchmark::State& state) {
  const testing::Asked asked("https://www.example.com/products/1234.html?page=2");
  const char* const text = kRules[static_cast<std::size_t>(state.range(0))];
  const auto rule = Expression::parse(text, Phase::request).value();
  const Facts facts = asked.facts();
  for (auto _ : state) benchmark::DoNotOptimize(rule.matches(facts));
  state.SetLabel(text);
}
BENCHMARK(one_rule)->DenseRange(0, std::size(kRules) - 1);

void parse(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Expression::parse(kRules[1], Phase::request));
}
BENCHMARK(parse);

}  // namespace
}  // namespace festina::rules
