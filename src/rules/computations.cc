#include "rules/computations.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/errors.h"
#include "base/text.h"
#include "rules/decoding.h"
#include "rules/json_path.h"
#include "rules/replacement.h"

namespace festina::rules {
namespace {

// A byte for each byte.
template <char (*change)(char)>
Value each_byte(const Prepared&, Arguments arguments, Scratch& scratch) {
  const std::string_view text = arguments[0].text();
  const std::span<char> changed = scratch.make<char>(text.size());
  if (!changed.empty()) std::ranges::transform(text, changed.begin(), change);
  return {std::string_view(changed.data(), changed.size())};
}

char lowered(char c) { return lower(c); }
char raised(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

// A text, number, truth or address as a text.
std::string_view shown(const Value& value, Scratch& scratch) {
  if (const auto* text = std::get_if<std::string_view>(&value.is)) return *text;
  if (const auto* truth = std::get_if<bool>(&value.is)) return *truth ? "true" : "false";
  const std::span<char> room = scratch.make<char>(kAddressRoom);
  if (room.empty() || value.is_missing()) return {};
  if (const auto* address = std::get_if<AddressBytes>(&value.is)) return written(*address, room);
  const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), value.integer());
  check(error == std::errc(), "a number fits into the room of an address");
  return {room.data(), static_cast<std::size_t>(end - room.data())};
}

// A place in a text of that size, counted from its end when negative.
std::size_t place_in(std::size_t size, std::int64_t index) {
  const auto end = static_cast<std::int64_t>(size);
  if (index < -end) return 0;
  return static_cast<std::size_t>(std::min(index < 0 ? end + index : index, end));
}

}  // namespace

Value lower_case(const Prepared& prepared, Arguments arguments, Scratch& scratch) {
  return each_byte<lowered>(prepared, arguments, scratch);
}
Value upper_case(const Prepared& prepared, Arguments arguments, Scratch& scratch) {
  return each_byte<raised>(prepared, arguments, scratch);
}

Value to_string(const Prepared&, Arguments arguments, Scratch& scratch) {
  return {shown(arguments[0], scratch)};
}

// What is missing is empty.
Value concat(const Prepared&, Arguments arguments, Scratch& scratch) {
  const std::span<std::string_view> parts = scratch.make<std::string_view>(arguments.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] = shown(arguments[i], scratch);
    size += parts[i].size();
  }
  const std::span<char> whole = scratch.make<char>(size);
  if (whole.empty()) return {std::string_view()};
  char* next = whole.data();
  for (const std::string_view part : parts) next = std::ranges::copy(part, next).out;
  return {std::string_view(whole.data(), whole.size())};
}

Value starts_with(const Prepared&, Arguments arguments, Scratch&) {
  return {arguments[0].text().starts_with(arguments[1].text())};
}
Value ends_with(const Prepared&, Arguments arguments, Scratch&) {
  return {arguments[0].text().ends_with(arguments[1].text())};
}

Value length(const Prepared&, Arguments arguments, Scratch&) {
  const auto* text = std::get_if<std::string_view>(&arguments[0].is);
  const std::size_t size = text != nullptr ? text->size() : arguments[0].list().count;
  return {static_cast<std::int64_t>(size)};
}

Value substring(const Prepared&, Arguments arguments, Scratch&) {
  const std::string_view text = arguments[0].text();
  const std::size_t begin = place_in(text.size(), arguments[1].integer());
  const std::size_t end =
      arguments.size() < 3 ? text.size() : place_in(text.size(), arguments[2].integer());
  return {text.substr(begin, end > begin ? end - begin : 0)};
}

Value remove_bytes(const Prepared&, Arguments arguments, Scratch& scratch) {
  std::array<bool, 256> is_unwanted{};
  for (const char c : arguments[1].text()) is_unwanted[static_cast<unsigned char>(c)] = true;
  const std::string_view text = arguments[0].text();
  const std::span<char> room = scratch.make<char>(text.size());
  if (room.empty()) return {std::string_view()};
  const auto kept = std::ranges::remove_copy_if(text, room.begin(), [&is_unwanted](char c) {
    return is_unwanted[static_cast<unsigned char>(c)];
  });
  return {std::string_view(room.data(), static_cast<std::size_t>(kept.out - room.begin()))};
}

