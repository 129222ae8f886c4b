// MMDB files for tests: a writer of the public format (MaxMind DB File Format 2.0), small trees of 24-bit records.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cidr.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/text.h"

namespace festina::net::testing {

// "192.0.2.0/24" or "2001:db8::/32", and what is known of it.
struct MmdbNetwork {
  std::string range;
  json::Value data;
};

// Values as the format's types: strings, doubles, booleans, signed whole numbers as uint32 and unsigned ones as uint16,
// arrays and maps.
class MmdbData {
 public:
  std::string text;

  void write(const json::Value& value) {
    if (const auto* string = value.if_string()) {
      control(2, string->size());
      text.append(string->data(), string->size());
    } else if (const double* real = value.if_double()) {
      control(3, 8);
      write_big_endian(bits_of(*real), 8);
    } else if (const std::int64_t* number = value.if_int64()) {
      write_number(6, 4, static_cast<std::uint64_t>(*number));
    } else if (const std::uint64_t* small = value.if_uint64()) {
      write_number(5, 2, *small);
    } else if (const bool* truth = value.if_bool()) {
      control(14, *truth ? 1 : 0);
    } else if (const json::Array* array = value.if_array()) {
      control(11, array->size());
      for (const json::Value& item : *array) write(item);
    } else {
      const json::Object& object = value.as_object();
      begin_map(object.size());
      for (const auto& [key, member] : object) {
        write_key(key);
        write(member);
      }
    }
  }

  void begin_map(std::size_t members) { control(7, members); }
  void write_key(std::string_view name) { write(json::Value(name)); }
  // uint16 is type 5 of 2 bytes, uint32 6 of 4, uint64 9 of 8.
  void write_number(unsigned type, std::size_t bytes, std::uint64_t number) {
    control(type, bytes);
    write_big_endian(number, static_cast<int>(bytes));
  }

 private:
  // Type and size in front of a value; types above 7 and sizes from 29 take a byte more.
  void control(unsigned type, std::size_t size) {
    check(size < 285, "small values only");
    const unsigned short_size = size < 29 ? static_cast<unsigned>(size) : 29U;
    const unsigned short_type = type > 7 ? 0U : type;
    text += static_cast<char>(short_type << 5 | short_size);
    if (type > 7) text += static_cast<char>(type - 7);
    if (size >= 29) text += static_cast<char>(size - 29);
  }
  void write_big_endian(std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xff);
  }
  static std::uint64_t bits_of(double real) {
    std::uint64_t bits = 0;
    static_assert(sizeof bits == sizeof real);
    __builtin_memcpy(&bits, &real, sizeof bits);
    return bits;
  }
};

// The search tree over the 128 bits of an address; IPv4 is "::a.b.c.d" in it.
class MmdbTree {
 public:
  void add(std::string_view range, std::size_t data_offset) {
    const std::size_t slash = range.find('/');
    const auto address = address_bytes(range.substr(0, slash));
    const auto length = parse_decimal(range.substr(slash + 1));
    if (!address || !length) unreachable("a network is an address and a length");
    AddressBytes bytes = *address;
    std::size_t bits = *length;
    if (range.find(':') == std::string_view::npos) {
      bits += 96;
      bytes[10] = bytes[11] = 0;
    }
    const auto bit = [&bytes](std::size_t i) { return (bytes[i / 8] >> (7 - i % 8) & 1) != 0; };
    std::size_t node = 0;
    for (std::size_t i = 0; i + 1 < bits; ++i) node = child(node, bit(i));
    side(node, bit(bits - 1)) = {Kind::data, data_offset};
  }

  std::size_t size() const { return nodes_.size(); }

  std::string text() const {
    std::string bytes;
    for (const Node& node : nodes_) {
      for (const Record& record : {node.zero, node.one}) {
        const std::size_t value = number_of(record);
        for (const int shift : {16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xff);
      }
    }
    return bytes;
  }

 private:
  enum class Kind : std::uint8_t { none, node, data };
  struct Record {
    Kind kind = Kind::none;
    std::size_t value = 0;
  };
  struct Node {
    Record zero;
    Record one;
  };

  // The node on that side, made when there is none.
  std::size_t child(std::size_t node, bool bit) {
    if (side(node, bit).kind != Kind::node) {
      nodes_.push_back({});
      side(node, bit) = {Kind::node, nodes_.size() - 1};
    }
    return side(node, bit).value;
  }
  Record& side(std::size_t node, bool bit) { return bit ? nodes_[node].one : nodes_[node].zero; }
  std::size_t number_of(const Record& record) const {
    constexpr std::size_t separator = 16;
    switch (record.kind) {
      case Kind::none:
        return nodes_.size();
      case Kind::node:
        return record.value;
      case Kind::data:
        return nodes_.size() + separator + record.value;
    }
    unreachable("every kind has a number");
  }

  std::vector<Node> nodes_ = {{}};
};

// A whole file.
inline std::string mmdb(const std::vector<MmdbNetwork>& networks, std::string_view type) {
  MmdbTree tree;
  MmdbData data;
  for (const MmdbNetwork& network : networks) {
    tree.add(network.range, data.text.size());
    data.write(network.data);
  }
  const json::Object texts{
      {"database_type", type},
      {"description", json::Object{{"en", "for tests"}}},
      {"languages", json::Array{"en"}}
  };
  const struct {
    std::string_view name;
    unsigned type;
    std::size_t bytes;
    std::uint64_t number;
  } numbers[] = {
      {"binary_format_major_version", 5, 2, 2},
      {"binary_format_minor_version", 5, 2, 0},
      {"build_epoch", 9, 8, 1'000'000'000},
      {"ip_version", 5, 2, 6},
      {"node_count", 6, 4, tree.size()},
      {"record_size", 5, 2, 24},
  };
  MmdbData metadata;
  metadata.begin_map(texts.size() + std::size(numbers));
  for (const auto& [name, value] : texts) {
    metadata.write_key(name);
    metadata.write(value);
  }
  for (const auto& number : numbers) {
    metadata.write_key(number.name);
    metadata.write_number(number.type, number.bytes, number.number);
  }
  return tree.text() + std::string(16, '\0') + data.text + "\xab\xcd\xefMaxMind.com" +
         metadata.text;
}

}  // namespace festina::net::testing
