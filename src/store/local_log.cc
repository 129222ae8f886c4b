// Appends wait in a queue for the one thread that writes; it takes all that wait, writes them in one transaction, hands
// them to the followers and answers. The database and the followers are behind one lock, so that a follower that joins
// sees every change once.
#include "store/local_log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/guarded.h"
#include "base/sqlite.h"

namespace festina::store {
namespace {

// A kind of change that older programs do not know is a version of its own (docs/formats/change.md).
constexpr std::array<std::string_view, 2> kMigrations = {
    "CREATE TABLE change ("
    "  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, scope TEXT NOT NULL,"
    "  body TEXT NOT NULL, request_id TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;",
    "-- kind zone",
};

constexpr std::size_t kIncarnationDigits = 32;

// An append that waits for its answer. The coroutine and the queue share it: either may be gone first.
struct Append {
  explicit Append(Change appended) : change(std::move(appended)) {}

  Change change;
  Guarded<std::optional<Result<std::uint64_t>>> answer;
  Signal answered;
};
using Group = std::vector<std::shared_ptr<Append>>;

Result<> insert(Statement& statement, const Change& change) {
  statement.bind(0, static_cast<std::int64_t>(change.sequence))
      .bind(1, change.at.time_since_epoch().count())
      .bind(2, name(change.kind))
      .bind(3, change.scope)
      .bind(4, change.body)
      .bind(5, change.request_id);
  const auto done = statement.step();
  statement.reset();
  if (!done) return done.error();
  return {};
}

Result<std::optional<std::uint64_t>> sequence_of(
    Statement& statement, std::string_view request_id
) {
  statement.bind(0, request_id);
  const auto row = statement.step();
  if (!row) return row.error();
  std::optional<std::uint64_t> sequence;
  if (*row) sequence = static_cast<std::uint64_t>(statement.number(0));
  statement.reset();
  return sequence;
}

// Gives every change its sequence and makes the new ones, which it returns in order, durable: all or none.
Result<std::vector<const Change*>> write(
    Database& database, const Group& group, std::uint64_t head, TimePoint now
) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  auto known = database.prepare("SELECT seq FROM change WHERE request_id = ?");
  if (!known) return known.error();
  auto fresh = database.prepare("INSERT INTO change VALUES (?, ?, ?, ?, ?, ?)");
  if (!fresh) return fresh.error();

  std::vector<const Change*> written;
  for (const auto& append : group) {
    Change& change = append->change;
    const auto sequence = sequence_of(*known, change.request_id);
    if (!sequence) return sequence.error();
    change.sequence = sequence->value_or(head + written.size() + 1);
    if (*sequence) continue;
    change.at = now;
    const auto inserted = insert(*fresh, change);
    if (!inserted) return inserted.error();
    written.push_back(&change);
  }
  const auto committed = transaction->commit();
  if (!committed) return committed.error();
  return written;
}

Result<Change> change_in(const Statement& row) {
  const auto kind = change_kind(row.text(2));
  if (!kind) {
    return Error{
        ErrorCode::malformed, Side::self, "change of unknown kind " + std::string(row.text(2))
    };
  }
  return Change{
      .sequence = static_cast<std::uint64_t>(row.number(0)),
      .at = TimePoint(std::chrono::milliseconds(row.number(1))),
      .kind = *kind,
      .scope = std::string(row.text(3)),
      .body = std::string(row.text(4)),
      .request_id = std::string(row.text(5)),
  };
}

Result<std::uint64_t> last_sequence(Database& database) {
  auto statement = database.prepare("SELECT coalesce(max(seq), 0) FROM change");
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  return static_cast<std::uint64_t>(statement->number(0));
}

Result<std::string> remember(Database& database, std::string_view name, std::string_view fresh) {
  auto store = database.prepare("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING");
  if (!store) return store.error();
  const auto stored = store->bind(0, name).bind(1, fresh).step();
  if (!stored) return stored.error();
  auto find = database.prepare("SELECT value FROM meta WHERE name = ?");
  if (!find) return find.error();
  const auto found = find->bind(0, name).step();
  if (!found) return found.error();
  check(*found, "what was just stored is found");
  return std::string(find->text(0));
}

}  // namespace

