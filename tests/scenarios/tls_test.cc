// TLS on both sides: listeners with certificates, origins that are verified.
#include <cstdio>
#include <cstdlib>

#include "harness/scenario.h"
#include "net/certificates.h"

namespace festina::harness {
namespace {

using net::certificates::Authority;
using net::certificates::Pem;

std::string closed_port_url(std::string_view scheme) {
  const Origin gone;
  return std::string(scheme) + gone.url().substr(4);
}

// An https site of our own, and what clients of it trust.
class HttpsSite : public testing::Test {
 protected:
  HttpsSite() : site(files, options(files, origin, authority)) {
    origin.answers("/page", ok("hello"));
  }

  static void write(const TempDir& files, const std::string& name, const Pem& pem) {
    files.write(name + ".pem", pem.certificate);
    files.write(name + ".key", pem.key);
  }
  static EdgeOptions options(const TempDir& files, const Origin& origin, const Authority& signer) {
    write(files, "site", signer.issue({.names = {"127.0.0.1", "localhost"}}));
    write(files, "shop", signer.issue({.names = {"*.shop.example"}}));
    files.write("ca.pem", signer.certificate());
    EdgeOptions options =
        edge_for(zone_toml("example.com", origin.url()) + zone_toml("shop.example", origin.url()));
    options.colos =
        "[[colos]]\nname = \"FRA\"\ncountry = \"DE\"\nlisten = [\"https://127.0.0.1:0\"]\n"
        "tls = [{ certificate = \"site.pem\", key = \"site.key\" }, { certificate = \"shop.pem\", "
        "key = \"shop.key\" }]\n";
    return options;
  }
  // An edge in front of the site: an https origin, given as TOML.
  EdgeOptions front(const std::string& origins, const std::string& more = {}) const {
    return edge_for(
        "[[zones]]\nname = \"example.com\"\norigin = " + origins +
        "\ntimeouts = { connect = \"2s\" }\n" + more + "\n"
    );
  }
  std::string quoted_site() const { return "\"" + site.listener() + "\""; }
  std::string ca() const { return "origin_ca = \"" + files.path() + "/ca.pem\""; }
  // What another program's TLS makes of a host of the site; empty when it refuses.
  std::string curl(const std::string& host) const {
    const std::string port = site.listener().substr(site.listener().rfind(':') + 1);
    const std::string command = "curl -s --noproxy '*' --max-time 20 --cacert " + files.path() +
                                "/ca.pem --connect-to '::127.0.0.1:" + port + "' https://" + host +
                                "/page";
    std::string output;
    FILE* pipe = ::popen(command.c_str(), "r");
    char bytes[4096];
    for (std::size_t n = 0; (n = ::fread(bytes, 1, sizeof bytes, pipe)) > 0;)
      output.append(bytes, n);
    ::pclose(pipe);
    return output;
  }

