#include "http/url.h"

#include <gtest/gtest.h>

namespace festina::http {
namespace {

TEST(Url, ParsesAbsoluteUrls) {
  const struct {
    std::string_view text;
    std::string_view normal;
    std::string_view why;
  } cases[] = {
      {"http://example.com/a?b", "http://example.com/a?b", "plain"},
      {"HTTPS://EXAMPLE.com/A",
       "https://example.com/A",
       "scheme and host have no case (RFC 9110 §4.2.3)"},
      {"http://example.com", "http://example.com/", "an empty path is / (RFC 9110 §4.2.3)"},
      {"http://example.com?q", "http://example.com/?q", "an empty path before a query"},
      {"http://example.com:80/", "http://example.com/", "the default port is not written"},
      {"https://example.com:443/", "https://example.com/", "the default port is not written"},
      {"https://example.com:80/", "https://example.com:80/", "another scheme's default port is"},
      {"http://example.com:/", "http://example.com/", "an empty port is the default one"},
      {"http://example.com./", "http://example.com/", "the root's dot is left out"},
      {"http://example.com/a?", "http://example.com/a?", "an empty query differs from none"},
      {"http://example.com/a?b?c", "http://example.com/a?b?c", "the first ? counts"},
      {"http://example.com/a#b?c", "http://example.com/a", "a fragment is left out"},
      {"http://example.com#b", "http://example.com/", "a fragment is left out"},
      {"http://example.com/a//b/../%7e",
       "http://example.com/a//b/../%7e",
       "the path stays as written"},
      {"http://127.0.0.1:8787/", "http://127.0.0.1:8787/", "IPv4"},
      {"http://[::1]:8787/", "http://[::1]:8787/", "IPv6"},
      {"http://[0:0::0:1]/", "http://[::1]/", "IPv6 has one shortest form"},
      {"http://[2001:DB8::A]/", "http://[2001:db8::a]/", "IPv6 in lower case"},
      {"http://my_host.test/", "http://my_host.test/", "underscores occur in names"},
  };
  for (const auto& c : cases) {
    const auto url = parse_url(c.text);
    ASSERT_TRUE(url) << c.text << ": " << url.error().detail;
    EXPECT_EQ(url->text(), c.normal) << c.why;
  }
}

TEST(Url, RefusesWhatIsNone) {
  const struct {
    std::string_view text;
    ErrorCode code;
    std::string_view why;
  } cases[] = {
      {"", ErrorCode::malformed, "empty"},
      {"/a", ErrorCode::malformed, "not absolute"},
      {"//example.com/a", ErrorCode::malformed, "not absolute"},
      {"http:/example.com/a", ErrorCode::malformed, "one slash"},
      {"ftp://example.com/", ErrorCode::unsupported, "another scheme"},
      {"http:///a", ErrorCode::malformed, "no host (RFC 9110 §4.2.1)"},
      {"http://:80/", ErrorCode::malformed, "no host"},
      {"http://user@example.com/", ErrorCode::malformed, "user information (RFC 9110 §4.2.4)"},
      {"http://user:pw@example.com/", ErrorCode::malformed, "user information"},
      {"http://example.com\\@evil.test/", ErrorCode::malformed, "a backslash behind the host"},
      {"http://exa mple.com/", ErrorCode::malformed, "white space"},
      {"http://example.com/a b", ErrorCode::malformed, "white space"},
      {"http://example.com/a\r\nb", ErrorCode::malformed, "control bytes"},
      {"http://example.com/\x7f", ErrorCode::malformed, "control bytes"},
      {"http://ex%41mple.com/", ErrorCode::malformed, "an encoded host name"},
      {"http://m\xc3\xbcnchen.de/", ErrorCode::malformed, "a host name that is not ASCII"},
      {"http://example.com:0/", ErrorCode::malformed, "port 0"},
      {"http://example.com:65536/", ErrorCode::malformed, "a port past the last"},
      {"http://example.com:+80/", ErrorCode::malformed, "a sign"},
      {"http://example.com:80:80/", ErrorCode::malformed, "two ports"},
      {"http://[::1/", ErrorCode::malformed, "no closing bracket"},
      {"http://[::1]x/", ErrorCode::malformed, "something behind the bracket"},
      {"http://[127.0.0.1]/", ErrorCode::malformed, "IPv4 in brackets"},
      {"http://::1/", ErrorCode::malformed, "IPv6 without brackets"},
  };
  for (const auto& c : cases) {
    const auto url = parse_url(c.text);
    ASSERT_FALSE(url) << c.text << ": " << c.why;
    EXPECT_EQ(url.error().code, c.code) << c.text << ": " << c.why;
    EXPECT_EQ(url.error().side, Side::client);
  }
}

TEST(Url, AuthorityHasAHostAndPerhapsAPort) {
  const struct {
    std::string_view text;
    std::string_view host;
    std::optional<std::uint16_t> port;
  } cases[] = {
      {"Example.COM", "example.com", std::nullopt},
      {"example.com:8080", "example.com", 8080},
      {"example.com.:1", "example.com", 1},
      {"a:65535", "a", 65535},
      {"[::1]", "[::1]", std::nullopt},
      {"[::1]:443", "[::1]", 443},
  };
  for (const auto& c : cases) {
    const auto authority = parse_authority(c.text);
    ASSERT_TRUE(authority) << c.text;
    EXPECT_EQ(authority->host, c.host) << c.text;
    EXPECT_EQ(authority->port, c.port) << c.text;
  }
  for (const std::string_view text :
       {"",
        ":80",
        ".",
        "..",
        "a..b",
        ".a",
        "a..",
        "a/b",
        "a,b",
        "a b",
        "*.a",
        "[]",
        "]",
        "[",
        "a[::1]"}) {
    EXPECT_FALSE(parse_authority(text)) << text;
  }
}

TEST(TargetUrl, OriginFormTakesItsAuthorityFromHost) {
  const auto url = target_url(Scheme::https, "WWW.example.com:8443", "/a?b=http://c/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->text(), "https://www.example.com:8443/a?b=http://c/");
  EXPECT_EQ(target_url(Scheme::http, "example.com", "/")->port, 80);
  EXPECT_EQ(target_url(Scheme::https, "example.com", "/")->port, 443);
  EXPECT_EQ(target_url(Scheme::http, "example.com", "//evil.test/a")->host, "example.com");
}

TEST(TargetUrl, AbsoluteFormOverridesHost) {
  const auto url = target_url(Scheme::http, "other.test", "https://example.com/a");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->text(), "https://example.com/a");
  EXPECT_TRUE(target_url(Scheme::http, "", "http://example.com/a"));
}

TEST(TargetUrl, RefusesOtherFormsAndHosts) {
  const struct {
    std::string_view host;
    std::string_view target;
    std::string_view why;
  } cases[] = {
      {"", "/", "no host"},
      {"a,b", "/", "two hosts in one field"},
      {"user@a", "/", "user information"},
      {"a", "", "empty target"},
      {"a", "*", "asterisk form"},
      {"a", "a:80", "authority form"},
      {"a", "a/b", "no form at all"},
      {"a", "ftp://a/", "another scheme"},
      {"a", "/a#b", "a fragment (RFC 9112 §3.2)"},
      {"a", "/a b", "white space"},
  };
  for (const auto& c : cases) {
    const auto url = target_url(Scheme::http, c.host, c.target);
    ASSERT_FALSE(url) << c.why;
    EXPECT_EQ(url.error().code, ErrorCode::malformed) << c.why;
  }
}

TEST(NormalizedPath, FollowsTheReference) {
  const struct {
    std::string_view path;
    std::string_view normal;
    std::string_view why;
  } cases[] = {
      {"//a///b/../c", "/a/c", "reference §11.6"},
      {"/%7e%2f", "/~%2F", "reference §11.6"},
      {"/%7Euser", "/~user", "reference §11.1"},
      {"/", "/", "the root"},
      {"/a/b", "/a/b", "nothing to do"},
      {"/A", "/A", "paths have case"},
      {"\\a\\b", "/a/b", "backslashes are slashes"},
      {"/a\\/b", "/a/b", "and merge with them"},
      {"/a%5cb", "/a%5Cb", "an encoded backslash stays one"},
      {"/a/", "/a/", "a last slash stays"},
      {"/a/.", "/a/", "a last dot segment names a directory (RFC 3986 §5.2.4)"},
      {"/a/..", "/", "RFC 3986 §5.2.4"},
      {"/..", "/", "nothing is above the root"},
      {"/../../a", "/a", "nothing is above the root"},
      {"/a/./b/../../c", "/c", "RFC 3986 §5.2.4"},
      {"/a/%2e%2E/b", "/b", "encoded dots are dots"},
      {"/a/%2e%2e%2fb", "/a/..%2Fb", "an encoded slash ends no segment"},
      {"/a/.../b", "/a/.../b", "three dots are a name"},
      {"/a/..b/.c", "/a/..b/.c", "dots in names"},
      {"/%41%2D%5f%3A", "/A-_%3A", "only unreserved bytes are decoded"},
      {"/a b\"<>^`{|}", "/a%20b%22%3C%3E%5E%60%7B%7C%7D", "bytes that must be encoded"},
      {"/[x]", "/%5Bx%5D", "brackets are for hosts"},
      {"/\xc3\xa4", "/%C3%A4", "no ASCII"},
      {"/!$&'()*+,;=:@", "/!$&'()*+,;=:@", "bytes that may stand plain"},
      {"/100%", "/100%25", "a percent sign alone"},
      {"/%zz%4", "/%25zz%254", "triplets that are none"},
      {"/%2541", "/%2541", "decoded once only"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(normalized_path(c.path), c.normal) << c.why;
    EXPECT_EQ(normalized_path(c.normal), c.normal) << "again: " << c.why;
  }
}

TEST(NormalizedQuery, KeepsWhatSeparates) {
  const struct {
    std::string_view query;
    std::string_view normal;
    std::string_view why;
  } cases[] = {
      {"", "", "empty"},
      {"a=1&b=%7e", "a=1&b=~", "unreserved bytes are decoded"},
      {"a=%26%3d%2b+", "a=%26%3D%2B+", "separators keep their form"},
      {"u=http://a//b/../c?d", "u=http://a//b/../c?d", "slashes and dots mean nothing here"},
      {"a[]=\\", "a%5B%5D=%5C", "bytes that must be encoded"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(normalized_query(c.query), c.normal) << c.why;
    EXPECT_EQ(normalized_query(c.normal), c.normal) << "again: " << c.why;
    const Url url = *parse_url("http://example.com//%7e?" + std::string(c.query));
    EXPECT_EQ(normalized(url).query, c.normal) << c.why;
    EXPECT_EQ(normalized(url).path, "/~") << c.why;
  }
}

TEST(Normalize, KeepsWhatWasAskedForWhereItWasSomethingElse) {
  for (const std::string_view unusual :
       {"http://example.com/a//b", "http://example.com/?%7e", "http://example.com/%7e?a"}) {
    const Url asked = parse_url(unusual).value();
    Url url = asked;
    EXPECT_EQ(normalize(url), asked) << unusual;
    EXPECT_EQ(url, normalized(asked)) << unusual;
  }
  for (const std::string_view usual :
       {"http://example.com/", "http://example.com/a?b=%2F", "http://example.com/?"}) {
    Url url = parse_url(usual).value();
    EXPECT_EQ(normalize(url), std::nullopt) << usual;
    EXPECT_EQ(url.text(), usual);
  }
}

TEST(PathExtension, FollowsTheReference) {
  const struct {
    std::string_view path;
    std::string_view extension;
  } cases[] = {
      // reference §1.2
      {"/a/logo.PNG", "png"},
      {"/foo.tar.bz2", "bz2"},
      {"/.mp3", ""},
      {"/.foo.mp3", "mp3"},
      {"/foo.", ""},
      {"/index.html", "html"},
      {"/api/v1.js/users", ""},
      {"/app.js;jsessionid=1", "js;jsessionid=1"},
      {"/", ""},
      {"", ""},
      {"/a.b/", ""},
      {"/a/.b", ""},
      {"a.css", "css"},
  };
  for (const auto& c : cases) EXPECT_EQ(path_extension(c.path), c.extension) << c.path;
  EXPECT_EQ(extension_as_written("/a/logo.PNG"), "PNG");
}

TEST(PercentEncoded, LeavesUnreservedBytesAlone) {
  EXPECT_EQ(percent_encoded("a-Z_0.~"), "a-Z_0.~");
  EXPECT_EQ(percent_encoded("http://e.com/?a=b&c"), "http%3A%2F%2Fe.com%2F%3Fa%3Db%26c");
  EXPECT_EQ(percent_encoded("\xC3\xBC %"), "%C3%BC%20%25");
}

TEST(Resolved, FollowsTheRfc) {  // RFC 3986 §5.4, as far as http goes
  const Url base = parse_url("http://a/b/c/d;p?q").value();
  const struct {
    std::string_view reference;
    std::string_view url;
  } cases[] = {
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q"},
      {"g?y#s", "http://a/b/c/g?y"},
      {";x", "http://a/b/c/;x"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../../../g", "http://a/g"},
      {"https://h:444/x", "https://h:444/x"},
      {"g:h/x", ""},
      {"g/x:y", "http://a/b/c/g/x:y"},
      {"a b", ""},
      {"http://", ""},
  };
  for (const auto& c : cases) {
    const auto url = resolved(base, c.reference);
    EXPECT_EQ(url ? url->text() : "", c.url) << c.reference;
  }
}

}  // namespace
}  // namespace festina::http
