// The table is the Cap'n Proto schema of workerd's own CompatibilityFlags struct, stored in the program as raw words:
// one field per flag, its names and dates as annotations (workerd.md §12.3).
#include "workers/runtime.h"

#include <algorithm>
#include <capnp/any.h>
#include <capnp/schema.capnp.h>
#include <capnp/serialize.h>
#include <chrono>
#include <cstdint>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <span>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "workers/find_program.h"
#include "workers/process.h"
#include "zone/values.h"

namespace festina::workers {
namespace {

constexpr std::chrono::seconds kVersionLimit{10};

// A release takes dates up to a week ahead of its own (workerd.md §12.1).
constexpr std::chrono::days kAcceptedAhead{7};

constexpr std::uint64_t kCompatibilityFlags = 0x8f8c1b68151b6cef;  // type id of the struct
constexpr std::size_t kMaxTableWords = std::size_t{64} * 1024;

// Annotations of its fields.
constexpr std::uint64_t kEnableFlag = 0xb6dabbc87cd1b03e;
constexpr std::uint64_t kDisableFlag = 0xd145cf1adc42577c;
constexpr std::uint64_t kDefaultDate = 0x91a5d5d7244cf6d0;
constexpr std::uint64_t kAllDates = 0x9a1d37c8030d9418;
constexpr std::uint64_t kEdge = 0xbd23aff9deefc308;
constexpr std::uint64_t kExperimental = 0xe3e5a63e76284d88;
constexpr std::uint64_t kImpliedBy = 0xe3e5a63e76284d89;

Error no_workerd(const std::string& path, std::string_view why) {
  return {ErrorCode::unsupported, Side::self, path + " is no workerd we know: " + std::string(why)};
}

// A file as words of 8 bytes.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status{};
    if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return;
    size_ = static_cast<std::size_t>(status.st_size);
    void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (memory != MAP_FAILED) memory_ = memory;
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    if (memory_) ::munmap(memory_, size_);
  }

  std::span<const std::uint64_t> words() const {
    if (!memory_) return {};
    return {static_cast<const std::uint64_t*>(memory_), size_ / sizeof(std::uint64_t)};
  }

 private:
  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

// A pointer to the struct right behind it, with room for what schema::Node holds.
bool is_node_pointer(std::uint64_t word) {
  const std::uint64_t data_words = (word >> 32) & 0xffff;
  const std::uint64_t pointers = word >> 48;
  return (word & 0xffffffff) == 0 && data_words >= 5 && pointers == 6;
}

// The message that holds the table: it begins with the pointer before the type id.
std::span<const std::uint64_t> table_words(std::span<const std::uint64_t> words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] != kCompatibilityFlags || !is_node_pointer(words[i - 1])) continue;
    return words.subspan(i - 1, std::min(kMaxTableWords, words.size() - i + 1));
  }
  return {};
}

// struct { union { name: Text; names: List(Text); } date: Text; }
void read_implied_by(CompatFlag& flag, const capnp::AnyStruct::Reader& value) {
  const auto data = value.getDataSection();
  const auto pointers = value.getPointerSection();
  if (pointers.size() < 2) return;
  const bool is_list = data.size() > 0 && data[0] != 0;
  if (is_list) {
    for (const auto name : pointers[0].getAs<capnp::List<capnp::Text>>())
      flag.implied_by.emplace_back(name.cStr());
  } else {
    flag.implied_by.emplace_back(pointers[0].getAs<capnp::Text>().cStr());
  }
  flag.implied_date = pointers[1].getAs<capnp::Text>().cStr();
}

CompatFlag flag_of(const capnp::schema::Field::Reader& field) {
  CompatFlag flag;
  for (const auto annotation : field.getAnnotations()) {
    const auto value = annotation.getValue();
    switch (annotation.getId()) {
      case kEnableFlag:
        flag.enable = value.getText().cStr();
        break;
      case kDisableFlag:
        flag.disable = value.getText().cStr();
        break;
      case kDefaultDate:
        flag.default_date = value.getText().cStr();
        break;
      case kAllDates:
        flag.is_always_on = true;
        break;
      case kEdge:
        flag.edge = true;
        break;
      case kExperimental:
        flag.experimental = true;
        break;
      case kImpliedBy:
        read_implied_by(flag, value.getStruct().getAs<capnp::AnyStruct>());
        break;
      default:
        break;
    }
  }
  return flag;
}

