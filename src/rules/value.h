// Value: what a part of an expression gives for one request, and the memory it lies in.
//
// Values own nothing: texts and lists are views into the request, the expression, or the Scratch of the evaluation. A
// missing value (of a header that is not there, of an index behind the end) is a value of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/cidr.h"
#include "rules/type.h"

namespace festina::rules {

struct Value;

struct List {
  const Value* items = nullptr;
  std::size_t count = 0;

  inline const Value* begin() const;
  inline const Value* end() const;
};

struct Missing {};

struct Value {
  std::variant<Missing, bool, std::int64_t, std::string_view, AddressBytes, List> is;

  bool is_missing() const { return std::holds_alternative<Missing>(is); }
  // Requires: of that type, and not missing.
  bool boolean() const { return std::get<bool>(is); }
  std::int64_t integer() const { return std::get<std::int64_t>(is); }
  std::string_view text() const { return std::get<std::string_view>(is); }
  const AddressBytes& address() const { return std::get<AddressBytes>(is); }
  List list() const { return std::get<List>(is); }
};

inline const Value* List::begin() const { return items; }
inline const Value* List::end() const { return items + count; }

// A value that stands in the expression itself.
struct Literal {
  std::variant<std::string, std::int64_t, AddressBytes> is;

  Type type() const;
  Value value() const [[clang::lifetimebound]];
  bool operator==(const Literal&) const = default;
};

// IPv4, in its mapped form.
bool is_ipv4(const AddressBytes&);
// As RFC 5952 writes it.
std::string_view written(const AddressBytes&, std::span<char> room);
inline constexpr std::size_t kAddressRoom = 46;  // the longest, with its zero

// What one evaluation of one expression may compute: beyond it, the rule fails.
inline constexpr std::size_t kMaxScratchBytes = std::size_t{1} << 20;

// The memory of one evaluation, given back as a whole. The first of it is on the stack, so that an ordinary rule asks the
// heap for nothing.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // So many, of their default value; none once that is too much. Whoever fills them goes by the span's size.
  template <class T>
  std::span<T> make(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kGrain);
    void* const place = count > kMaxScratchBytes ? fail() : take(count * sizeof(T));
    if (place == nullptr) return {};
    T* const first = static_cast<T*>(place);
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }
  // A copy of all parts, one behind the other.
  std::string_view joined(std::initializer_list<std::string_view> parts);

  // Something was too much: no result counts.
  bool is_exhausted() const { return is_exhausted_; }

 private:
  static constexpr std::size_t kGrain = alignof(std::max_align_t);
  static constexpr std::size_t kFirstBytes = 2048;
  static constexpr std::size_t kChunkBytes = 16384;

  void* take(std::size_t bytes);
  void* fail();

  alignas(kGrain) std::byte first_[kFirstBytes];  // uninitialised
  std::byte* next_ = first_;
  std::size_t left_ = kFirstBytes;
  std::size_t taken_ = 0;  // beyond the first
  bool is_exhausted_ = false;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
};

}  // namespace festina::rules
