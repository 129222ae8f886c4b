#include "edge/open_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "edge/site_files.h"

namespace festina::edge {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class OpenFileTest : public testing::Test {
 protected:
  FoundFile find(const std::string& relative) const {
    return SiteDirectory::open(files_.path()).value().find(relative).value();
  }
  std::shared_ptr<const OpenFile> opened(const std::string& relative) const {
    return find(relative).file;
  }
  SiteFiles files_;
};

TEST_F(OpenFileTest, TellsWhatAPathNames) {
  files_.write("docs/a.txt", "hello");
  EXPECT_EQ(find("docs/a.txt").kind, FileKind::regular);
  EXPECT_EQ(find("docs").kind, FileKind::directory);
  EXPECT_EQ(find("docs/b.txt").kind, FileKind::absent);
  EXPECT_EQ(find("docs/a.txt/b").kind, FileKind::absent);
  EXPECT_EQ(find(std::string(300, 'a')).kind, FileKind::absent) << "longer than any name";
}

TEST_F(OpenFileTest, NeverLeavesTheDirectory) {
  const SiteFiles outside;
  outside.write("secret", "secret");
  files_.write("here.txt", "here");
  std::filesystem::create_symlink(outside.path("secret"), files_.path("absolute"));
  std::filesystem::create_symlink(
      "../" + std::filesystem::path(outside.path()).filename().string() + "/secret",
      files_.path("relative")
  );
  std::filesystem::create_directory_symlink(outside.path(), files_.path("folder"));
  std::filesystem::create_symlink("/proc/self/root/etc/passwd", files_.path("magic"));
  std::filesystem::create_symlink("here.txt", files_.path("inside"));

  for (const char* path :
       {"absolute", "relative", "folder/secret", "magic", "../secret", "/etc/passwd"}) {
    EXPECT_EQ(find(path).kind, FileKind::absent) << path;
  }
  EXPECT_EQ(find("inside").kind, FileKind::regular) << "a link that stays within";
}

TEST_F(OpenFileTest, TakesNothingButRegularFiles) {
  ASSERT_EQ(::mkfifo(files_.path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(find("fifo").kind, FileKind::absent) << "and nobody waits for its writer";
}

TEST_F(OpenFileTest, ReadsExactlyTheBytesAskedFor) {
  files_.write("a.txt", "0123456789");
  const auto file = opened("a.txt");
  EXPECT_EQ(file->state().size, 10U);
  EXPECT_EQ(file->read(0, 10).value(), "0123456789");
  EXPECT_EQ(file->read(2, 3).value(), "234");
}

TEST_F(OpenFileTest, NoticesThatTheFileChanged) {
  for (const std::string_view later : {"01234", "0123456789+", "9876543210"}) {
    files_.write("a.txt", "0123456789");
    files_.set_modified("a.txt", 1'000'000'000s);
    const auto file = opened("a.txt");
    files_.write("a.txt", later);
    const Result<std::string> bytes = file->read(0, 5);
    ASSERT_FALSE(bytes) << later;
    EXPECT_EQ(bytes.error().code, ErrorCode::truncated) << later;
  }
}

TEST_F(OpenFileTest, KeepsAFileThatIsReplaced) {
  files_.write("a.txt", "old");
  const auto file = opened("a.txt");
  files_.write("b.txt", "new");
  std::filesystem::rename(files_.path("b.txt"), files_.path("a.txt"));
  EXPECT_EQ(file->read(0, 3).value(), "old") << "renaming is how files are changed safely";
  EXPECT_EQ(opened("a.txt")->read(0, 3).value(), "new");
}

TEST_F(OpenFileTest, HasATagOfItsState) {
  files_.write("a.txt", "one");
  files_.set_modified("a.txt", 1'000'000'000s);
  const std::string tag = opened("a.txt")->state().tag();
  EXPECT_EQ(tag, "3b9aca0000000000-3");
  EXPECT_EQ(opened("a.txt")->state().last_modified(), TimePoint(1'000'000'000s));

  files_.set_modified("a.txt", 1'000'000'001s);
  EXPECT_NE(opened("a.txt")->state().tag(), tag) << "another time";
  files_.write("a.txt", "four");
  files_.set_modified("a.txt", 1'000'000'000s);
  EXPECT_NE(opened("a.txt")->state().tag(), tag) << "another size";
}

TEST_F(OpenFileTest, SaysWhenThereIsNoDirectoryButNotWhere) {
  const Result<SiteDirectory> missing = SiteDirectory::open(files_.path("missing"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::io);
  EXPECT_EQ(missing.error().side, Side::origin);
  EXPECT_THAT(missing.error().detail, HasSubstr("No such file or directory"));
  EXPECT_THAT(missing.error().detail, Not(HasSubstr(files_.path()))) << "clients read it";
  files_.write("file", "");
  EXPECT_FALSE(SiteDirectory::open(files_.path("file")));
}

}  // namespace
}  // namespace festina::edge
