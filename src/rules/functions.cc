#include "rules/functions.h"

#include <algorithm>
#include <utility>

#include "rules/replacement.h"

namespace festina::rules {
namespace {

constexpr Type kOnlyText[] = {kText};
constexpr Type kOnlyInteger[] = {kInteger};
constexpr Type kOnlyTexts[] = {kTexts};
constexpr Type kPlain[] = {kText, kInteger, kAddress};
constexpr Type kWritable[] = {kInteger, kBoolean, kAddress};
constexpr Type kTextOrInteger[] = {kText, kInteger};
constexpr Type kWithLength[] = {
    kText,
    kTexts,
    array_of(kInteger),
    array_of(kBoolean),
    array_of(kAddress),
    array_of(kTexts),
};

constexpr Parameter kAnyText{kOnlyText};
constexpr Parameter kComputedText{kOnlyText, Takes::computed};
constexpr Parameter kLiteralText{kOnlyText, Takes::literal};
constexpr Parameter kAnyInteger{kOnlyInteger};
constexpr Parameter kLiteralInteger{kOnlyInteger, Takes::literal};

std::string_view text_of(const Literal* literal) {
  check(literal != nullptr, "an argument that must be a literal is one");
  return std::get<std::string>(literal->is);
}

std::optional<WrongArgument> check_split(Literals literals, Prepared&) {
  check(literals[2] != nullptr, "the limit is a literal");
  if (text_of(literals[1]).empty()) return WrongArgument{1, "the separator is empty"};
  const auto limit = std::get<std::int64_t>(literals[2]->is);
  if (limit >= 1 && limit <= kMaxSplit) return std::nullopt;
  return WrongArgument{2, "the limit is 1 to " + std::to_string(kMaxSplit)};
}

std::optional<WrongArgument> check_decode_options(Literals literals, Prepared&) {
  const bool is_known =
      literals.size() < 2 || text_of(literals[1]).find_first_not_of("ru") == std::string_view::npos;
  if (is_known) return std::nullopt;
  return WrongArgument{1, "options are \"r\" and \"u\""};
}

std::optional<WrongArgument> prepare_regex(Literals literals, Prepared& prepared) {
  auto regex = Regex::compile(text_of(literals[1]));
  if (!regex) return WrongArgument{1, regex.error().detail};
  const auto replacement = check_replacement(text_of(literals[2]), regex->groups());
  if (!replacement) return WrongArgument{2, replacement.error().detail};
  prepared.regex = std::move(*regex);
  return std::nullopt;
}

std::optional<WrongArgument> prepare_wildcard(Literals literals, Prepared& prepared) {
  const bool has_flag = literals.size() > 3;
  if (has_flag && text_of(literals[3]) != "s") return WrongArgument{3, "the only flag is \"s\""};
  const auto letter_case = has_flag ? LetterCase::matters : LetterCase::ignored;
  auto wildcard = Wildcard::parse(text_of(literals[1]), letter_case);
  if (!wildcard) return WrongArgument{1, wildcard.error().detail};
  const auto replacement = check_replacement(text_of(literals[2]), wildcard->stars());
  if (!replacement) return WrongArgument{2, replacement.error().detail};
  prepared.wildcard = std::move(*wildcard);
  return std::nullopt;
}

constexpr Parameter kConcat[] = {{kPlain}};
constexpr Parameter kAffix[] = {kComputedText, kAnyText};
constexpr Parameter kOneText[] = {kComputedText};
constexpr Parameter kLen[] = {{kWithLength, Takes::computed}};
constexpr Parameter kSubstring[] = {kComputedText, kAnyInteger};
constexpr Parameter kToString[] = {{kWritable, Takes::computed}};
constexpr Parameter kUrlDecode[] = {kComputedText, kLiteralText};
constexpr Parameter kLookup[] = {kComputedText, {kTextOrInteger}};
constexpr Parameter kReplace[] = {kComputedText, kLiteralText, kLiteralText, kLiteralText};
constexpr Parameter kTextAndLiterals[] = {kComputedText, kLiteralText};
constexpr Parameter kSplit[] = {kComputedText, kLiteralText, kLiteralInteger};
constexpr Parameter kJoin[] = {{kOnlyTexts, Takes::computed}, kLiteralText};

constexpr Function kFunctions[] = {
    {.name = "concat",
     .form = "concat(value, …)",
     .note = "texts, numbers and addresses, one behind the other; what is missing is empty",
     .parameters = kConcat,
     .most = kMaxArguments,
     .gives = kText,
     .run = concat,
     .takes_missing = true},
    {.name = "decode_base64",
     .form = "decode_base64(text)",
     .note = "missing when it is none",
     .parameters = kOneText,
     .gives = kText,
     .run = decode_base64},
    {.name = "ends_with",
     .form = "ends_with(text, end)",
     .note = "case matters",
     .parameters = kAffix,
     .least = 2,
     .most = 2,
     .gives = kBoolean,
     .run = ends_with},
    {.name = "join",
     .form = "join(texts, separator)",
     .note = "",
     .parameters = kJoin,
     .least = 2,
     .most = 2,
     .gives = kText,
     .run = join_parts},
    {.name = "len",
     .form = "len(value)",
     .note = "bytes of a text, items of an array",
     .parameters = kLen,
     .gives = kInteger,
     .run = length},
    {.name = "lookup_json_integer",
     .form = "lookup_json_integer(text, key, …)",
     .note = "keys are names of members and numbers of items; missing for anything but an integer",
     .parameters = kLookup,
     .least = 2,
     .most = kMaxArguments,
     .gives = kInteger,
     .run = lookup_json_integer},
    {.name = "lookup_json_string",
     .form = "lookup_json_string(text, key, …)",
     .note = "the same for a string",
     .parameters = kLookup,
     .least = 2,
     .most = kMaxArguments,
     .gives = kText,
     .run = lookup_json_string},
    {.name = "lower",
     .form = "lower(text)",
     .note = "ASCII",
     .parameters = kOneText,
     .gives = kText,
     .run = lower_case},
    {.name = "regex_replace",
     .form = "regex_replace(text, pattern, replacement)",
     .note = "the first match; `${1}` is its first group, `$$` a dollar",
     .parameters = kReplace,
     .least = 3,
     .most = 3,
     .gives = kText,
     .run = regex_replace,
     .prepare = prepare_regex,
     .usable = Usable::once_in_values},
    {.name = "remove_bytes",
     .form = "remove_bytes(text, bytes)",
     .note = "without any of these bytes",
     .parameters = kTextAndLiterals,
     .least = 2,
     .most = 2,
     .gives = kText,
     .run = remove_bytes},
    {.name = "remove_query_args",
     .form = "remove_query_args(query, name, …)",
     .note = "without these parameters",
     .parameters = kTextAndLiterals,
     .least = 2,
     .most = kMaxArguments,
     .gives = kText,
     .run = remove_query_args},
    {.name = "split",
     .form = "split(text, separator, limit)",
     .note = "at most so many parts, 1 to 128; the last has what is left",
     .parameters = kSplit,
     .least = 3,
     .most = 3,
     .gives = kTexts,
     .run = split_parts,
     .prepare = check_split},
    {.name = "starts_with",
     .form = "starts_with(text, beginning)",
     .note = "case matters",
     .parameters = kAffix,
     .least = 2,
     .most = 2,
     .gives = kBoolean,
     .run = starts_with},
    {.name = "substring",
     .form = "substring(text, start[, end])",
     .note = "negative places count from the end",
     .parameters = kSubstring,
     .least = 2,
     .most = 3,
     .gives = kText,
     .run = substring},
    {.name = "to_string",
     .form = "to_string(value)",
     .note = "of a number, a Boolean or an address",
     .parameters = kToString,
     .gives = kText,
     .run = to_string},
    {.name = "upper",
     .form = "upper(text)",
     .note = "ASCII",
     .parameters = kOneText,
     .gives = kText,
     .run = upper_case},
    {.name = "url_decode",
     .form = "url_decode(text[, options])",
     .note = "`+` is a space; options `r`: again until nothing changes, `u`: `%uXXXX` too",
     .parameters = kUrlDecode,
     .least = 1,
     .most = 2,
     .gives = kText,
     .run = url_decode,
     .prepare = check_decode_options},
    {.name = "wildcard_replace",
     .form = "wildcard_replace(text, pattern, replacement[, flag])",
     .note = "of the whole text; `${1}` is what the first star stands for; flag `s`: case matters",
     .parameters = kReplace,
     .least = 3,
     .most = 4,
     .gives = kText,
     .run = wildcard_replace,
     .prepare = prepare_wildcard,
     .usable = Usable::once_in_values},
};

}  // namespace

std::span<const Function> functions() { return kFunctions; }

const Function* find_function(std::string_view name) {
  const auto* const found = std::ranges::find(kFunctions, name, &Function::name);
  return found == std::end(kFunctions) ? nullptr : found;
}

}  // namespace festina::rules