struct LocalLog::State {
  struct Log {
    Database database;
    std::vector<std::function<void(const Change&)>> followers;
  };

  State(Database database, std::uint64_t last, std::string born_as, const Clock& time)
      : log(Log{std::move(database), {}}),
        head(last),
        incarnation(std::move(born_as)),
        clock(time) {}

  void run(const std::stop_token& stop) {
    for (Group group = next_group(stop); !group.empty(); group = next_group(stop))
      append_all(group);
  }

  // What waits now, or the first that comes. Empty when the log is to stop and nothing waits.
  Group next_group(const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    arrived.wait(lock, stop, [this] { return !waiting.empty(); });
    Group group;
    while (!waiting.empty() && group.size() < kMaxGroupedAppends) {
      group.push_back(std::move(waiting.front()));
      waiting.pop_front();
    }
    return group;
  }

  void append_all(const Group& group) {
    const Result<> done = log.with([&](Log& open) -> Result<> {
      const auto written = write(open.database, group, head, clock.wall());
      if (!written) return written.error();
      head += written->size();
      for (const Change* change : *written) {
        for (const auto& follower : open.followers) follower(*change);
      }
      return {};
    });
    for (const auto& append : group) {
      append->answer.with([&](auto& answer) {
        answer = done ? Result<std::uint64_t>(append->change.sequence) : done.error();
      });
      append->answered.notify();
    }
  }

  Guarded<Log> log;
  std::atomic<std::uint64_t> head;
  const std::string incarnation;
  const Clock& clock;
  std::mutex mutex;
  std::condition_variable_any arrived;
  std::deque<std::shared_ptr<Append>> waiting;  // under mutex
  std::jthread writer{[this](const std::stop_token& stop) { run(stop); }};
};

Result<std::unique_ptr<LocalLog>> LocalLog::open(const std::string& path, const Clock& clock) {
  auto database = Database::open(path, kMigrations);
  if (!database) return database.error();
  const auto head = last_sequence(*database);
  if (!head) return head.error();
  auto incarnation = remember(*database, "incarnation", random_hex(kIncarnationDigits));
  if (!incarnation) return incarnation.error();
  auto state = std::make_unique<State>(*std::move(database), *head, *std::move(incarnation), clock);
  return std::unique_ptr<LocalLog>(new LocalLog(std::move(state)));
}

LocalLog::LocalLog(std::unique_ptr<State> state) : state_(std::move(state)) {}

LocalLog::~LocalLog() = default;

Awaitable<Result<std::uint64_t>> LocalLog::append(Change change) {
  check(!change.request_id.empty(), "every change has a request id");
  const auto append = std::make_shared<Append>(std::move(change));
  {
    const std::lock_guard lock(state_->mutex);
    state_->waiting.push_back(append);
  }
  state_->arrived.notify_one();
  for (;;) {
    const std::uint64_t seen = append->answered.version();
    const auto answer = append->answer.with([](const auto& given) { return given; });
    if (answer) co_return *answer;
    co_await append->answered.wait(seen);
  }
}

Result<> LocalLog::follow(std::uint64_t from, std::function<void(const Change&)> apply) {
  return state_->log.with([&](State::Log& open) -> Result<> {
    auto rows = open.database.prepare(
        "SELECT seq, at, kind, scope, body, request_id FROM change WHERE seq > ? ORDER BY seq"
    );
    if (!rows) return rows.error();
    rows->bind(0, static_cast<std::int64_t>(from));
    for (;;) {
      const auto row = rows->step();
      if (!row) return row.error();
      if (!*row) break;
      const auto change = change_in(*rows);
      if (!change) return change.error();
      apply(*change);
    }
    open.followers.push_back(std::move(apply));
    return {};
  });
}

std::uint64_t LocalLog::head() const { return state_->head; }

// Nothing is ever removed.
std::uint64_t LocalLog::first() const { return head() > 0 ? 1 : 0; }

std::string LocalLog::incarnation() const { return state_->incarnation; }

}  // namespace festina::store