  Authority authority;
  Origin origin;
  TempDir files;
  Edge site;
  TempDir front_files;
};

TEST_F(HttpsSite, ShowsTheCertificateOfTheNameThatIsAsked) {
  EXPECT_EQ(curl("a.shop.example"), "hello");
  EXPECT_EQ(origin.asked("/page", "CF-Visitor"), "{\"scheme\":\"https\"}");
  EXPECT_EQ(origin.asked("/page", "X-Forwarded-Proto"), "https");
  EXPECT_EQ(origin.asked("/page", "Host"), "a.shop.example");
  EXPECT_EQ(curl("example.com"), "") << "no certificate has that name";
  EXPECT_EQ(origin.requests(), 1U);
}

TEST_F(HttpsSite, IsAnOriginVerifiedAgainstTheZonesAuthorities) {
  const Edge edge(front_files, front(quoted_site(), ca()));
  EXPECT_EQ(edge.get(kSite + "/page").body, "hello");
  EXPECT_EQ(origin.asked("/page", "X-Forwarded-Proto"), "https");
}

TEST_F(HttpsSite, IsNotTrustedWithoutItsAuthority) {
  const Edge edge(front_files, front(quoted_site()));
  const Answer answer = edge.get(kSite + "/page");
  EXPECT_EQ(answer.status, 526) << answer.body;
  EXPECT_EQ(origin.requests(), 0U);
}

TEST_F(HttpsSite, IsNotTrustedUnderAnotherName) {
  const std::string port = site.listener().substr(site.listener().rfind(':'));
  const Edge edge(front_files, front("\"https://127.0.0.2" + port + "\"", ca()));
  EXPECT_EQ(edge.get(kSite + "/page").status, 521) << "nobody listens there";
  const TempDir more_files;
  const Edge named(more_files, front("\"https://other.localhost" + port + "\"", ca()));
  EXPECT_EQ(named.get(kSite + "/page").status, 526);
  EXPECT_EQ(origin.requests(), 0U);
}

TEST_F(HttpsSite, StandsInForAServerThatFailsTls) {
  const Origin plain;
  const std::string list = "[\"" + closed_port_url("https") + "\", \"https" +
                           plain.url().substr(4) + "\", " + quoted_site() + "]";
  const Edge edge(front_files, front(list, ca()));
  const Ask post{.method = "POST", .fields = {}, .body = "order"};
  EXPECT_EQ(edge.get(kSite + "/page", post).body, "hello");
  EXPECT_EQ(plain.requests(), 0U);
}

TEST_F(HttpsSite, IsNeverAskedInTheClear) {
  origin.answers("/page", ok("hello"));
  const TempDir plain_files;
  const Edge plain(plain_files, edge_for(zone_toml("example.com", origin.url())));
  const std::string url = "https" + plain.listener().substr(4);
  const Edge edge(front_files, front("\"" + url + "\"", ca()));
  EXPECT_EQ(edge.get(kSite + "/page").status, 525);
  EXPECT_EQ(origin.requests(), 0U);
}

// What the system's authorities are, for the programs a test starts.
class SystemAuthorities {
 public:
  explicit SystemAuthorities(const std::string& file) {
    ::setenv("SSL_CERT_FILE", file.c_str(), 1);
  }
  ~SystemAuthorities() { ::unsetenv("SSL_CERT_FILE"); }
  SystemAuthorities(const SystemAuthorities&) = delete;
  SystemAuthorities& operator=(const SystemAuthorities&) = delete;
};

TEST_F(HttpsSite, IsReachedByAWorkerAndVerifiedAgainstTheSystemsAuthorities) {
  front_files.write(
      "worker/index.js",
      "export default { fetch(r) { return fetch(new URL(r.url).searchParams.get('u')); } };\n"
  );
  front_files.write(
      "worker/wrangler.toml",
      "name = \"w\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\nroutes = "
      "[\"front.example/*\"]\n"
  );
  EdgeOptions options = edge_for(
      zone_toml("front.example", origin.url()) +
      "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n"
  );
  options.more = "[workers]\nprivate_network = \"allow\"\n";
  const std::string port = site.listener().substr(site.listener().rfind(':'));
  const std::string request = "http://front.example/?u=https://localhost" + port + "/page";

  const TempDir strict_files;
  for (const char* file : {"worker/index.js", "worker/wrangler.toml"})
    strict_files.write(file, read_file(front_files.path() + "/" + file));
  const Edge strict(strict_files, options);
  EXPECT_EQ(strict.get(request).status, 526);

  const SystemAuthorities trusted(files.path() + "/ca.pem");
  const Edge edge(front_files, options);
  const Answer answer = edge.get(request);  // reached: a host that is no zone there
  EXPECT_EQ(answer.status, 530) << answer.body;
  EXPECT_NE(answer.body.find("Zones here: example.com"), std::string::npos) << answer.body;
}

// A node whose control address other machines may reach.
class HttpsControl : public testing::Test {
 protected:
  HttpsControl() : edge(files, options(files, origin, authority)) {
    origin.answers("/a.css", ok("body", "max-age=600"));
    expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "body");
  }

