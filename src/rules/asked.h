// Asked: a request that rules are tested with.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "rules/facts.h"

namespace festina::rules::testing {

struct Asked {
  http::Request request;
  policy::Visit visit;
  http::Response response;

  explicit Asked(std::string_view url, std::string_view headers = {}) {
    request.url = http::parse_url(url).value();
    visit.raw_url = http::normalize(request.url);
    visit.port = request.url.port;
    for (const std::string_view line : split(headers, '\n')) {
      const auto halves = split_once(line, ':');
      if (halves) request.headers.add(halves->before, trimmed(halves->after));
    }
  }
  Asked& from(std::string address, std::string country = {}) {
    visit.client_address = std::move(address);
    visit.country = std::move(country);
    return *this;
  }
  Facts facts() const { return {request, visit, &response}; }
};

}  // namespace festina::rules::testing