Value remove_query_args(const Prepared&, Arguments arguments, Scratch& scratch) {
  std::string_view rest = arguments[0].text();
  const std::span<char> room = scratch.make<char>(rest.size());
  if (room.empty()) return {std::string_view()};
  char* next = room.data();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    const std::string_view name = pair.substr(0, pair.find('='));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto is_unwanted = [name](const Value& value) { return value.text() == name; };
    if (std::ranges::any_of(arguments.subspan(1), is_unwanted)) continue;
    if (next != room.data()) *next++ = '&';
    next = std::ranges::copy(pair, next).out;
  }
  return {std::string_view(room.data(), static_cast<std::size_t>(next - room.data()))};
}

// The last part has all that is left.
Value split_parts(const Prepared&, Arguments arguments, Scratch& scratch) {
  std::string_view rest = arguments[0].text();
  const std::string_view separator = arguments[1].text();
  const auto most = static_cast<std::size_t>(arguments[2].integer());
  const std::span<Value> parts = scratch.make<Value>(most);
  std::size_t count = 0;
  while (count + 1 < parts.size()) {
    const std::size_t end = rest.find(separator);
    if (end == std::string_view::npos) break;
    parts[count++] = {rest.substr(0, end)};
    rest.remove_prefix(end + separator.size());
  }
  if (!parts.empty()) parts[count++] = {rest};
  return {List{parts.data(), count}};
}

Value join_parts(const Prepared&, Arguments arguments, Scratch& scratch) {
  const List parts = arguments[0].list();
  const std::string_view separator = arguments[1].text();
  if (parts.count == 0) return {std::string_view()};
  std::size_t size = separator.size() * (parts.count - 1);
  for (const Value& part : parts) size += part.text().size();
  const std::span<char> whole = scratch.make<char>(size);
  if (whole.empty()) return {std::string_view()};
  char* next = std::ranges::copy(parts.begin()->text(), whole.data()).out;
  for (const Value* part = parts.begin() + 1; part != parts.end(); ++part) {
    next = std::ranges::copy(separator, next).out;
    next = std::ranges::copy(part->text(), next).out;
  }
  return {std::string_view(whole.data(), whole.size())};
}

Value url_decode(const Prepared&, Arguments arguments, Scratch& scratch) {
  const std::string_view options = arguments.size() > 1 ? arguments[1].text() : "";
  const bool is_recursive = options.find('r') != std::string_view::npos;
  const auto unicode =
      options.find('u') != std::string_view::npos ? Unicode::decoded : Unicode::left;
  std::string_view text = arguments[0].text();
  for (std::size_t i = 0; i < (is_recursive ? kMaxUrlDecodings : 1); ++i) {
    const std::string_view decoded = url_decoded(text, unicode, scratch);
    if (decoded == text) break;
    text = decoded;
  }
  return {text};
}

Value decode_base64(const Prepared&, Arguments arguments, Scratch& scratch) {
  const auto decoded = base64_decoded(arguments[0].text(), scratch);
  return decoded ? Value{*decoded} : Value{};
}

Value lookup_json_string(const Prepared&, Arguments arguments, Scratch& scratch) {
  return json_text(arguments[0].text(), arguments.subspan(1), scratch);
}
Value lookup_json_integer(const Prepared&, Arguments arguments, Scratch&) {
  return json_integer(arguments[0].text(), arguments.subspan(1));
}

Value regex_replace(const Prepared& prepared, Arguments arguments, Scratch& scratch) {
  if (!prepared.regex) unreachable("a regular expression was prepared");
  const std::string_view text = arguments[0].text();
  std::array<std::string_view, kMaxRegexGroups + 1> found;
  if (!prepared.regex->find(text, found)) return {text};
  const auto at = static_cast<std::size_t>(found[0].data() - text.data());
  return {filled_in(
      text.substr(0, at),
      arguments[2].text(),
      std::span(found).subspan(1, prepared.regex->groups()),
      text.substr(at + found[0].size()),
      scratch
  )};
}

Value wildcard_replace(const Prepared& prepared, Arguments arguments, Scratch& scratch) {
  if (!prepared.wildcard) unreachable("a wildcard was prepared");
  const std::string_view text = arguments[0].text();
  std::array<std::string_view, kMaxStars> found;
  if (!prepared.wildcard->matches(text, found)) return {text};
  const auto groups = std::span(found).first(prepared.wildcard->stars());
  return {filled_in("", arguments[2].text(), groups, "", scratch)};
}

}  // namespace festina::rules
