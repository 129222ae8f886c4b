// Request smuggling: whatever a client sends, each origin receives exactly the requests we accepted, and reads them as we
// did. Corpus: tests/corpora/smuggling.
#include <algorithm>
#include <cctype>
#include <optional>

#include "harness/careless_origin.h"
#include "harness/corpus.h"
#include "harness/scenario.h"
#include "harness/soak.h"

namespace festina::harness {
namespace {

using Believes = CarelessOrigin::Believes;

// A request as it arrived at an origin, read by the letter.
struct Arrived {
  std::string method;
  std::string target;
  Fields fields;
  std::string body;

  std::vector<std::string> values(std::string_view name) const {
    std::vector<std::string> found;
    for (const auto& [key, value] : fields) {
      const bool same = std::ranges::equal(key, name, [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
      });
      if (same) found.push_back(value);
    }
    return found;
  }
};

// Reads requests that leave no room for doubt: CRLF only, one space, one Host, at most one framing field of the plainest
// form, no extension, no trailer, nothing that concerns a connection. Anything else ends the reading.
class StrictReader {
 public:
  explicit StrictReader(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  std::optional<Arrived> next() {
    Arrived request;
    if (!read_request_line(request) || !read_fields(request) || !is_plain(request))
      return std::nullopt;
    const auto lengths = request.values("Content-Length");
    const bool chunked = !request.values("Transfer-Encoding").empty();
    const bool read = chunked           ? read_chunks(request)
                      : lengths.empty() ? true
                                        : take(std::stoul(lengths[0]), request.body);
    return read ? std::optional(request) : std::nullopt;
  }

 private:
  std::optional<std::string> line() {
    const std::size_t end = rest_.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    std::string text(rest_.substr(0, end));
    if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return std::nullopt;
    rest_.remove_prefix(end + 2);
    return text;
  }

  bool take(std::size_t count, std::string& body) {
    if (rest_.size() < count) return false;
    body.append(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return true;
  }

  bool read_request_line(Arrived& request) {
    const auto text = line();
    if (!text) return false;
    const std::size_t first = text->find(' ');
    const std::size_t second = text->find(' ', first + 1);
    if (second == std::string::npos || text->substr(second) != " HTTP/1.1") return false;
    request.method = text->substr(0, first);
    request.target = text->substr(first + 1, second - first - 1);
    return request.target.starts_with("/") && !request.target.starts_with("//");
  }

  bool read_fields(Arrived& request) {
    for (;;) {
      const auto text = line();
      if (!text) return false;
      if (text->empty()) return true;
      const std::size_t colon = text->find(": ");
      const std::string name = text->substr(0, std::min(colon, text->size()));
      const bool is_name = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-';
      });
      if (colon == std::string::npos || !is_name) return false;
      request.fields.emplace_back(name, text->substr(colon + 2));
    }
  }

  static bool is_plain(const Arrived& request) {
    const auto lengths = request.values("Content-Length");
    const auto codings = request.values("Transfer-Encoding");
    const bool plain_length =
        lengths.empty() || (!lengths[0].empty() && std::ranges::all_of(lengths[0], [](char c) {
          return c >= '0' && c <= '9';
        }));
    const bool plain_coding = codings.empty() || codings[0] == "chunked";
    bool is_for_one_hop = false;
    for (const std::string_view name :
         {"Connection",
          "Keep-Alive",
          "Proxy-Connection",
          "TE",
          "Trailer",
          "Upgrade",
          "HTTP2-Settings",
          "Expect",
          "X-Hop"}) {
      is_for_one_hop = is_for_one_hop || !request.values(name).empty();
    }
    return request.values("Host").size() == 1 && lengths.size() + codings.size() <= 1 &&
           plain_length && plain_coding && !is_for_one_hop;
  }

  bool read_chunks(Arrived& request) {
    for (;;) {
      const auto size = line();
      const bool is_size =
          size && !size->empty() &&
          std::ranges::all_of(*size, [](unsigned char c) { return std::isxdigit(c) != 0; });
      if (!is_size) return false;
      const std::size_t count = std::stoul(*size, nullptr, 16);
      if (!take(count, request.body) || line() != "") return false;
      if (count == 0) return true;
    }
  }

