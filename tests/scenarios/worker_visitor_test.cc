// What a Worker is told of who asks: request.cf, and the fields of its header (reference §13).
#include "base/json.h"
#include "harness/scenario.h"
#include "net/certificates.h"
#include "net/mmdb.h"

namespace festina::harness {
namespace {

constexpr std::string_view kWrangler = R"(
name = "mirror"
main = "index.js"
compatibility_date = "2026-11-17"
routes = [{ pattern = "example.com/w/*", zone_name = "example.com" }]
)";

constexpr std::string_view kScript = R"js(
export default {
  async fetch(request) {
    const seen = { cf: request.cf, headers: Object.fromEntries(request.headers) };
    const what = new URL(request.url).pathname.split("/").pop();
    return Response.json(seen[what], { headers: { "Cache-Control": "no-transform" } });
  },
};
)js";

json::Object sao_paulo() {
  const auto named = [](std::string_view name) { return json::Object{{"en", name}}; };
  return {
      {"continent", json::Object{{"code", "SA"}}},
      {"country", json::Object{{"iso_code", "BR"}}},
      {"subdivisions", json::Array{json::Object{{"iso_code", "SP"}, {"names", named("São Paulo")}}}
      },
      {"city", json::Object{{"names", named("São Paulo")}}},
      {"postal", json::Object{{"code", "01000"}}},
      {"location",
       json::Object{
           {"latitude", -23.5475}, {"longitude", -46.6361}, {"time_zone", "America/Sao_Paulo"}
       }},
      {"autonomous_system_number", 64500},
      {"autonomous_system_organization", "Example Net"}
  };
}
constexpr std::string_view kPlace =
    R"("country":"BR","continent":"SA","region":"São Paulo","regionCode":"SP","city":"São Paulo",)"
    R"("postalCode":"01000","latitude":"-23.54750","longitude":"-46.63610",)"
    R"("timezone":"America/Sao_Paulo","asn":64500,"asOrganization":"Example Net")";

EdgeOptions options(const std::string& colos, const std::string& trusted) {
  EdgeOptions options;
  options.zones = "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n";
  options.colos = colos;
  options.more = "[network]\ngeoip = \"places.mmdb\"\n" + trusted;
  return options;
}

class WorkerVisitor : public SiteScenario {
 protected:
  explicit WorkerVisitor(
      const std::string& colos = EdgeOptions().colos, const std::string& trusted = {}
  )
      : SiteScenario(
            options(colos, trusted), {{"worker/wrangler.toml", kWrangler},
                                      {"worker/index.js", kScript},
                                      {"places.mmdb", places()},
                                      {"site.pem", certificate().certificate},
                                      {"site.key", certificate().key}}
        ) {}

  // request.cf, without the time a packet takes.
  std::string cf(const Fields& fields) const {
    const auto seen =
        json::parse(edge.get(kSite + "/w/cf", {.method = "GET", .fields = fields, .body = {}}).body
        );
    json::Object object = seen.value().as_object();
    if (const auto* rtt = object.if_contains("clientTcpRtt")) {
      EXPECT_LT(rtt->as_int64(), 1000) << "of the loopback interface";
      object.erase("clientTcpRtt");
    }
    return json::to_text(object);
  }

 private:
  static std::string_view places() {
    static const std::string kFile = net::testing::mmdb(
        {{"127.0.0.0/8", sao_paulo()}, {"192.0.2.0/24", sao_paulo()}}, "GeoIP2-Enterprise"
    );
    return kFile;
  }
  static const net::certificates::Pem& certificate() {
    static const net::certificates::Pem kPem =
        net::certificates::Authority().issue({.names = {"127.0.0.1", "example.com"}});
    return kPem;
  }
};

TEST_F(WorkerVisitor, IsKnownByPlaceNetworkAndConnection) {
  EXPECT_EQ(
      cf({{"Accept-Encoding", "gzip, deflate, br"}, {"CF-Blob", R"({"city":"Rome"})"}}),
      R"({"colo":"FRA",)" + std::string(kPlace) +
          R"(,"httpProtocol":"HTTP/1.1","tlsVersion":"","tlsCipher":"",)"
          R"("clientAcceptEncoding":"gzip, deflate, br"})"
  );
}

TEST_F(WorkerVisitor, IsShownByTheFieldsOfTheReference) {  // reference §13.2
  const Fields said = {
      {"Accept-Encoding", "zstd"},
      {"CDN-Loop", "elsewhere"},
      {"True-Client-IP", "192.0.2.1"},
      {"X-Forwarded-For", "192.0.2.1"}
  };
  const auto seen =
      json::parse(edge.get(kSite + "/w/headers", {.method = "GET", .fields = said, .body = {}}).body
      );
  const json::Object headers = seen.value().as_object();
  EXPECT_EQ(headers.at("accept-encoding"), "br, gzip") << "the client's own is in request.cf";
  EXPECT_EQ(headers.at("cdn-loop"), "elsewhere, festina");
  EXPECT_EQ(headers.at("cf-connecting-ip"), "127.0.0.1");
  EXPECT_EQ(headers.at("x-forwarded-for"), "192.0.2.1, 127.0.0.1");
  EXPECT_EQ(headers.at("x-forwarded-proto"), "http");
  EXPECT_EQ(headers.at("cf-visitor"), R"({"scheme":"http"})");
  EXPECT_EQ(headers.at("cf-ipcountry"), "BR");
  EXPECT_FALSE(headers.contains("true-client-ip")) << "of the enterprise plan";
  EXPECT_FALSE(headers.contains("cf-blob"));
  EXPECT_EQ(headers.at("cf-ray").as_string().size(), 16U);
}

class WorkerVisitorOverTls : public WorkerVisitor {
 protected:
  WorkerVisitorOverTls()
      : WorkerVisitor(
            "[[colos]]\nname = \"FRA\"\nlisten = [\"https://127.0.0.1:0\"]\n"
            "tls = [{ certificate = \"site.pem\", key = \"site.key\" }]\n"
        ) {}
};

TEST_F(WorkerVisitorOverTls, IsKnownByItsCipher) {
  const std::string seen = cf({});
  EXPECT_NE(
      seen.find(R"("httpProtocol":"HTTP/1.1","tlsVersion":"TLSv1.3","tlsCipher":"AEAD-)"),
      std::string::npos
  ) << seen;
}

class WorkerVisitorBehindAProxy : public WorkerVisitor {
 protected:
  WorkerVisitorBehindAProxy()
      : WorkerVisitor(EdgeOptions().colos, "trusted_proxies = [\"127.0.0.0/8\"]\n") {}
};

TEST_F(WorkerVisitorBehindAProxy, IsNotTakenForTheProxy) {
  EXPECT_EQ(cf({{"X-Forwarded-For", "192.0.2.7"}}), R"({"colo":"FRA",)" + std::string(kPlace) + "}")
      << "nobody knows its connection";
  EXPECT_EQ(cf({{"X-Forwarded-For", "198.51.100.1"}}), R"({"colo":"FRA","country":"DE"})")
      << "nor this one's place";
}

}  // namespace
}  // namespace festina::harness
