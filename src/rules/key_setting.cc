#include "rules/key_setting.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "http/field_syntax.h"
#include "http/url.h"

namespace festina::rules {

namespace {

using policy::CustomKey;
using policy::ParametersInKey;

// Fields that the edge itself rules, or that are in the key anyway (reference §6.2).
bool is_refused_field(std::string_view name) {
  constexpr std::string_view refused[] = {
      "cookie",
      "host",
      "origin",
      "range",
      "connection",
      "content-length",
      "cache-control",
      "upgrade",
  };
  return std::ranges::count(refused, name) > 0 || name.starts_with("if-") ||
         name.starts_with("cf-");
}

// Fields with too many values for a key: they count by what they contain only.
bool is_restricted_field(std::string_view name) {
  constexpr std::string_view restricted[] = {
      "accept",
      "accept-charset",
      "accept-encoding",
      "accept-datetime",
      "accept-language",
      "referer",
      "user-agent",
  };
  return std::ranges::count(restricted, name) > 0;
}

bool is_name(std::string_view text) {
  return text.size() <= kMaxKeyNameBytes && http::is_token(text);
}

enum class Contents : bool { whole, containing };

// The field's name in lower case; nothing where it may not be in a key so.
std::optional<std::string> field_name(Reading& place, std::string_view given, Contents contents) {
  std::string name = lower(given);
  if (!is_name(name)) {
    place.fault(in_quotes(name.substr(0, kMaxKeyNameBytes)) + " is no name of a header");
  } else if (is_refused_field(name)) {
    place.fault(in_quotes(name) + " may not be in a cache key");
  } else if (contents == Contents::whole && is_restricted_field(name)) {
    place.fault(in_quotes(name) + " may be in a cache key by \"contains\" only");
  } else {
    return name;
  }
  return std::nullopt;
}

std::vector<std::string> field_names(Reading& headers, std::string_view member) {
  std::vector<std::string> names;
  for (Reading& item : headers.items(member, {.most = kMaxKeyNames})) {
    const auto* text = item.value().if_string();
    if (text == nullptr) {
      item.fault("must be a string");
    } else if (auto name = field_name(item, {text->data(), text->size()}, Contents::whole)) {
      names.push_back(*std::move(name));
    }
  }
  return names;
}

void read_containing(Reading& headers, CustomKey& key) {
  auto contains = headers.object("contains");
  if (!contains) return;
  auto members = contains->members();
  if (members.size() > kMaxKeyNames)
    return contains->fault("must not have more than " + std::to_string(kMaxKeyNames) + " headers");
  for (auto& [given, texts] : members) {
    auto name = field_name(texts, given, Contents::containing);
    if (!name) continue;
    const std::size_t most = is_restricted_field(*name) ? kMaxRestrictedTexts : kMaxKeyNames;
    auto values = texts.own_texts({.least = 1, .most = most});
    key.fields_containing.push_back({.field = *std::move(name), .texts = std::move(values)});
  }
}

void read_headers(Reading& setting, CustomKey& key) {
  auto headers = setting.object("header");
  if (!headers) return;
  key.fields = field_names(*headers, "include");
  key.fields_present = field_names(*headers, "check_presence");
  read_containing(*headers, key);
  key.excludes_origin = headers->boolean("exclude_origin").value_or(false);
  for (const std::string& name : headers->texts("exclude", {.most = kMaxKeyNames})) {  // Page Rules
    if (lower(name) != "origin") headers->fault("exclude", "may name \"origin\" only");
    key.excludes_origin = true;
  }
  headers->refuse_the_rest();
}

std::vector<std::string> cookie_names(Reading& cookies, std::string_view member) {
  std::vector<std::string> names = cookies.texts(member, {.most = kMaxKeyNames});
  for (const std::string& name : names) {
    if (!is_name(name)) {
      cookies.fault(member, "must hold names of cookies");
    } else if (name.starts_with("__cf")) {
      cookies.fault(member, "must not hold \"" + name + "\": it is the edge's own");
    }
  }
  return names;
}

void read_cookies(Reading& setting, CustomKey& key) {
  auto cookies = setting.object("cookie");
  if (!cookies) return;
  key.cookies = cookie_names(*cookies, "include");
  key.cookies_present = cookie_names(*cookies, "check_presence");
  cookies->refuse_the_rest();
}

// Which parameters a member names: a list in one of its forms, or all.
struct Named {
  bool all = false;
  std::vector<std::string> names = {};
};

bool is_star(const json::Value& value) { return value.is_string() && value.get_string() == "*"; }

// {"list": […]}, {"all": true}, ["a", "b"], ["*"] or "*".
Named named(Reading& choice) {
  if (is_star(choice.value())) return {.all = true};
  if (choice.value().is_array()) {
    Named listed{.names = choice.own_texts({.least = 1, .most = kMaxKeyNames})};
    if (listed.names.size() == 1 && listed.names.front() == "*") return {.all = true};
    return listed;
  }
  if (!choice.is_object()) {
    choice.fault("must be {\"list\": [...]} or {\"all\": true}");
    return {};
  }
  Named given{.all = choice.boolean("all").value_or(false)};
  given.names = choice.texts("list", {.least = 1, .most = kMaxKeyNames});
  const bool is_one = given.all != choice.has("list");
  if (!is_one) choice.fault("must have either \"list\" or \"all\": true");
  choice.refuse_the_rest();
  return given;
}

// In the form that parameters of a normalised URL have.
std::vector<std::string> normalized(std::vector<std::string> names) {
  for (std::string& name : names) name = http::normalized_query(name);
  return names;
}

void read_query(Reading& setting, KeyWish& wish, CustomKey& key) {
  auto query = setting.object("query_string");
  if (!query) return;
  auto include = query->member("include");
  auto exclude = query->member("exclude");
  query->refuse_the_rest();
  if (include && exclude) return query->fault("must have \"include\" or \"exclude\", not both");
  if (include) {
    Named given = named(*include);
    if (given.all) return;
    key.parameters = ParametersInKey::listed;
    key.parameter_names = normalized(std::move(given.names));
  } else if (exclude) {
    Named given = named(*exclude);
    if (given.all) {
      wish.without_query = true;
      return;
    }
    key.parameters = ParametersInKey::unlisted;
    key.parameter_names = normalized(std::move(given.names));
  }
}

void read_host(Reading& setting, CustomKey& key) {
  auto host = setting.object("host");
  if (!host) return;
  key.with_resolved_host = host->boolean("resolved").value_or(false);
  host->refuse_the_rest();
}

void read_user(Reading& setting, KeyWish& wish) {
  auto user = setting.object("user");
  if (!user) return;
  wish.by_device = user->boolean("device_type").value_or(false);
  wish.by_country = user->boolean("geo").value_or(false);
  wish.by_language = user->boolean("lang").value_or(false);
  user->refuse_the_rest();
}

}  // namespace

std::optional<KeyWish> read_key(Reading& setting) {
  KeyWish wish;
  CustomKey key;
  read_query(setting, wish, key);
  read_headers(setting, key);
  read_cookies(setting, key);
  read_host(setting, key);
  read_user(setting, wish);
  setting.refuse_the_rest();
  const bool says_nothing = !setting.is_object() || setting.value().get_object().empty();
  if (says_nothing) return std::nullopt;
  if (key != CustomKey()) wish.custom = std::make_shared<const CustomKey>(std::move(key));
  return wish;
}

}  // namespace festina::rules
