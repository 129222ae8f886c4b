// What is said of the flags of precedence before a script runs: the matrix of reference §9.4, by `festina check` on real
// wrangler files, in both eras.
#include <algorithm>

#include "harness/flag_table.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

enum class Era : std::uint8_t { of_2025, of_2026 };

class MessagesOfFlags : public testing::Test {
 protected:
  // A script of this date and list of flags.
  void add(const std::string& name, std::string_view date, const std::string& flags) {
    const std::string file = "workers/" + name + ".toml";
    files.write(
        file,
        "name = \"" + name + "\"\nmain = \"index.js\"\ncompatibility_date = \"" +
            std::string(date) + "\"\ncompatibility_flags = [" + flags +
            "]\nroutes = [\"example.com/" + name + "/*\"]\n"
    );
    scripts_ += "[[scripts]]\nwrangler = \"" + file + "\"\n";
  }
  // What `command` says of all scripts.
  Outcome outcome_of(const char* command, Era era) const {
    files.write("workers/index.js", "export default { fetch: () => new Response('x') };\n");
    const std::string workers = era == Era::of_2025 ? "[workers]\nera = \"2025\"\n" : "";
    const std::string path = files.write(
        "festina.toml",
        "[control]\nlisten = \"http://127.0.0.1:0\"\n[[colos]]\nname = \"FRA\"\n"
        "listen = [\"http://127.0.0.1:0\"]\n" +
            workers + zone_toml("example.com", "http://127.0.0.1:9") + scripts_
    );
    return run_festina({command, "--config", path});
  }
  // Lines about this script, each from the place's end on; a warning has "warning: " in front.
  static std::vector<std::string> said_of(const std::string& name, const std::string& errors) {
    std::vector<std::string> found;
    const std::string file = "/workers/" + name + ".toml:";
    for (std::size_t at = 0; at < errors.size();) {
      const std::size_t end = std::min(errors.find('\n', at), errors.size());
      const std::string line = errors.substr(at, end - at);
      at = end + 1;
      const std::size_t place = line.find(file);
      if (place == std::string::npos) continue;
      const std::string message = line.substr(line.find(": ", place) + 2);
      found.push_back((line.starts_with("warning: ") ? "warning: " : "") + message);
    }
    return found;
  }

  TempDir files;

 private:
  std::string scripts_;
};

std::string redundant(char letter, Era era) {
  const std::string_view since = letter == 'F'   ? "2025-04-02"
                                 : letter == 'G' ? "2025-04-19"
                                                 : "2025-05-19";
  const bool is_refused = era == Era::of_2025;
  return std::string(is_refused ? "" : "warning: ") + "The compatibility flag " +
         std::string(flag_called(letter)) + " became the default as of " + std::string(since) +
         " so does not need to be specified anymore." + (is_refused ? " [code: 10021]" : "") +
         " - remove it";
}

std::vector<std::string> all_redundant(std::string_view letters, Era era) {
  std::vector<std::string> messages;
  for (const char letter : letters) {
    if (letter != ' ') messages.push_back(redundant(letter, era));
  }
  return messages;
}

// "c2-13": the script of a date and a row.
std::string cell_name(std::size_t date, std::size_t row) {
  return "c" + std::to_string(date) + "-" + std::to_string(row);
}

class MessagesOfTheTruthTable : public MessagesOfFlags {
 protected:
  MessagesOfTheTruthTable() {
    for (std::size_t date = 0; date < kFlagDates.size(); ++date) {
      for (std::size_t row = 0; row < std::size(kFlagTable); ++row)
        add(cell_name(date, row), kFlagDates[date], spelled_out(kFlagTable[row].flags));
    }
  }
  static void expect_messages(std::size_t date, Era era, const std::string& errors) {
    for (std::size_t row = 0; row < std::size(kFlagTable); ++row) {
      const auto expected = all_redundant(kFlagTable[row].redundant[date], era);
      EXPECT_EQ(said_of(cell_name(date, row), errors), expected)
          << kFlagDates[date] << " " << kFlagTable[row].flags;
    }
  }
};

TEST_F(MessagesOfTheTruthTable, NameEveryRedundantFlag) {
  for (const Era era : {Era::of_2025, Era::of_2026}) {
    const Outcome outcome = outcome_of("check", era);
    EXPECT_EQ(outcome.exit_code, era == Era::of_2025 ? 1 : 0) << outcome.errors;
    for (std::size_t date = 0; date < kFlagDates.size(); ++date)
      expect_messages(date, era, outcome.errors);
  }
}