// The flags; fields without a name are what older flags left behind. What implies a flag is told as the name of a field.
std::vector<CompatFlag> named_flags(const capnp::List<capnp::schema::Field>::Reader& fields) {
  std::map<std::string, std::string, std::less<>> flag_by_field;
  std::vector<CompatFlag> flags;
  for (const auto field : fields) {
    CompatFlag flag = flag_of(field);
    if (flag.enable.empty()) continue;
    flag_by_field.emplace(field.getName().cStr(), flag.enable);
    flags.push_back(std::move(flag));
  }
  for (CompatFlag& flag : flags) {
    for (std::string& field : flag.implied_by) field = flag_by_field[field];
  }
  return flags;
}

Result<std::vector<CompatFlag>> read_flags(const std::string& path) {
  const MappedFile file(path);
  const std::span<const std::uint64_t> words = table_words(file.words());
  if (words.empty()) return no_workerd(path, "it has no table of compatibility flags");
  const kj::ArrayPtr<const capnp::word> segment(
      reinterpret_cast<const capnp::word*>(words.data()), words.size()
  );
  try {
    capnp::SegmentArrayMessageReader reader(kj::arrayPtr(&segment, 1));
    return named_flags(reader.getRoot<capnp::schema::Node>().getStruct().getFields());
  } catch (const std::exception& exception) {
    return no_workerd(path, exception.what());
  }
}

std::string date_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  const auto two_digits = [](unsigned number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  return std::to_string(int{date.year()}) + "-" + two_digits(unsigned{date.month()}) + "-" +
         two_digits(unsigned{date.day()});
}

// Requires: a calendar date.
std::chrono::sys_days day_of(std::string_view date) {
  const auto number = [&](std::size_t offset, std::size_t length) {
    return static_cast<unsigned>(parse_decimal(date.substr(offset, length)).value_or(0));
  };
  return std::chrono::year(static_cast<int>(number(0, 4))) / std::chrono::month(number(5, 2)) /
         std::chrono::day(number(8, 2));
}

// "workerd 2026-11-17"
Result<std::string> version_of(const std::string& path) {
  const auto finished =
      run({.path = path, .arguments = {"--version"}, .directory = {}, .inherited = {}},
          kVersionLimit);
  if (!finished) return finished.error();
  const auto halves = split_once(trimmed(split(finished->output, '\n').front()), ' ');
  if (!halves || halves->before != "workerd" || !zone::is_calendar_date(halves->after)) {
    return no_workerd(path, "it does not tell its version");
  }
  return std::string(halves->after);
}

}  // namespace

Result<Runtime> find_runtime(std::string_view configured) {
  const std::filesystem::path here = std::filesystem::current_path();
  const std::vector<std::string> packages{
      "@cloudflare/workerd-linux-64", "@cloudflare/workerd-linux-arm64"
  };
  const auto path = find_program(configured, packages, {here});
  if (!path) {
    return Error{
        ErrorCode::not_found,
        Side::self,
        "no program \"" + std::string(configured) +
            "\" in this installation, in PATH, in node_modules of " + here.string() +
            " or above it, or beside this program; `npm install workerd` brings it"
    };
  }
  auto version = version_of(*path);
  if (!version) return version.error();
  if (*version < kOldestWorkerd) {
    return Error{
        ErrorCode::unsupported,
        Side::self,
        *path + " is workerd " + *version + ", the oldest that works here is " +
            std::string(kOldestWorkerd)
    };
  }
  auto flags = read_flags(*path);
  if (!flags) return flags.error();
  CompatTable table{
      .flags = std::move(*flags), .newest_date = date_text(day_of(*version) + kAcceptedAhead)
  };
  return Runtime{.path = *path, .version = std::move(*version), .table = std::move(table)};
}

}  // namespace festina::workers
