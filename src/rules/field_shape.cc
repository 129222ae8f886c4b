#include "rules/field_shape.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace festina::rules {
namespace {

struct Shape {
  std::string_view field;
  std::string_view told;
  bool is_lower = false;                            // no capital letters
  bool is_upper = false;                            // no small ones
  std::string_view without = {};                    // none of these bytes
  std::array<std::string_view, 2> beginnings = {};  // one of them; both empty: any
};
constexpr std::string_view kPathTold = "it begins with \"/\"";
constexpr std::string_view kUriTold = "it begins with \"http://\" or \"https://\"";
constexpr std::string_view kExtensionTold = "it has neither capital letters nor a dot";
constexpr std::array<std::string_view, 2> kSlash = {"/", "/"};
constexpr std::array<std::string_view, 2> kSchemes = {"http://", "https://"};

constexpr Shape kShapes[] = {
    {.field = "http.host",
     .told = "it has neither capital letters nor a path",
     .is_lower = true,
     .without = "/?"},
    {.field = "http.request.uri.path", .told = kPathTold, .beginnings = kSlash},
    {.field = "http.request.uri", .told = kPathTold, .beginnings = kSlash},
    {.field = "http.request.full_uri", .told = kUriTold, .beginnings = kSchemes},
    {.field = "http.request.uri.path.extension",
     .told = kExtensionTold,
     .is_lower = true,
     .without = "./"},
    {.field = "raw.http.request.uri.path", .told = kPathTold, .beginnings = kSlash},
    {.field = "raw.http.request.uri", .told = kPathTold, .beginnings = kSlash},
    {.field = "raw.http.request.full_uri", .told = kUriTold, .beginnings = kSchemes},
    {.field = "raw.http.request.uri.path.extension",
     .told = kExtensionTold,
     .is_lower = true,
     .without = "./"},
    {.field = "http.request.headers.names", .told = "they are in lower case", .is_lower = true},
    {.field = "http.response.headers.names", .told = "they are in lower case", .is_lower = true},
    {.field = "ip.src.country", .told = "it is two capital letters", .is_upper = true},
};

bool is_capital(char c) { return 'A' <= c && c <= 'Z'; }
bool is_small(char c) { return 'a' <= c && c <= 'z'; }

// May a value have this text in it?
bool may_contain(const Shape& shape, std::string_view text) {
  return !(shape.is_lower && std::ranges::any_of(text, is_capital)) &&
         !(shape.is_upper && std::ranges::any_of(text, is_small)) &&
         text.find_first_of(shape.without) == std::string_view::npos;
}

bool may_begin_with(const Shape& shape, std::string_view text) {
  const auto fits = [text](std::string_view beginning) {
    return text.starts_with(beginning) || beginning.starts_with(text);
  };
  return may_contain(shape, text) && std::ranges::any_of(shape.beginnings, fits);
}

bool may_be(const Shape& shape, std::string_view text) {
  const auto fits = [text](std::string_view beginning) { return text.starts_with(beginning); };
  return may_contain(shape, text) && std::ranges::any_of(shape.beginnings, fits);
}

// May a value of that shape pass the test?
struct MayPass {
  const Shape& shape;

  bool operator()(const Compared& compared) const {
    const auto* const text = std::get_if<std::string>(&compared.to.is);
    return text == nullptr || compared.relation != Relation::equal || may_be(shape, *text);
  }
  bool operator()(const Contains& test) const { return may_contain(shape, test.part); }
  bool operator()(const StartsWith& test) const { return may_begin_with(shape, test.beginning); }
  bool operator()(const EndsWith& test) const { return may_contain(shape, test.end); }
  // Its case may be no matter, so only what has none counts.
  bool operator()(const Wildcard& test) const {
    const Shape beginning{.field = {}, .told = {}, .beginnings = shape.beginnings};
    return test.stars() == 0 ? may_be(beginning, test.beginning())
                             : may_begin_with(beginning, test.beginning());
  }
  bool operator()(const TextSet& set) const {
    return std::ranges::any_of(set.texts(), [this](const std::string& text) {
      return may_be(shape, text);
    });
  }
  template <class Other>
  bool operator()(const Other&) const {
    return true;
  }
};

const Field* field_of(const Operand& operand) {
  const auto* const field = std::get_if<const Field*>(&operand.from);
  return field == nullptr ? nullptr : *field;
}

// A name of a header field that is asked for with capital letters: names are in lower case, so there is none.
bool is_never_there(const Field& field, const Operand& operand) {
  const bool is_headers =
      field.name == "http.request.headers" || field.name == "http.response.headers";
  const auto* const key =
      operand.way.empty() ? nullptr : std::get_if<std::string>(&operand.way.front());
  return is_headers && key != nullptr && std::ranges::any_of(*key, is_capital);
}

}  // namespace

std::optional<std::string> why_none_passes(const Operand& operand, const Test& test) {
  const Field* const field = field_of(operand);
  if (field == nullptr) return std::nullopt;
  if (is_never_there(*field, operand))
    return name_of(operand) + " is never there: names of headers are in lower case";
  const auto* const shape = std::ranges::find(kShapes, field->name, &Shape::field);
  if (shape == std::end(kShapes) || std::visit(MayPass{*shape}, test)) return std::nullopt;
  return "no " + std::string(field->name) + " is like that: " + std::string(shape->told);
}

std::string name_of(const Operand& operand) {
  const Field* const field = field_of(operand);
  std::string name =
      field != nullptr
          ? std::string(field->name)
          : std::string(std::get<std::unique_ptr<Call>>(operand.from)->function->name) + "(...)";
  for (const Index& index : operand.way) {
    if (const auto* key = std::get_if<std::string>(&index)) {
      name += "[\"" + *key + "\"]";
    } else if (const auto* place = std::get_if<std::uint32_t>(&index)) {
      name += "[" + std::to_string(*place) + "]";
    } else {
      name += "[*]";
    }
  }
  return name;
}

}  // namespace festina::rules
