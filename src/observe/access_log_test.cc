#include "observe/access_log.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <thread>
#include <unistd.h>

#include "base/crypto.h"
#include "base/json.h"
#include "observe/example_record.h"

namespace festina::observe {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

class AccessLogFile : public testing::Test {
 protected:
  ~AccessLogFile() override { std::filesystem::remove_all(directory_); }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  // Opens it, in place of what the log had.
  void use(const std::string& name) {
    auto file = LogFile::open(path(name));
    ASSERT_TRUE(file) << file.error();
    log_.use(std::move(*file));
  }
  static Record record_of(std::string_view target) {
    Record record = example();
    record.path = target;
    return record;
  }

  AccessLog log_;

 private:
  std::string directory_ = [] {
    std::string made = testing::TempDir() + "access-" + random_hex(8);
    std::filesystem::create_directory(made);
    return made;
  }();
};

TEST_F(AccessLogFile, IsAppendedTo) {
  std::ofstream(path("log")) << "first\n";
  use("log");
  log_.write(example());
  log_.flush();
  EXPECT_EQ(text_of(path("log")), "first\n" + json_line(example()));
}

TEST_F(AccessLogFile, IsCompleteWhenTheLogEnds) {
  {
    AccessLog log;
    log.use(LogFile::open(path("log")).value());
    for (int i = 0; i < 100; ++i) log.write(example());
  }
  EXPECT_EQ(text_of(path("log")).size(), 100 * json_line(example()).size());
}

TEST_F(AccessLogFile, GetsWhatWasWrittenBeforeItWasReplaced) {
  use("log");
  log_.write(record_of("/one"));
  std::filesystem::rename(path("log"), path("log.1"));
  log_.write(record_of("/two"));
  use("log");
  log_.write(record_of("/three"));
  log_.flush();
  EXPECT_EQ(text_of(path("log.1")), json_line(record_of("/one")) + json_line(record_of("/two")));
  EXPECT_EQ(text_of(path("log")), json_line(record_of("/three")));
}

TEST_F(AccessLogFile, CanBeTakenAwayAndGivenBack) {
  use("log");
  log_.use(nullptr);
  EXPECT_FALSE(log_.enabled());
  log_.write(record_of("/lost"));
  use("log");
  log_.write(record_of("/kept"));
  log_.flush();
  EXPECT_EQ(text_of(path("log")), json_line(record_of("/kept")));
}

TEST_F(AccessLogFile, OnAFullDiskCostsItsRecordsOnly) {
  log_.use(LogFile::open("/dev/full").value());
  testing::internal::CaptureStderr();
  log_.write(record_of("/lost"));
  log_.flush();
  EXPECT_THAT(
      testing::internal::GetCapturedStderr(),
      testing::HasSubstr("access_log.write_failed error=\"No space left on device\"")
  );
  use("log");
  log_.write(record_of("/kept"));
  log_.flush();
  EXPECT_EQ(text_of(path("log")), json_line(record_of("/kept")));
}

TEST(AccessLog, WithoutAFileWritesNothing) {
  AccessLog log;
  EXPECT_FALSE(log.enabled());
  log.write(example());
  log.flush();
}

// A pipe that nobody reads stands for a disk that hangs.
TEST(AccessLog, LosesRecordsBeyondItsQueueWhenTheDiskHangs) {
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const std::size_t held = static_cast<std::size_t>(::fcntl(pipe[1], F_GETPIPE_SZ));
  Record record = example();
  const std::string path(std::size_t{1024} * 1024, 'a');
  record.path = path;
  testing::internal::CaptureStderr();
  std::size_t got = 0;
  const std::size_t line = json_line(record).size();
  {
    AccessLog log;
    log.use(std::make_shared<const LogFile>(pipe[1]));
    // The writer holds at most a full queue, and another one waits behind it.
    const std::size_t fits = 2 * (kMaxQueuedBytes / line);
    for (std::size_t i = 0; i < fits + 1; ++i) log.write(record);
    log.use(nullptr);
    std::string bytes(held, '\0');
    const std::jthread reader([&] {
      for (ssize_t n = 0; (n = ::read(pipe[0], bytes.data(), bytes.size())) > 0;)
        got += static_cast<std::size_t>(n);
    });
    log.flush();
  }
  ::close(pipe[0]);
  EXPECT_EQ(got % line, 0U);
  EXPECT_LE(got, 2 * kMaxQueuedBytes);
  EXPECT_GT(got, 0U);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("access_log.dropped"));
}

TEST(LogFile, SaysWhichFileCannotBeOpened) {
  const auto file = LogFile::open("/no/such/folder/access.log");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().detail.find("/no/such/folder/access.log"), std::string::npos);
}

}  // namespace
}  // namespace festina::observe
