#include "harness/download.h"

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>

namespace festina::harness {
namespace {

// Of no round length: a piece that is repeated or left out is noticed.
constexpr std::size_t kPeriod = 1'048'573;
constexpr std::size_t kPart = 65'536;

const std::string& two_periods() {
  static const std::string kText = [] {
    std::minstd_rand random(1);
    std::string period(kPeriod, '\0');
    for (char& byte : period) byte = static_cast<char>(random() >> 16U);
    return period + period;
  }();
  return kText;
}

}  // namespace

std::string_view pattern(std::uint64_t offset, std::uint64_t most) {
  return std::string_view(two_periods())
      .substr(offset % kPeriod, std::min<std::uint64_t>(most, kPart));
}

bool receives_pattern(HandConnection& edge, std::uint64_t offset, std::uint64_t count) {
  for (const std::uint64_t end = offset + count; offset < end;) {
    const std::string part = edge.read_some(end - offset);
    for (std::string_view left = part; !left.empty();) {
      const std::string_view right = pattern(offset, left.size());
      if (left.substr(0, right.size()) != right) return false;
      offset += right.size();
      left.remove_prefix(right.size());
    }
    if (part.empty()) return false;
  }
  return true;
}

bool send_pattern(HandConnection& edge, std::uint64_t offset, std::uint64_t count) {
  for (const std::uint64_t end = offset + count; offset < end;) {
    const std::string_view part = pattern(offset, end - offset);
    if (!edge.send(part)) return false;
    offset += part.size();
  }
  return true;
}

Download::Download(const std::string& base_url, const std::string& path) : connection_(base_url) {
  connection_.send("GET " + path + " HTTP/1.0\r\nHost: example.com\r\n\r\n");
  std::array<char, kPart> bytes;
  std::size_t end = 0;
  while ((end = head_.find("\r\n\r\n")) == std::string::npos) {
    const auto count = connection_.read_some(bytes);
    if (!count || *count == 0) throw std::runtime_error("no answer came: " + head_);
    head_.append(bytes.data(), *count);
  }
  take(std::string_view(head_).substr(end + 4));
  head_.resize(end + 4);
}

bool Download::read_to(std::uint64_t offset) {
  std::array<char, kPart> bytes;
  while (bytes_ < offset) {
    const auto count = connection_.read_some(bytes);
    was_cut_ = !count;
    if (!count || *count == 0) return false;
    take({bytes.data(), *count});
  }
  return true;
}

bool Download::is_whole(std::uint64_t size) {
  return !read_to(UINT64_MAX) && !was_cut_ && is_right_ && bytes_ == size;
}

void Download::take(std::string_view part) {
  while (!part.empty()) {
    const std::string_view expected = pattern(bytes_, part.size());
    is_right_ = is_right_ && part.starts_with(expected);
    bytes_ += expected.size();
    part.remove_prefix(expected.size());
  }
}

}  // namespace festina::harness