  std::string_view rest_;
};

struct Target {
  const char* host;
  CarelessOrigin* origin;
};

class Smuggling : public testing::Test {
 protected:
  Smuggling()
      : edge_(
            files_, edge_for(
                        zone_toml("length.example", believes_length_.url()) +
                        zone_toml("coding.example", believes_coding_.url())
                    )
        ) {}

  // Returns when nothing sent before can still be on its way: a request over a connection of its own was answered.
  void settle(const Target& target) {
    const Answer marked = edge_.get("http://" + std::string(target.host) + "/marker");
    EXPECT_EQ(marked.status, 200);
  }

  // Adds the requests of one connection. Fails where its bytes are in doubt.
  static void read_into(std::vector<Arrived>& requests, std::string_view bytes) {
    StrictReader reader(bytes);
    while (!reader.at_end()) {
      const auto request = reader.next();
      if (!request) {
        ADD_FAILURE() << "in doubt at the origin: " << reader.rest();
        break;
      }
      if (request->target != "/marker") requests.push_back(*request);
    }
  }

  // What the origin received since the last call. Fails where the bytes are in doubt.
  std::vector<Arrived> received_by(const Target& target) {
    settle(target);
    std::vector<Arrived> requests;
    for (const std::string& bytes : target.origin->take_received()) read_into(requests, bytes);
    return requests;
  }

  std::vector<Target> targets() {
    return {{"length.example", &believes_length_}, {"coding.example", &believes_coding_}};
  }

  // Sends the bytes, at once or cut at `cut`, and a request behind them. The statuses of all answers.
  std::vector<int> statuses(const std::string& bytes, std::string_view host, std::size_t cut) {
    Connection client(edge_.listener());
    const std::string all =
        bytes + "GET /behind HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
    client.send(std::string_view(all).substr(0, cut));
    client.send(std::string_view(all).substr(cut));
    client.end_sending();
    std::vector<int> all_statuses;
    for (Answer answer = client.read(); answer.status != 0; answer = client.read()) {
      all_statuses.push_back(answer.status);
      const bool refused = answer.status >= 400;
      EXPECT_EQ(answer.field("Connection"), refused ? "close" : "");
    }
    return all_statuses;
  }

  void expect_refused(const CorpusCase& each, const Target& target) {
    const std::string bytes = for_host(each.bytes, target.host);
    EXPECT_EQ(statuses(bytes, target.host, 0), std::vector{each.number})
        << "one answer, and nothing behind it";
    EXPECT_TRUE(received_by(target).empty()) << "nothing was forwarded";

    // A body that turns bad behind its beginning may have been begun, but never ends.
    for (const std::size_t cut : {bytes.size() / 2, bytes.size()}) {
      const std::size_t before = target.origin->requests();
      EXPECT_EQ(statuses(bytes, target.host, cut), std::vector{each.number}) << "cut at " << cut;
      settle(target);
      EXPECT_EQ(target.origin->requests(), before + 1) << "no more than the settling one";
      target.origin->take_received();
    }
  }

  void expect_taken(const CorpusCase& each, const Target& target) {
    const std::size_t before = target.origin->requests();
    const auto seen = statuses(for_host(each.bytes, target.host), target.host, 0);
    const auto count = static_cast<std::size_t>(each.number) + 1;  // and the request behind it
    EXPECT_EQ(seen, std::vector<int>(count, 200));
    EXPECT_EQ(target.origin->requests() - before, count) << "as this origin reads them";

    const auto requests = received_by(target);
    ASSERT_EQ(requests.size(), count);
    EXPECT_EQ(requests.back().target, "/behind");
    for (const Arrived& request : requests)
      EXPECT_TRUE(request.values("Host")[0].ends_with(target.host)) << request.values("Host")[0];
  }

  void expect_its_verdict(const CorpusCase& each) {
    for (const Target& target : targets()) {
      SCOPED_TRACE(each.place + ": " + each.why + ", at " + target.host);
      if (each.verdict == "taken") expect_taken(each, target);
      if (each.verdict == "refused") expect_refused(each, target);
    }
  }

