#include "policy/invalidation.h"

#include <gtest/gtest.h>

namespace festina::policy {
namespace {

using Texts = std::vector<std::string>;

struct Field {
  std::string_view name;
  std::string_view value;
};

Texts gone(std::string_view method, http::Status status, const std::vector<Field>& fields = {}) {
  http::Request request;
  request.method_text = method;
  request.method = http::method_of(method);
  request.url = http::parse_url("http://example.com/a/b?c").value();
  http::Response response{.status = status, .headers = {}};
  for (const Field& field : fields) response.headers.add(field.name, field.value);
  Texts texts;
  for (const http::Url& url : invalidated(request, response)) texts.push_back(url.text());
  return texts;
}

Texts target() { return {"http://example.com/a/b?c"}; }

TEST(Invalidated, IsTheTargetOfAnUnsafeRequestThatDidNotFail) {
  for (const std::string_view method : {"POST", "PUT", "DELETE", "PATCH", "M-SEARCH"}) {
    EXPECT_EQ(gone(method, 200), target()) << method;
    EXPECT_EQ(gone(method, 399), target()) << method;
    EXPECT_EQ(gone(method, 400), Texts{}) << method;
    EXPECT_EQ(gone(method, 500), Texts{}) << method;
    EXPECT_EQ(gone(method, 101), Texts{}) << method;
  }
}

TEST(Invalidated, IsNothingAfterASafeRequest) {
  for (const std::string_view method : {"GET", "HEAD", "OPTIONS"}) {
    EXPECT_EQ(gone(method, 200), Texts{}) << method;
  }
}

TEST(Invalidated, IsWhatLocationAndContentLocationNameOfTheSameOrigin) {
  const struct {
    std::string_view reference;
    std::string_view url;  // empty: none but the target
    std::string_view why;
  } cases[] = {
      {"/x", "http://example.com/x", "a path"},
      {"x", "http://example.com/a/x", "relative to the folder"},
      {"../x", "http://example.com/x", "dot segments are resolved"},
      {"?y", "http://example.com/a/b?y", "another query"},
      {"http://example.com:80/x#part", "http://example.com/x", "the same origin, written out"},
      {"//example.com/x", "http://example.com/x", "without a scheme"},
      {"https://example.com/x", "", "another scheme is another origin"},
      {"http://example.com:81/x", "", "another port"},
      {"http://www.example.com/x", "", "another host"},
      {"mailto:x@example.com", "", "no http at all"},
      {"/a/b?c", "", "the target itself, once"},
      {"", "", "the target itself"},
      {"http://[", "", "no URL"},
      {"/a b", "", "nor this"},
  };
  for (const auto& [reference, url, why] : cases) {
    Texts expected = target();
    if (!url.empty()) expected.emplace_back(url);
    EXPECT_EQ(gone("POST", 201, {{"Location", reference}}), expected) << why;
    EXPECT_EQ(gone("POST", 201, {{"Content-Location", reference}}), expected) << why;
  }
  const Texts both = {"http://example.com/a/b?c", "http://example.com/x", "http://example.com/y"};
  EXPECT_EQ(gone("POST", 201, {{"Location", "/x"}, {"Content-Location", "/y"}}), both);
}

}  // namespace
}  // namespace festina::policy
