#include "policy/cache_key.h"

#include <gtest/gtest.h>
#include <set>

namespace festina::policy {
namespace {

using http::Scheme;
using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

http::Request request(std::string_view url, Fields fields = {}) {
  http::Request made;
  made.url = http::parse_url(url).value();
  for (const auto& [name, value] : fields) made.headers.add(name, value);
  return made;
}

std::string key_text(std::string_view url, Fields fields = {}, const KeySpec& spec = {}) {
  const auto asked = request(url, fields);
  return cache_key("z", asked.url.scheme, asked, spec).text;
}

TEST(CacheKey, IsTheUrlAndTheFieldsThatSetTheRequestApart) {  // reference §11.1
  const struct {
    std::string text;
    const char* expected;
    const char* why;
  } cases[] = {
      {key_text("https://example.com/images/hero.jpg"),
       "https://example.com/images/hero.jpg",
       "nothing special"},
      {key_text("http://example.com:80/a.js?x=1"), "http://example.com/a.js?x=1", "default port"},
      {key_text("http://example.com:8080/a.js"), "http://example.com:8080/a.js", "another port"},
      {key_text("http://EXAMPLE.com/A.js"), "http://example.com/A.js", "only the host folds"},
      {key_text("http://e.com/a.js", {{"Origin", "https://x"}}),
       "http://e.com/a.js Origin=https://x",
       "CORS"},
      {key_text("http://e.com/a.js", {{"Forwarded", "for=1"}, {"Origin", "https://x"}}),
       "http://e.com/a.js Origin=https://x Forwarded=for=1",
       "in a fixed order"},
      {key_text("http://e.com/a.js", {{"X-Host", "a b\\c\t"}}),
       "http://e.com/a.js X-Host=a\\20b\\5cc\\09",
       "escaped"},
  };
  for (const auto& c : cases) EXPECT_EQ(c.text, c.expected) << c.why;
}

TEST(CacheKey, KeepsWhatAWorkerAnswersApartFromWhatItFetches) {
  const auto asked = request("https://example.com/a.css", {{"Origin", "https://x"}});
  const auto text = [&](std::string_view worker, const KeySpec& spec) {
    return cache_key("z", {Scheme::https, {}, worker}, asked, spec).text;
  };
  EXPECT_EQ(text("api", {}), "https://example.com/a.css Origin=https://x worker=api");
  EXPECT_EQ(text("a b", {}), "https://example.com/a.css Origin=https://x worker=a\\20b");
  EXPECT_EQ(text("api", {.instead = "k"}), "cacheKey=k worker=api");
  EXPECT_EQ(text("", {.instead = "k"}), "cacheKey=k");
}

TEST(UnheededVary, NamesTheFieldsThatNothingTellsApart) {  // reference §11.4
  http::Headers response;
  response.add("Vary", "Accept-Encoding, Origin");
  response.add("Vary", "Cookie, Accept-Language");
  CacheDecision decision;
  EXPECT_EQ(unheeded_vary(response, decision), "accept-language, cookie");
  decision.key.with_origin = false;
  EXPECT_EQ(unheeded_vary(response, decision), "accept-language, cookie, origin");
  decision.key.custom =
      std::make_shared<const CustomKey>(CustomKey{.fields = {"cookie", "origin"}});
  decision.key.language = "de";
  EXPECT_EQ(unheeded_vary(response, decision), "origin") << "a field of the key has its own word";
  decision.vary = VarySpec{};
  EXPECT_EQ(unheeded_vary(response, decision), "") << "the owner has said how it counts";
}

TEST(CacheKey, DiffersWithEveryKeyedField) {  // reference §11.1
  std::set<std::string> texts{key_text("http://e.com/a.js")};
  for (const std::string_view name :
       {"Origin",
        "X-HTTP-Method-Override",
        "X-HTTP-Method",
        "X-Method-Override",
        "X-Forwarded-Host",
        "X-Host",
        "X-Forwarded-Scheme",
        "X-Original-URL",
        "X-Rewrite-URL",
        "Forwarded"}) {
    EXPECT_TRUE(texts.insert(key_text("http://e.com/a.js", {{name, "v"}})).second) << name;
  }
}

TEST(CacheKey, TellsRequestsApartOrNot) {
  const std::string plain = key_text("https://e.com/a.js");
  const struct {
    std::string one;
    std::string other;
    bool same;
    const char* why;
  } cases[] = {
      {plain, key_text("https://e.com/a.js?"), false, "an empty query is a query"},
      {key_text("https://e.com/a.js?x=1&y=2"),
       key_text("https://e.com/a.js?y=2&x=1"),
       false,
       "the order of the query counts"},
      {key_text("https://e.com/A.js"), plain, false, "the path has case"},
      {key_text("https://E.com/a.js"), plain, true, "the host has none"},
      {key_text("https://e.com/a.js", {{"Origin", "https://x"}}), plain, false, "CORS"},
      {key_text("https://e.com/a.js", {{"Cookie", "a=1"}}), plain, true, "cookies"},
      {key_text("https://e.com/a.js", {{"Accept-Encoding", "gzip"}}),
       key_text("https://e.com/a.js", {{"Accept-Encoding", "br"}}),
       true,
       "codings"},
      {key_text("https://e.com/a.js", {{"Authorization", "a"}, {"Range", "bytes=0-1"}}),
       plain,
       true,
       "credentials and ranges"},
      {key_text("https://e.com/a.js", {{"User-Agent", "a"}, {"Accept", "*/*"}}),
       plain,
       true,
       "who asks"},
      {key_text("https://e.com/a.js", {{"X-Forwarded-Scheme", "https"}}),
       plain,
       true,
       "http and https are left out"},
      {key_text("https://e.com/a.js", {{"X-Forwarded-Scheme", "ftp"}}),
       plain,
       false,
       "another scheme is not"},
      {key_text("https://e.com/a.js", {{"X-Host", "a X-Rewrite-URL=b"}}),
       key_text("https://e.com/a.js", {{"X-Host", "a"}, {"X-Rewrite-URL", "b"}}),
       false,
       "a client can not write another part"},
      {key_text("https://e.com/a.js", {{"X-Host", "\\20"}}),
       key_text("https://e.com/a.js", {{"X-Host", " "}}),
       false,
       "nor an escape"},
      {key_text("https://e.com/a.js", {{"X-Host", ""}}), plain, false, "present and empty"},
  };
  for (const auto& c : cases) EXPECT_EQ(c.one == c.other, c.same) << c.why;
}

TEST(CacheKey, IsSharedByGetAndHead) {  // reference §1.7
  auto asked = request("https://e.com/a.js");
  const CacheKey get = cache_key("z", Scheme::https, asked, {});
  asked.method = http::Method::head;
  EXPECT_EQ(cache_key("z", Scheme::https, asked, {}), get);
}

TEST(CacheKey, HasTheSchemeOfTheConnectionToTheOrigin) {  // reference §11.1
  EXPECT_EQ(
      cache_key("z", Scheme::http, request("https://e.com/a.js"), {}),
      cache_key("z", Scheme::http, request("http://e.com/a.js"), {})
  );
  EXPECT_EQ(
      cache_key("z", Scheme::http, request("https://e.com/a.js"), {}).text, "http://e.com/a.js"
  );
}

TEST(CacheKey, BelongsToOneZone) {
  const auto asked = request("https://e.com/a.js");
  EXPECT_NE(cache_key("z1", Scheme::http, asked, {}), cache_key("z2", Scheme::http, asked, {}));
}

TEST(CacheKey, DropsOrSortsTheQueryAsTold) {  // reference §1.7, §8.4
  const struct {
    const char* query;
    QueryInKey how;
    const char* expected;
    const char* why;
  } cases[] = {
      {"?b=1&a=2", QueryInKey::whole, "?b=1&a=2", "as it is"},
      {"?b=1&a=2", QueryInKey::dropped, "", "ignored"},
      {"?", QueryInKey::dropped, "", "an empty one too"},
      {"?word=beta&word=alpha", QueryInKey::sorted, "?word=alpha&word=beta", "by value"},
      {"?b=1&a=2", QueryInKey::sorted, "?a=2&b=1", "by name"},
      {"?a-b=1&a=2", QueryInKey::sorted, "?a=2&a-b=1", "by name before '='"},
      {"?b&a=", QueryInKey::sorted, "?a=&b", "without value"},
      {"", QueryInKey::sorted, "", "nothing to sort"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(
        key_text("http://e.com/a" + std::string(c.query), {}, {c.how}),
        "http://e.com/a" + std::string(c.expected)
    ) << c.why;
  }
}

TEST(CacheKey, IsWhatTheScriptSays) {  // reference §4.2
  const KeySpec spec{.query = QueryInKey::whole, .instead = "my key\\"};
  const auto key = cache_key("z", Scheme::http, request("http://e.com/a?x"), spec);
  EXPECT_TRUE(is_of_a_script(key.text));
  EXPECT_FALSE(is_of_a_script("http://e.com/a"));
  EXPECT_EQ(key.text, "cacheKey=my\\20key\\5c");
  auto asked = request("https://other.example/b");
  asked.headers.add("Origin", "https://o.example");
  EXPECT_EQ(cache_key("z", Scheme::https, asked, spec), key) << "the same text is the same entry";
}

TEST(VariantKey, HasTheGenerationAndTheValues) {
  const CacheKey key{.text = "http://e.com/a", .zone = "z"};
  const VarySpec spec{.otherwise = VaryAction::passthrough, .rules = {}};
  auto asked = request("http://e.com/a");
  asked.headers.add("X-Plan", "gold vary=1");
  asked.headers.add("X-Empty", "");
  const CacheKey variant =
      variant_key(key, 7, {"x-absent", "x-empty", "x-plan"}, asked.headers, spec);
  EXPECT_EQ(variant.text, "http://e.com/a vary=7 x-empty= x-plan=gold\\20vary=1");
  EXPECT_EQ(variant.zone, "z");
  EXPECT_EQ(text_without_variant(variant.text), key.text);
  EXPECT_EQ(text_without_variant(key.text), key.text);
}

TEST(VariantKey, CannotBeWrittenByAUrl) {
  const auto key = cache_key("z", Scheme::http, request("http://e.com/a?q=%20vary=1"), {});
  EXPECT_EQ(text_without_variant(key.text), key.text);
}

TEST(CacheApiKey, OfTheDefaultCacheIsThatOfAPlainGet) {  // reference §5.1
  const auto asked = request("https://e.com/p?q=1");
  EXPECT_EQ(
      cache_api_key("z", Scheme::http, {}, asked.url), cache_key("z", Scheme::http, asked, {})
  );
}

TEST(CacheApiKey, OfANamedCacheIsItsOwn) {  // reference §5.1
  const auto url = http::parse_url("https://e.com/p").value();
  const auto named = cache_api_key("z", Scheme::http, {.name = "my cache"}, url);
  EXPECT_EQ(named.text, "https://e.com/p cache=my\\20cache");
  EXPECT_NE(named, cache_api_key("z", Scheme::http, {}, url));
  EXPECT_NE(named, cache_api_key("z", Scheme::http, {.name = "other"}, url));
  const auto nameless = cache_api_key("z", Scheme::http, {.name = ""}, url);
  EXPECT_EQ(nameless.text, "https://e.com/p cache=") << "a name like any other";
}

TEST(CacheApiKey, OfASeparateDefaultCacheIsItsOwnToo) {  // reference §5.1
  const auto url = http::parse_url("https://e.com/p").value();
  const CacheApiPlace separate{.name = {}, .of_default = CacheApiNamespace::separate};
  const CacheApiPlace named{.name = "default", .of_default = CacheApiNamespace::separate};
  const auto key = cache_api_key("z", Scheme::http, separate, url);
  EXPECT_EQ(key.text, "https://e.com/p caches=default");
  EXPECT_NE(key, cache_api_key("z", Scheme::http, {}, url));
  EXPECT_NE(key, cache_api_key("z", Scheme::http, named, url));
}

TEST(CacheApiKey, IsWhatTheScriptSays) {  // reference §5.3
  const auto asked = request("https://e.com/p");
  const auto key_in = [&](std::optional<std::string_view> cache, CacheApiNamespace of_default) {
    const CacheApiPlace place{.name = cache, .of_default = of_default, .key = "a b"};
    return cache_api_key("z", Scheme::http, place, asked.url);
  };
  const KeySpec spec{.instead = "a b"};
  EXPECT_EQ(key_in({}, CacheApiNamespace::shared), cache_key("z", Scheme::https, asked, spec));
  EXPECT_EQ(key_in({}, CacheApiNamespace::separate).text, "cacheKey=a\\20b caches=default");
  const auto named = key_in("mine", CacheApiNamespace::shared);
  EXPECT_EQ(named.text, "cacheKey=a\\20b cache=mine");
  EXPECT_TRUE(is_of_a_script(named.text));
}

KeySpec with(CustomKey custom) {
  return {.custom = std::make_shared<const CustomKey>(std::move(custom))};
}

TEST(CustomKey, ChoosesParameters) {  // reference §11.2
  const CustomKey listed{.parameters = ParametersInKey::listed, .parameter_names = {"a", "b"}};
  const CustomKey unlisted{
      .parameters = ParametersInKey::unlisted, .parameter_names = {"utm_source"}
  };
  const struct {
    CustomKey custom;
    const char* query;
    QueryInKey order;
    const char* expected;
    const char* why;
  } cases[] = {
      {listed, "?b=2&c=3&a=1&b", QueryInKey::whole, "?b=2&a=1&b", "all of a name, in order"},
      {listed, "?b=2&c=3&a=1&b", QueryInKey::sorted, "?a=1&b&b=2", "sorted if asked"},
      {listed, "?A=1&c=3", QueryInKey::whole, "", "with case; none left is as no query"},
      {unlisted, "?utm_source=x&a=1", QueryInKey::whole, "?a=1", ""},
      {unlisted, "?utm_source=x", QueryInKey::whole, "", ""},
      {unlisted, "?", QueryInKey::whole, "?", "an empty query is another URL than none"},
      {{}, "?b&a", QueryInKey::sorted, "?a&b", "all of them"},
      {listed, "?a=1", QueryInKey::dropped, "", "without the query"},
  };
  for (const auto& c : cases) {
    KeySpec spec = with(c.custom);
    spec.query = c.order;
    EXPECT_EQ(
        key_text("http://e.com/p" + std::string(c.query), {}, spec),
        "http://e.com/p" + std::string(c.expected)
    ) << c.why;
  }
}

TEST(CustomKey, AddsFieldsAndCookies) {  // reference §11.2
  const KeySpec spec = with(
      {.fields = {"x-variant", "x-absent"},
       .fields_present = {"x-beta", "x-gone"},
       .fields_containing = {{"accept", {"webp", "avif"}}, {"user-agent", {"Bot"}}},
       .cookies = {"lang", "none"},
       .cookies_present = {"sid", "gone"}}
  );
  EXPECT_EQ(
      key_text(
          "http://e.com/a",
          {{"X-Variant", "b c"},
           {"X-Variant", ""},
           {"x-beta", "whatever"},
           {"Accept", "image/avif"},
           {"User-Agent", "Firefox"},
           {"Cookie", "sid=1; lang=de"},
           {"Cookie", "other=2; lang=fr"}},
          spec
      ),
      "http://e.com/a header:x-variant=b\\20c header:x-variant= has-header=x-beta "
      "header:accept=image/avif cookie:lang=de cookie:lang=fr has-cookie=sid"
  );
  EXPECT_EQ(key_text("http://e.com/a", {}, spec), "http://e.com/a") << "what is not there is not";
}

TEST(CustomKey, LeavesOriginOut) {
  const Fields origin = {{"Origin", "https://x"}, {"X-Host", "h"}};
  EXPECT_EQ(
      key_text("http://e.com/a", origin, with({.excludes_origin = true})), "http://e.com/a X-Host=h"
  );
}

TEST(CustomKey, TakesTheOriginsHost) {  // reference §6.2
  const auto asked = request("https://e.com/a");
  const KeySpec spec = with({.with_resolved_host = true});
  EXPECT_EQ(cache_key("z", {Scheme::http, "10.0.0.1"}, asked, spec).text, "http://10.0.0.1/a");
  EXPECT_EQ(cache_key("z", Scheme::http, asked, spec).text, "http://e.com/a") << "it has none";
  EXPECT_EQ(cache_key("z", {Scheme::http, "10.0.0.1"}, asked, {}).text, "http://e.com/a");
}

TEST(KeySpec, SetsApartWhoAsks) {  // reference §11.3
  const KeySpec spec{.device = Device::tablet, .country = "DE", .language = "en"};
  EXPECT_EQ(
      key_text("http://e.com/a", {}, spec), "http://e.com/a device=tablet country=DE language=en"
  );
  EXPECT_EQ(
      key_text("http://e.com/a", {}, {.country = "", .language = ""}),
      "http://e.com/a country= language="
  ) << "who tells neither is a group as well";
}

}  // namespace
}  // namespace festina::policy
