// URLs from anybody: what is taken is written back as a URL that means the same, and normalising twice is normalising.
#include "http/url.h"

#include <cstdint>
#include <string>

#include "base/errors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace festina;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  for (const auto& url :
       {http::parse_url(text), http::target_url(http::Scheme::https, "example.com:8443", text)}) {
    if (!url) continue;
    check(url->path.starts_with('/'), "a path starts with a slash");
    check(http::parse_url(url->text()) == url, "a URL is read as it is written");
  }
  const auto base = http::parse_url("http://example.com/a/b?c").value();
  const auto named = http::resolved(base, text);
  if (named) check(http::parse_url(named->text()) == named, "a reference leads to a URL");
  const auto authority = http::parse_authority(text);
  if (authority)
    check(http::parse_authority(authority->host)->host == authority->host, "a host is normal");

  const std::string path = http::normalized_path("/" + std::string(text));
  check(path.starts_with('/'), "a normal path starts with a slash");
  check(http::normalized_path(path) == path, "a normal path is normal");
  check((path + "/").find("/../") == std::string::npos, "a normal path climbs nowhere");
  const std::string query = http::normalized_query(text);
  check(http::normalized_query(query) == query, "a normal query is normal");
  http::path_extension(text);
  return 0;
}