  CarelessOrigin believes_length_{Believes::the_length};
  CarelessOrigin believes_coding_{Believes::the_coding};
  TempDir files_;
  Edge edge_;
};

TEST_F(Smuggling, OriginsReceiveExactlyTheRequestsThatWereAccepted) {
  const auto cases = corpus("smuggling");
  ASSERT_GT(cases.size(), 100U);
  for (int round = 0; round < soaking_or(20, 1); ++round) {
    for (const CorpusCase& each : cases) {
      ASSERT_TRUE(each.verdict == "refused" || each.verdict == "taken") << each.place;
      expect_its_verdict(each);
    }
  }
}

TEST_F(Smuggling, BodiesThatTurnBadOnTheWayNeverReachTheirEnd) {
  for (const std::string_view bad :
       {"2\nhi\r\n0\r\n\r\n",
        "-2\r\nhi\r\n0\r\n\r\n",
        "2;a=\"\n\"\r\nhi\r\n0\r\n\r\n",
        "0\r\nContent-Length: 1\r\n\r\n",
        "0\r\nX: y\r\n z\r\n\r\n"}) {
    for (const Target& target : targets()) {
      SCOPED_TRACE(std::string(bad) + " at " + target.host);
      const std::size_t before = target.origin->requests();
      Connection client(edge_.listener());
      client.send(
          "POST /bad HTTP/1.1\r\nHost: " + std::string(target.host) +
          "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"
      );
      target.origin->await_received("first");  // the request is on its way

      client.send(std::string(bad) + "GET /behind HTTP/1.1\r\nHost: length.example\r\n\r\n");
      client.end_sending();

      const Answer answer = client.read();
      EXPECT_EQ(answer.status, 400);
      EXPECT_EQ(answer.field("Connection"), "close");
      EXPECT_EQ(client.read().status, 0);
      target.origin->await_closed();
      EXPECT_EQ(target.origin->requests(), before) << "the origin never saw the request's end";
      target.origin->take_received();
    }
  }
}

TEST_F(Smuggling, TraceAndForeignSchemesAreRefusedWithoutHarmToTheConnection) {
  Connection client(edge_.listener());
  client.send("TRACE /t HTTP/1.1\r\nHost: length.example\r\n\r\n");
  const Answer trace = client.read();
  EXPECT_EQ(trace.status, 405);
  EXPECT_NE(trace.field("Allow").find("GET"), std::string::npos);

  client.send("GET https://length.example/s HTTP/1.1\r\nHost: length.example\r\n\r\n");
  EXPECT_EQ(client.read().status, 421) << "claims a TLS it does not have (RFC 9110 §7.4)";

  client.send("GET /fine HTTP/1.1\r\nHost: length.example\r\n\r\n");
  EXPECT_EQ(client.read().status, 200);
  const auto requests = received_by(targets()[0]);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].target, "/fine");
}

TEST_F(Smuggling, ClientsSpeakForNobodyButThemselves) {
  const Ask ask{
      .method = "GET",
      .fields =
          {{"CF-Connecting-IP", "192.0.2.66"},
           {"CF_Connecting_IP", "192.0.2.66"},
           {"X_Forwarded_For", "192.0.2.66"},
           {"CF-Ray", "0000000000000000-XXX"},
           {"X-Festina-Src", "192.0.2.66"},
           {"Connection", "cf-connecting-ip, x-forwarded-for, cf-ray, host, cdn-loop"}},
      .body = {}
  };
  EXPECT_EQ(edge_.get("http://length.example/who", ask).status, 200);

  const auto requests = received_by(targets()[0]);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].values("CF-Connecting-IP"), std::vector<std::string>{"127.0.0.1"});
  EXPECT_EQ(requests[0].values("X-Forwarded-For"), std::vector<std::string>{"127.0.0.1"});
  EXPECT_EQ(requests[0].values("CF-Ray").size(), 1U);
  EXPECT_EQ(requests[0].values("CDN-Loop").size(), 1U);
  for (const auto& [name, value] : requests[0].fields)
    EXPECT_EQ(value.find("192.0.2.66"), std::string::npos) << name;
}

}  // namespace
}  // namespace festina::harness
