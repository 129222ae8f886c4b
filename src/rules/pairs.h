// Pairs: the parts of a request that are names with values: header fields, query parameters, cookies.
//
// Each is a source: `each` gives the pairs in the request's order, names as they are written; `key` is the name as a rule
// says it, and `is` tells whether a name is that of a key. The functions below make the values of a map from any of them.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "rules/facts.h"
#include "rules/value.h"

namespace festina::rules {

// Of a whole Headers; keys are in lower case.
template <const http::Headers* (*headers)(const Facts&)>
struct HeaderPairs {
  template <class Visit>
  static void each(const Facts& facts, Visit visit) {
    const http::Headers* const all = headers(facts);
    if (all == nullptr) return;
    for (const http::Field field : *all) visit(field.name_text, field.value);
  }
  static bool is(std::string_view name, std::string_view key) {
    return std::ranges::equal(name, key, {}, [](char c) { return lower(c); });
  }
  static std::string_view key(std::string_view name, Scratch& scratch) {
    const std::span<char> text = scratch.make<char>(name.size());
    if (!text.empty()) std::ranges::transform(name, text.begin(), [](char c) { return lower(c); });
    return {text.data(), text.size()};
  }
};

// Names that are keys as they stand.
struct VerbatimKeys {
  static bool is(std::string_view name, std::string_view key) { return name == key; }
  static std::string_view key(std::string_view name, Scratch&) { return name; }
};

// Of "a=1&b": not decoded; a parameter without "=" is empty.
template <const http::Url& (*url)(const Facts&)>
struct QueryPairs : VerbatimKeys {
  template <class Visit>
  static void each(const Facts& facts, Visit visit) {
    std::string_view rest;
    if (const auto& query = url(facts).query) rest = *query;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('&'), rest.size());
      const std::string_view pair = rest.substr(0, end);
      const std::size_t sign = std::min(pair.find('='), pair.size());
      if (!pair.empty()) visit(pair.substr(0, sign), pair.substr(std::min(sign + 1, pair.size())));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
};

// Of every Cookie field (RFC 6265 §4.2.1), not decoded; a piece without "=" is none.
struct CookiePairs : VerbatimKeys {
  template <class Visit>
  static void each(const Facts& facts, Visit visit) {
    for (const http::Field field : facts.request.headers) {
      if (field.name != http::Name::cookie) continue;
      std::string_view rest = field.value;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        const auto pair = split_once(rest.substr(0, end), '=');
        if (pair) visit(trimmed(pair->before), trimmed(pair->after));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
  }
};

template <class Pairs>
std::size_t pair_count(const Facts& facts) {
  std::size_t count = 0;
  Pairs::each(facts, [&count](std::string_view, std::string_view) { ++count; });
  return count;
}

// Of every pair, in the request's order: repeated where a name is.
template <class Pairs>
Value names_of(const Facts& facts, Scratch& scratch) {
  const std::span<Value> items = scratch.make<Value>(pair_count<Pairs>(facts));
  auto next = items.begin();
  Pairs::each(facts, [&](std::string_view name, std::string_view) {
    if (next != items.end()) *next++ = {Pairs::key(name, scratch)};
  });
  return {List{items.data(), items.size()}};
}

template <class Pairs>
Value values_of(const Facts& facts, Scratch& scratch) {
  const std::span<Value> items = scratch.make<Value>(pair_count<Pairs>(facts));
  auto next = items.begin();
  Pairs::each(facts, [&](std::string_view, std::string_view value) {
    if (next != items.end()) *next++ = {value};
  });
  return {List{items.data(), items.size()}};
}

// All values of a name; missing when there is none.
template <class Pairs>
Value entry_of(const Facts& facts, Scratch& scratch, std::string_view key) {
  std::size_t count = 0;
  Pairs::each(facts, [&](std::string_view name, std::string_view) {
    if (Pairs::is(name, key)) ++count;
  });
  if (count == 0) return {};
  const std::span<Value> items = scratch.make<Value>(count);
  auto next = items.begin();
  Pairs::each(facts, [&](std::string_view name, std::string_view value) {
    if (next != items.end() && Pairs::is(name, key)) *next++ = {value};
  });
  return {List{items.data(), items.size()}};
}

// A list for each name, of its values in the request's order; the names in no order that matters.
template <class Pairs>
Value entries_of(const Facts& facts, Scratch& scratch) {
  struct Pair {
    std::string_view key;
    std::size_t place = 0;
    std::string_view value;
  };
  const std::span<Pair> pairs = scratch.make<Pair>(pair_count<Pairs>(facts));
  const std::span<Value> values = scratch.make<Value>(pairs.size());
  const std::span<Value> lists = scratch.make<Value>(pairs.size());
  if (lists.empty()) return {List{}};
  std::size_t place = 0;
  Pairs::each(facts, [&](std::string_view name, std::string_view value) {
    pairs[place] = {Pairs::key(name, scratch), place, value};
    ++place;
  });
  std::ranges::sort(pairs, [](const Pair& a, const Pair& b) {
    return a.key != b.key ? a.key < b.key : a.place < b.place;
  });
  std::size_t names = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    values[i] = {pairs[i].value};
    if (i > 0 && pairs[i].key == pairs[i - 1].key) {
      ++std::get<List>(lists[names - 1].is).count;
    } else {
      lists[names++] = {List{&values[i], 1}};
    }
  }
  return {List{lists.data(), names}};
}

}  // namespace festina::rules
