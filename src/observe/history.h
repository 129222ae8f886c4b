// History: what this node served last, for explain by ray.
//
// Each thread keeps its records in a ring of bytes of its own: a record costs a copy of a few hundred bytes and no
// allocation, and the oldest make room for the newest. Sentences are made when somebody asks. What a Worker threw is kept
// beside them, for it arrives by itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "observe/record.h"

namespace festina::observe {

// Of each thread that serves.
inline constexpr std::size_t kMaxRememberedRecords = 4096;
inline constexpr std::size_t kMaxRememberedBytes = std::size_t{4} * 1024 * 1024;
// Of the node.
inline constexpr std::size_t kMaxRememberedExceptions = 256;
// Of each text of a record; what is longer is cut.
inline constexpr std::size_t kMaxRememberedText = 4096;

struct HistoryLimits {
  std::size_t records = kMaxRememberedRecords;
  std::size_t bytes = kMaxRememberedBytes;
  std::size_t exceptions = kMaxRememberedExceptions;
};

// An exception that left a Worker's handler.
struct Thrown {
  std::uint64_t ray = 0;  // of the request it was to answer; 0: not known
  std::string script;
  std::string colo;
  std::string name;
  std::string message;
  std::string stack;
  TimePoint at;
};

// A record with the memory it refers to.
class Remembered {
 public:
  // Requires: bytes that packed() wrote.
  explicit Remembered(std::vector<char> packed);
  Remembered(Remembered&&) = default;
  Remembered& operator=(Remembered&&) = default;
  const Record& record() const { return record_; }

 private:
  std::vector<char> bytes_;
  std::array<std::vector<policy::Step>, std::size(kRecordSteps)> steps_;
  Record record_;
};

// Threads: any.
class History {
 public:
  explicit History(HistoryLimits = {});
  ~History();
  void keep(const Record&);
  void keep(Thrown);

  // The request with this ray and all that came of it: parents before what they made, in the order it was made. Empty
  // when it is not remembered.
  std::vector<Remembered> find(std::uint64_t ray) const;
  // What was thrown in place of an answer to one of these.
  std::vector<Thrown> thrown_in(const std::vector<Remembered>&) const;

  struct Extent {
    std::size_t records = 0;
    std::optional<TimePoint> oldest;  // when the oldest of them began
  };
  Extent extent() const;

 private:
  struct Cell;
  struct Exceptions;
  template <class Predicate>
  std::vector<Remembered> all_of(Predicate) const;
  HistoryLimits limits_;
  std::unique_ptr<Cell[]> cells_;  // one per thread
  std::unique_ptr<Exceptions> exceptions_;
};

}  // namespace festina::observe