// The date counts from its own day on, and every flag by itself.
TEST_F(MessagesOfFlags, BeginOnTheDayOfTheirDate) {
  const struct {
    char letter;
    const char* day_before;
    const char* day;
  } cases[] = {
      {'F', "2025-04-01", "2025-04-02"},
      {'G', "2025-04-18", "2025-04-19"},
      {'C', "2025-05-18", "2025-05-19"},
  };
  for (const auto& c : cases) {
    const std::string flag = '"' + std::string(flag_called(c.letter)) + '"';
    const auto name = [&](const char* when) {
      return std::string(when) + '-' + char(c.letter + 32);
    };
    add(name("before"), c.day_before, flag);
    add(name("on"), c.day, flag);
    const std::string disabled = "\"no_" + std::string(flag_called(c.letter)) + '"';
    add(name("off-before"), c.day_before, disabled);
    add(name("off-on"), c.day, disabled);
  }
  for (const Era era : {Era::of_2025, Era::of_2026}) {
    const std::string errors = outcome_of("check", era).errors;
    using Lines = std::vector<std::string>;
    for (const auto& c : cases) {
      const std::string letter(1, char(c.letter + 32));
      EXPECT_EQ(said_of("before-" + letter, errors), Lines());
      EXPECT_EQ(said_of("on-" + letter, errors), Lines{redundant(c.letter, era)});
      EXPECT_EQ(said_of("off-before-" + letter, errors), Lines())
          << "to switch off what is off anyway always passes";
      EXPECT_EQ(said_of("off-on-" + letter, errors), Lines());
    }
  }
}

TEST_F(MessagesOfFlags, OfFaultsAreTheSameInBothEras) {
  const struct {
    const char* name;
    const char* date;
    std::string flags;
    const char* message;
  } cases[] = {
      {"both-f",
       "2025-04-01",
       spelled_out("+F no_F"),
       "Compatibility flags are mutually contradictory: request_cf_overrides_cache_rules vs "
       "no_request_cf_overrides_cache_rules"},
      {"both-g",
       "2025-04-01",
       spelled_out("+G no_G"),
       "Compatibility flags are mutually contradictory: cache_api_compat_flags vs "
       "no_cache_api_compat_flags"},
      {"both-c",
       "2025-04-01",
       spelled_out("no_C +C"),
       "Compatibility flags are mutually contradictory: cache_api_request_cf_overrides_cache_rules "
       "vs no_cache_api_request_cf_overrides_cache_rules"},
      {"twice-f",
       "2025-04-01",
       spelled_out("+F +F"),
       "Compatibility flag specified multiple times: request_cf_overrides_cache_rules"},
      {"twice-g",
       "2025-04-19",
       spelled_out("no_G no_G"),
       "Compatibility flag specified multiple times: no_cache_api_compat_flags"},
      {"twice-c",
       "2025-04-01",
       spelled_out("+C +C"),
       "Compatibility flag specified multiple times: cache_api_request_cf_overrides_cache_rules"},
      {"unknown",
       "2025-04-01",
       "\"cache_api_compat_flag\"",
       "No such compatibility flag: cache_api_compat_flag"},
      {"newer",
       "2999-01-01",
       "",
       "This Worker requires compatibility date \"2999-01-01\", but the newest date supported by "
       "this server binary is \""},
  };
  for (const auto& c : cases) add(c.name, c.date, c.flags);
  for (const Era era : {Era::of_2025, Era::of_2026}) {
    const Outcome outcome = outcome_of("check", era);
    EXPECT_EQ(outcome.exit_code, 1);
    for (const auto& c : cases) {
      const std::vector<std::string> said = said_of(c.name, outcome.errors);
      ASSERT_EQ(said.size(), 1U) << c.name << outcome.errors;
      EXPECT_TRUE(said[0].starts_with(c.message)) << said[0];
    }
  }
}

TEST_F(MessagesOfFlags, KeepAStrictNodeFromStarting) {
  add("strict", "2025-05-19", spelled_out("+C"));
  const Outcome outcome = outcome_of("serve", Era::of_2025);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(
      said_of("strict", outcome.errors), std::vector<std::string>{redundant('C', Era::of_2025)}
  );
}

}  // namespace
}  // namespace festina::harness
