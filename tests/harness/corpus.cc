#include "harness/corpus.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <stdexcept>

#include "harness/temp_dir.h"

namespace festina::harness {
namespace {

[[noreturn]] void complain(const std::string& place, const std::string& why) {
  throw std::runtime_error(place + ": " + why);
}

char hex_byte(std::string_view digits, const std::string& place) {
  unsigned byte = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
  if (digits.size() != 2 || end.ptr != digits.data() + 2) complain(place, "\\x needs two digits");
  return static_cast<char>(byte);
}

std::string unescaped(std::string_view line, const std::string& place) {
  std::string bytes;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      bytes += line[i];
      continue;
    }
    const char escape = ++i < line.size() ? line[i] : '\0';
    constexpr std::string_view names = "rnt\\";
    constexpr std::string_view meant = "\r\n\t\\";
    if (escape == 'x') {
      bytes += hex_byte(line.substr(i + 1, 2), place);
      i += 2;
    } else if (const std::size_t at = names.find(escape); at != std::string_view::npos) {
      bytes += meant[at];
    } else {
      complain(place, "an escape that is none");
    }
  }
  return bytes;
}

// "refused 400: why"
CorpusCase begun(std::string_view line, const std::string& place) {
  const std::size_t space = line.find(' ');
  const std::size_t colon = line.find(": ");
  if (space == std::string_view::npos || colon == std::string_view::npos || colon < space)
    complain(place, "no \"verdict number: why\"");
  CorpusCase next;
  next.verdict = line.substr(0, space);
  next.why = line.substr(colon + 2);
  next.place = place;
  const auto end = std::from_chars(line.data() + space + 1, line.data() + colon, next.number);
  if (end.ptr != line.data() + colon) complain(place, "no number");
  return next;
}

}  // namespace

std::vector<CorpusCase> corpus_cases(std::string_view text, const std::string& file) {
  std::vector<CorpusCase> cases;
  bool in_case = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string place = file + ":" + std::to_string(number);
    if (line.starts_with('#')) continue;
    if (!line.empty() && in_case) {
      cases.back().bytes += unescaped(line, place);
    } else if (!line.empty()) {
      cases.push_back(begun(line, place));
    }
    in_case = !line.empty();
  }
  for (const CorpusCase& each : cases) {
    if (each.bytes.empty()) complain(each.place, "a case without bytes");
  }
  return cases;
}

std::vector<CorpusCase> corpus(const std::string& name) {
  std::vector<CorpusCase> all;
  const std::string directory = FESTINA_SOURCE_DIR "/tests/corpora/" + name;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    const std::string path = file.path().string();
    const auto cases = corpus_cases(read_file(path), file.path().filename().string());
    all.insert(all.end(), cases.begin(), cases.end());
  }
  std::ranges::sort(all, {}, &CorpusCase::place);
  return all;
}

std::string for_host(std::string bytes, std::string_view host) {
  constexpr std::string_view mark = "{host}";
  for (std::size_t at = bytes.find(mark); at != std::string::npos; at = bytes.find(mark, at))
    bytes.replace(at, mark.size(), host);
  return bytes;
}

}  // namespace festina::harness
