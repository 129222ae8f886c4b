#include "zone/zone_store.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace festina::zone {
namespace {

constexpr std::array<std::string_view, 1> kMigrations = {
    "CREATE TABLE part ("
    "  zone TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, seq INTEGER NOT NULL,"
    "  PRIMARY KEY (zone, name)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE applied (seq INTEGER NOT NULL) STRICT;"
    "INSERT INTO applied VALUES (0);",
};

// Does the change count, now that this stands there?
bool counts(const PartChange& change, const Parts& parts) {
  if (!change.over) return true;
  const auto stands = parts.find(change.name);
  return *change.over == (stands == parts.end() ? 0 : stands->second.sequence);
}

std::vector<PartChange> those_that_count(
    const std::vector<PartChange>& changes, const Parts& parts
) {
  std::vector<PartChange> counting;
  std::ranges::copy_if(changes, std::back_inserter(counting), [&](const PartChange& change) {
    return counts(change, parts);
  });
  return counting;
}

}  // namespace

Result<ZoneStore> ZoneStore::open(const std::string& path) {
  auto database = Database::open(path, kMigrations);
  if (!database) return database.error();
  ZoneStore store(*std::move(database));
  const Result<> loaded = store.load();
  if (!loaded) return with_detail(loaded.error(), path);
  return store;
}

Result<> ZoneStore::load() {
  auto applied = database_.prepare("SELECT seq FROM applied");
  if (!applied) return applied.error();
  const auto row = applied->step();
  if (!row) return row.error();
  check(*row, "the table of the last sequence has one row");
  applied_ = static_cast<std::uint64_t>(applied->number(0));

  auto parts = database_.prepare("SELECT zone, name, body, seq FROM part");
  if (!parts) return parts.error();
  for (;;) {
    const auto found = parts->step();
    if (!found) return found.error();
    if (!*found) return Result<>();
    zones_[std::string(parts->text(0))].insert_or_assign(
        std::string(parts->text(1)),
        Part{
            .body = std::string(parts->text(2)),
            .sequence = static_cast<std::uint64_t>(parts->number(3))
        }
    );
  }
}

const Parts& ZoneStore::parts_of(std::string_view zone) const {
  static const Parts kNone;
  const auto found = zones_.find(zone);
  return found == zones_.end() ? kNone : found->second;
}

Result<> ZoneStore::apply(
    std::uint64_t sequence, std::string_view zone, const std::vector<PartChange>& changes
) {
  check(sequence > applied_, "changes come in order, each once");
  const std::vector<PartChange> counting = those_that_count(changes, parts_of(zone));
  Result<> written = write(sequence, zone, counting);
  if (!written) return written;
  applied_ = sequence;
  Parts& parts = zones_[std::string(zone)];
  for (const PartChange& change : counting) {
    if (change.body) {
      parts.insert_or_assign(change.name, Part{.body = *change.body, .sequence = sequence});
    } else {
      parts.erase(change.name);
    }
  }
  return Result<>();
}

Result<> ZoneStore::write(
    std::uint64_t sequence, std::string_view zone, const std::vector<PartChange>& changes
) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return transaction.error();
  auto set = database_.prepare("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?)");
  if (!set) return set.error();
  auto remove = database_.prepare("DELETE FROM part WHERE zone = ? AND name = ?");
  if (!remove) return remove.error();
  auto advance = database_.prepare("UPDATE applied SET seq = ?");
  if (!advance) return advance.error();

  const auto number = static_cast<std::int64_t>(sequence);
  for (const PartChange& change : changes) {
    Statement& statement = change.body ? *set : *remove;
    statement.bind(0, zone).bind(1, change.name);
    if (change.body) statement.bind(2, *change.body).bind(3, number);
    const auto done = statement.step();
    if (!done) return done.error();
    statement.reset();
  }
  const auto advanced = advance->bind(0, number).step();
  if (!advanced) return advanced.error();
  return transaction->commit();
}

}  // namespace festina::zone
