#include "rules/decoding.h"

#include <array>

#include "base/text.h"

namespace festina::rules {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// A sequence at the front of a text, and the byte or character it stands for.
struct Sequence {
  std::size_t length = 0;
  std::uint32_t character = 0;
};

std::optional<Sequence> sequence_at(std::string_view text, Unicode unicode) {
  const bool is_unicode =
      unicode == Unicode::decoded && (text.starts_with("%u") || text.starts_with("%U"));
  const std::size_t begin = is_unicode ? 2 : 1;
  const std::size_t digits = is_unicode ? 4 : 2;
  if (!text.starts_with('%') || text.size() < begin + digits) return std::nullopt;
  const auto number = parse_hex(text.substr(begin, digits));
  if (!number) return std::nullopt;
  return Sequence{begin + digits, static_cast<std::uint32_t>(*number)};
}

// RFC 3629 §3, of the basic plane; six bytes of "%uXXXX" are enough room.
char* write_utf8(char* out, std::uint32_t character) {
  const auto low = [character](unsigned shift) {
    return static_cast<char>(0x80U | ((character >> shift) & 0x3fU));
  };
  if (character < 0x80) {
    *out++ = static_cast<char>(character);
  } else if (character < 0x800) {
    *out++ = static_cast<char>(0xc0U | (character >> 6));
    *out++ = low(0);
  } else {
    *out++ = static_cast<char>(0xe0U | (character >> 12));
    *out++ = low(6);
    *out++ = low(0);
  }
  return out;
}

}  // namespace

std::string_view url_decoded(std::string_view text, Unicode unicode, Scratch& scratch) {
  if (text.find_first_of("%+") == std::string_view::npos) return text;
  const std::span<char> room = scratch.make<char>(text.size());
  if (room.empty()) return {};
  char* next = room.data();
  while (!text.empty()) {
    const auto sequence = sequence_at(text, unicode);
    if (!sequence) {
      *next++ = text.front() == '+' ? ' ' : text.front();
      text.remove_prefix(1);
      continue;
    }
    if (sequence->length > 3) {
      next = write_utf8(next, sequence->character);
    } else {
      *next++ = static_cast<char>(sequence->character);
    }
    text.remove_prefix(sequence->length);
  }
  return {room.data(), static_cast<std::size_t>(next - room.data())};
}

std::optional<std::string_view> base64_decoded(std::string_view text, Scratch& scratch) {
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  const std::span<char> room = scratch.make<char>(text.size());
  if (room.size() < text.size()) return std::nullopt;
  std::size_t size = 0;
  std::uint32_t bits = 0;
  unsigned pending = 0;  // bits that are no whole byte yet
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    pending += 6;
    if (pending < 8) continue;
    pending -= 8;
    room[size++] = static_cast<char>(bits >> pending & 0xffU);
  }
  return std::string_view(room.data(), size);
}

}  // namespace festina::rules