  static EdgeOptions options(const TempDir& files, const Origin& origin, const Authority& signer) {
    const Pem pem = signer.issue({.names = {"127.0.0.1"}});
    files.write("control.pem", pem.certificate);
    files.write("control.key", pem.key);
    files.write("ca.pem", signer.certificate());
    EdgeOptions options = edge_for(zone_toml("example.com", origin.url()));
    options.control =
        "[control]\nlisten = \"https://127.0.0.1:0\"\ntls = { certificate = \"control.pem\", key = "
        "\"control.key\" }\n";
    return options;
  }
  // `festina purge` of everything, with these options for reaching the node.
  static Outcome purge(std::vector<std::string> reaching) {
    reaching.insert(reaching.begin(), {"purge", "--zone", "example.com", "--everything"});
    return run_festina(reaching);
  }
  void expect_purged(const Outcome& outcome) const {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_EQ(outcome.output, "purged everything in example.com\n");
    expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "body");
  }
  void expect_refused(const Outcome& outcome, const std::string& url) const {
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.output, "");
    EXPECT_NE(outcome.errors.find("no answer from the node at " + url), std::string::npos)
        << outcome.errors;
    EXPECT_NE(outcome.errors.find("--ca names"), std::string::npos) << outcome.errors;
    expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", "body");
  }
  std::string file(const std::string& name) const { return files.path() + "/" + name; }

  Authority authority;
  Origin origin;
  TempDir files;
  Edge edge;
};

TEST_F(HttpsControl, AnswersTheApiThereAndNotInTheClear) {
  ASSERT_TRUE(edge.control().starts_with("https://127.0.0.1:")) << edge.control();
  const Answer zones = edge.api("GET", "/client/v4/zones");
  EXPECT_EQ(zones.status, 200);
  EXPECT_NE(zones.body.find("example.com"), std::string::npos) << zones.body;
  const std::string clear = "http" + edge.control().substr(5);
  EXPECT_EQ(fetch(clear, clear + "/festina/v1/health").status, 0);
}

TEST_F(HttpsControl, IsProvenToCommandsByTheCertificateOfTheirConfiguration) {
  const std::vector<std::string> node = {
      "--config", edge.config_file(), "--control", edge.control()
  };
  std::vector<std::string> explain = {"explain", kSite + "/a.css"};
  explain.insert(explain.end(), node.begin(), node.end());
  const Outcome told = run_festina(explain);
  EXPECT_EQ(told.exit_code, 0) << told.errors;
  EXPECT_NE(told.output.find("GET http://example.com/a.css"), std::string::npos) << told.output;
  expect_purged(purge(node));
}

TEST_F(HttpsControl, IsProvenToCommandsByItsAuthority) {
  expect_purged(purge({"--control", edge.control(), "--token", edge.token(), "--ca", file("ca.pem")}
  ));
}

TEST_F(HttpsControl, IsNotTrustedWithoutProof) {
  const Authority other;
  files.write("other.pem", other.certificate());
  const std::string token = edge.token();
  expect_refused(purge({"--control", edge.control(), "--token", token}), edge.control());
  expect_refused(
      purge({"--control", edge.control(), "--token", token, "--ca", file("other.pem")}),
      edge.control()
  );
  const std::string port = edge.control().substr(edge.control().rfind(':'));
  const std::string elsewhere = "https://localhost" + port;  // a name the certificate has not
  expect_refused(
      purge({"--control", elsewhere, "--token", token, "--ca", file("ca.pem")}), elsewhere
  );
}

TEST(Certificates, ThatDoNotMatchTheirKeyAreRefusedWithTheirPlace) {
  const TempDir files;
  const Authority authority;
  files.write("site.pem", authority.issue({}).certificate);
  files.write("other.key", authority.issue({}).key);
  const std::string config = files.write(
      "festina.toml",
      "[[colos]]\nname = \"FRA\"\nlisten = [\"https://127.0.0.1:0\"]\ntls = { certificate = "
      "\"site.pem\", key = \"other.key\" }\n"
  );
  const Outcome outcome = run_festina({"check", "--config", config});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE((outcome.output + outcome.errors).find("festina.toml:4:7"), std::string::npos)
      << outcome.output << outcome.errors;
}

}  // namespace
}  // namespace festina::harness
