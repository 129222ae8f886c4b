#include "rules/value.h"

#include <algorithm>
#include <arpa/inet.h>

#include "base/errors.h"

namespace festina::rules {

Type Literal::type() const {
  if (std::holds_alternative<std::string>(is)) return kText;
  return std::holds_alternative<std::int64_t>(is) ? kInteger : kAddress;
}

Value Literal::value() const {
  if (const auto* text = std::get_if<std::string>(&is)) return {std::string_view(*text)};
  if (const auto* number = std::get_if<std::int64_t>(&is)) return {*number};
  return {std::get<AddressBytes>(is)};
}

bool is_ipv4(const AddressBytes& address) {
  constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(mapped.begin(), mapped.end(), address.begin());
}

std::string_view written(const AddressBytes& address, std::span<char> room) {
  const bool v4 = is_ipv4(address);
  const void* const bytes = v4 ? address.data() + 12 : address.data();
  const char* const text =
      ::inet_ntop(v4 ? AF_INET : AF_INET6, bytes, room.data(), static_cast<socklen_t>(room.size()));
  check(text != nullptr, "an address fits into its room");
  return text;
}

std::string_view Scratch::joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  const std::span<char> whole = make<char>(size);
  if (whole.empty()) return {};
  char* next = whole.data();
  for (const std::string_view part : parts) next = std::copy(part.begin(), part.end(), next);
  return {whole.data(), whole.size()};
}

void* Scratch::fail() {
  is_exhausted_ = true;
  return nullptr;
}

void* Scratch::take(std::size_t bytes) {
  const std::size_t size = (bytes + kGrain - 1) / kGrain * kGrain;
  if (size > left_) {
    const std::size_t chunk = std::max(size, kChunkBytes);
    if (taken_ + chunk > kMaxScratchBytes) return fail();
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(chunk));
    taken_ += chunk;
    next_ = chunks_.back().get();
    left_ = chunk;
  }
  void* const place = next_;
  next_ += size;
  left_ -= size;
  return place;
}

}  // namespace festina::rules
