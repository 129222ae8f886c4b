// Corpora: tables of raw messages in text files below tests/corpora, one case after another:
//
//     refused 400: two lengths
//     POST / HTTP/1.1\r\nHost: {host}\r\n
//     Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello
//
// A case is a line that says what is expected and why, then lines of bytes up to an empty line. Line ends of the file are no
// bytes; \r \n \t \\ and \xHH are, and {host} is what the test puts there. Lines that begin with "#" are comments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace festina::harness {

struct CorpusCase {
  std::string verdict;  // "refused"
  int number = 0;       // 400
  std::string why;
  std::string bytes;
  std::string place;  // "framing.txt:12", for messages
};

// Throws with the place when a case is none.
std::vector<CorpusCase> corpus_cases(std::string_view text, const std::string& file);
// All cases of all files in tests/corpora/`name`.
std::vector<CorpusCase> corpus(const std::string& name);

// The bytes with this host in them.
std::string for_host(std::string bytes, std::string_view host);

}  // namespace festina::harness
