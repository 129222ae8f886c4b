// A packed record is the record itself, its steps and asides, their names and then its texts, cut at their limit, without
// anything between them: how long each was stands in the record's own views, which point anywhere until it is unpacked.
#include "observe/history.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <iterator>
#include <tuple>
#include <type_traits>
#include <unordered_set>
#include <utility>

#include "base/guarded.h"

namespace festina::observe {
namespace {

static_assert(std::is_trivially_copyable_v<Record>);

struct PackedStep {
  std::int64_t value;
  std::uint32_t name_length;
  policy::Aspect aspect;
  policy::Setter setter;
  policy::Reason reason;
};

std::string_view kept_of(std::string_view text) { return text.substr(0, kMaxRememberedText); }

std::size_t packed_size(const Record& record) {
  std::size_t size = sizeof(Record);
  for (const auto steps : kRecordSteps) {
    for (const policy::Step& step : record.*steps)
      size += sizeof(PackedStep) + kept_of(step.name).size();
  }
  for (const auto text : kRecordTexts) size += kept_of(record.*text).size();
  return size;
}

class Packer {
 public:
  explicit Packer(char* to) : to_(to) {}
  template <class T>
  void put(const T& value) {
    std::memcpy(to_, &value, sizeof value);
    to_ += sizeof value;
  }
  void put_text(std::string_view text) { to_ = std::ranges::copy(text, to_).out; }

 private:
  char* to_;
};

PackedStep packed(const policy::Step& step) {
  return {
      .value = step.value,
      .name_length = static_cast<std::uint32_t>(kept_of(step.name).size()),
      .aspect = step.aspect,
      .setter = step.setter,
      .reason = step.reason
  };
}

void pack(const Record& record, char* to) {
  Packer packer(to);
  packer.put(record);
  for (const auto steps : kRecordSteps) {
    for (const policy::Step& step : record.*steps) packer.put(packed(step));
    for (const policy::Step& step : record.*steps) packer.put_text(kept_of(step.name));
  }
  for (const auto text : kRecordTexts) packer.put_text(kept_of(record.*text));
}

class Unpacker {
 public:
  explicit Unpacker(const char* from) : from_(from) {}
  template <class T>
  T take() {
    T value;
    std::memcpy(&value, from_, sizeof value);
    from_ += sizeof value;
    return value;
  }
  std::string_view take_text(std::size_t length) {
    return {std::exchange(from_, from_ + length), length};
  }

 private:
  const char* from_;
};

std::vector<policy::Step> unpacked_steps(Unpacker& unpacker, std::size_t count) {
  std::vector<PackedStep> packed(count);
  for (PackedStep& step : packed) step = unpacker.take<PackedStep>();
  std::vector<policy::Step> steps;
  steps.reserve(count);
  for (const PackedStep& step : packed) {
    steps.push_back(
        {.aspect = step.aspect,
         .value = step.value,
         .setter = step.setter,
         .reason = step.reason,
         .name = std::string(unpacker.take_text(step.name_length))}
    );
  }
  return steps;
}

// Packed records of one thread, oldest first, in a circle. None lies across the end of the memory.
class Ring {
 public:
  // The oldest go until the record fits. One that never could is not kept.
  void keep(const Record& record, const HistoryLimits& limits) {
    const std::size_t size = packed_size(record);
    if (size > limits.bytes || limits.records == 0) return;
    if (!memory_) begin(limits);
    if (size > limits.bytes - next_) {  // on to the next lap
      while (count_ > 0 && oldest().offset >= next_) forget_oldest();
      next_ = 0;
    }
    while (count_ > 0 && lies_within(oldest(), size)) forget_oldest();
    if (count_ == places_.size()) forget_oldest();
    pack(record, memory_.get() + next_);
    places_[(first_ + count_) % places_.size()] = {next_, size};
    ++count_;
    next_ += size;
  }

  template <class Predicate>
  void copy_if(Predicate& wanted, std::vector<Remembered>& to) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (wanted(at(i))) to.emplace_back(bytes_at(i));
    }
  }

  std::size_t size() const { return count_; }
  Record at(std::size_t index) const {
    return Unpacker(memory_.get() + place(index).offset).take<Record>();
  }
  std::vector<char> bytes_at(std::size_t index) const {
    const char* begin = memory_.get() + place(index).offset;
    return {begin, begin + place(index).size};
  }

