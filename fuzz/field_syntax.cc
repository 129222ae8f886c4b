// Lists and quoted strings from anybody: members are what stands between separators, quoting is undone by unquoting, and a
// value that is taken apart and put together again says the same.
#include "http/field_syntax.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "base/text.h"

namespace {

using namespace festina;

std::string joined(const std::vector<std::string_view>& members) {
  std::string list;
  for (const std::string_view member : members) {
    if (!list.empty()) list += ", ";
    list += member;
  }
  return list;
}

void expect_members_within(std::string_view value, const std::vector<std::string_view>& members) {
  const char* behind_last = value.data();
  for (const std::string_view member : members) {
    check(!member.empty() && trimmed(member) == member, "a member is no white space");
    check(member.data() >= behind_last, "members stand in order");
    behind_last = member.data() + member.size();
    check(behind_last <= value.data() + value.size(), "and within the value");
    check(http::list_has_token(value, member), "a member is found");
  }
}

bool has_open_quote(const std::vector<std::string_view>& members) {
  for (const std::string_view member : members) {
    if (member.find('"') != std::string_view::npos && !http::unquoted(member)) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);

  const auto members = http::list_members(value);
  expect_members_within(value, members);
  // A quote that never closes may close in the next member once they are joined.
  const std::string list = joined(members);
  if (!has_open_quote(members))
    check(http::list_members(list) == members, "a list is read as it is written");
  check(http::list_has_token(std::string(value) + ",close", "close"), "nothing hides what follows");

  const std::string quoted = http::quoted(value);
  check(http::unquoted(quoted) == value, "quoting is undone");
  check(http::list_members(quoted).size() == 1, "what is quoted is one member");

  const http::Parameter parameter = http::parameter(value);
  check(value.starts_with(parameter.name), "a parameter begins with its name");
  check(
      parameter.value.has_value() == (parameter.name.size() < value.size()),
      "and has a value when there is more"
  );

  if (http::is_token(value))
    check(
        http::is_field_value(value) && http::list_members(value).size() == 1,
        "a token is a value and one member"
    );
  return 0;
}