 private:
  struct Place {
    std::size_t offset = 0;
    std::size_t size = 0;
  };

  void begin(const HistoryLimits& limits) {
    memory_ = std::make_unique_for_overwrite<char[]>(limits.bytes);
    places_.resize(limits.records);
  }
  const Place& place(std::size_t index) const { return places_[(first_ + index) % places_.size()]; }
  const Place& oldest() const { return place(0); }
  void forget_oldest() {
    first_ = (first_ + 1) % places_.size();
    --count_;
  }
  // Does it lie within so many bytes from where the next one goes?
  bool lies_within(const Place& place, std::size_t size) const {
    return place.offset + place.size > next_ && place.offset < next_ + size;
  }

  std::unique_ptr<char[]> memory_;  // none before the first record
  std::vector<Place> places_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::size_t next_ = 0;  // offset
};

// Siblings in the order they were made.
bool comes_before(const Remembered& a, const Remembered& b) {
  const auto rank = [](const Record& record) {
    return std::tuple(record.parent_ray, record.place, record.start);
  };
  return rank(a.record()) < rank(b.record());
}

}  // namespace

// On lines of its own, so that threads do not wait for each other.
struct alignas(64) History::Cell {
  Guarded<Ring> ring;
};

struct History::Exceptions {
  Guarded<std::deque<Thrown>> thrown;
};

Remembered::Remembered(std::vector<char> packed) : bytes_(std::move(packed)) {
  Unpacker unpacker(bytes_.data());
  record_ = unpacker.take<Record>();
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    auto& steps = record_.*kRecordSteps[i];
    steps_[i] = unpacked_steps(unpacker, steps.size());
    steps = steps_[i];
  }
  record_.user_agent = {};
  for (const auto text : kRecordTexts) {
    std::string_view& view = record_.*text;
    view = unpacker.take_text(std::min(view.size(), kMaxRememberedText));
  }
}

History::History(HistoryLimits limits)
    : limits_(limits),
      cells_(std::make_unique<Cell[]>(kCells)),
      exceptions_(std::make_unique<Exceptions>()) {}
History::~History() = default;

void History::keep(const Record& record) {
  cells_[cell_of_this_thread()].ring.with([&](Ring& ring) { ring.keep(record, limits_); });
}

void History::keep(Thrown thrown) {
  exceptions_->thrown.with([&](std::deque<Thrown>& kept) {
    kept.push_back(std::move(thrown));
    if (kept.size() > limits_.exceptions) kept.pop_front();
  });
}

template <class Predicate>
std::vector<Remembered> History::all_of(Predicate wanted) const {
  std::vector<Remembered> found;
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    cells_[cell].ring.with([&](const Ring& ring) { ring.copy_if(wanted, found); });
  }
  std::ranges::sort(found, comes_before);
  return found;
}

std::vector<Remembered> History::find(std::uint64_t ray) const {
  std::vector<Remembered> found = all_of([&](const Record& record) { return record.ray == ray; });
  std::unordered_set<std::uint64_t> parents;
  if (!found.empty()) parents.insert(ray);
  while (!parents.empty()) {
    auto made = all_of([&](const Record& record) { return parents.contains(record.parent_ray); });
    parents.clear();
    for (Remembered& each : made) {
      parents.insert(each.record().ray);
      found.push_back(std::move(each));
    }
  }
  return found;
}

std::vector<Thrown> History::thrown_in(const std::vector<Remembered>& requests) const {
  std::unordered_set<std::uint64_t> rays;
  for (const Remembered& request : requests) rays.insert(request.record().ray);
  std::vector<Thrown> found;
  exceptions_->thrown.with([&](const std::deque<Thrown>& kept) {
    std::ranges::copy_if(kept, std::back_inserter(found), [&](const Thrown& thrown) {
      return rays.contains(thrown.ray);
    });
  });
  return found;
}

History::Extent History::extent() const {
  Extent extent;
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    cells_[cell].ring.with([&](const Ring& ring) {
      extent.records += ring.size();
      if (ring.size() == 0) return;
      const TimePoint start = ring.at(0).start;
      extent.oldest = std::min(extent.oldest.value_or(start), start);
    });
  }
  return extent;
}

}  // namespace festina::observe
