#include "net/tls.h"

#include <cerrno>
#include <filesystem>
#include <map>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <optional>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "base/cidr.h"
#include "base/guarded.h"
#include "base/log.h"
#include "base/text.h"

namespace festina::net {

namespace {

// A protocol list as ALPN writes it: each name behind its length (RFC 7301 §3.1).
constexpr std::string_view kAlpn = "\x08http/1.1";
// Of TLS 1.2; those of TLS 1.3 are all good.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kSessionContext = "festina";

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

Error file_error(const std::string& file, std::string_view why, ErrorCode code) {
  return {code, Side::self, file + ": " + std::string(why)};
}

// Can the file be read at all? OpenSSL tells it less well.
Result<> check_readable(const std::string& file) {
  if (::access(file.c_str(), R_OK) == 0) return Result<>();
  const int error = errno;
  const auto code = error == EACCES ? ErrorCode::permission_denied : ErrorCode::not_found;
  return file_error(file, std::generic_category().message(error), code);
}

// No passphrase is ever asked for on a terminal.
int refuse_passphrase(char*, int, int, void*) { return -1; }

Context common_context(const SSL_METHOD* method) {
  Context context(SSL_CTX_new(method));
  check(context != nullptr, "OpenSSL has memory for a context");
  SSL_CTX* made = context.get();
  check(SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION) == 1, "OpenSSL knows TLS 1.2");
  check(SSL_CTX_set_cipher_list(made, kCiphers) == 1, "OpenSSL knows the ciphers we name");
  SSL_CTX_set_options(made, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // One record per write and from any memory; the buffers of connections that idle are given back.
  SSL_CTX_set_mode(
      made,
      SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
  );
  SSL_CTX_set_read_ahead(made, 1);
  SSL_CTX_set_default_passwd_cb(made, refuse_passphrase);
  return context;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* chosen = nullptr;
  const int verdict = SSL_select_next_proto(
      &chosen,
      out_size,
      reinterpret_cast<const unsigned char*>(kAlpn.data()),
      static_cast<unsigned int>(kAlpn.size()),
      offered,
      offered_size
  );
  *out = chosen;
  // Who speaks none of ours would not understand the answer (RFC 7301 §3.2).
  return verdict == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Context server_context() {
  Context context = common_context(TLS_server_method());
  SSL_CTX* made = context.get();
  SSL_CTX_set_options(made, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_alpn_select_cb(made, choose_protocol, nullptr);
  SSL_CTX_set_session_id_context(
      made,
      reinterpret_cast<const unsigned char*>(kSessionContext.data()),
      static_cast<unsigned int>(kSessionContext.size())
  );
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);  // tickets keep the sessions
  return context;
}

Result<> use_certificate(SSL_CTX* context, const CertificateFiles& files) {
  for (const std::string& file : {files.certificate, files.key}) {
    const Result<> readable = check_readable(file);
    if (!readable) return readable;
  }
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return file_error(files.certificate, "holds no PEM certificate", ErrorCode::malformed);
  }
  const int used = SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM);
  const bool is_mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
  if (used != 1 && !is_mismatch) {
    const std::string_view why = "holds no PEM private key, or one with a passphrase";
    return file_error(files.key, why, ErrorCode::malformed);
  }
  // A key of another kind than the certificate's is found out only here.
  if (used != 1 || SSL_CTX_check_private_key(context) != 1) {
    const std::string why = "is not the key of " + files.certificate;
    return file_error(files.key, why, ErrorCode::conflict);
  }
  return Result<>();
}

void warn_of_time(const X509* certificate, const std::string& file) {
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
    log::warn("tls.certificate_expired", {{"file", file}});
  }
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
    log::warn("tls.certificate_not_yet_valid", {{"file", file}});
  }
}

// The DNS names that the certificate is for, in lower case.
std::vector<std::string> dns_names(const X509* certificate) {
  std::vector<std::string> names;
  auto* found = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)
  );
  for (int i = 0; i < sk_GENERAL_NAME_num(found); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(found, i);
    if (name->type != GEN_DNS) continue;
    const auto* text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName));
    names.push_back(lower({text, size}));
  }
  GENERAL_NAMES_free(found);
  return names;
}

}  // namespace

struct TlsServer::State {
  std::vector<Context> contexts;  // in the order of their certificates
  std::map<std::string, SSL_CTX*, std::less<>> by_name;

  Result<> add(const CertificateFiles& files) {
    Context context = server_context();
    const Result<> used = use_certificate(context.get(), files);
    if (!used) return used;
    const X509* certificate = SSL_CTX_get0_certificate(context.get());
    warn_of_time(certificate, files.certificate);
    for (std::string& name : dns_names(certificate)) {
      by_name.emplace(std::move(name), context.get());
    }
    contexts.push_back(std::move(context));
    return Result<>();
  }

  // The context for a name that a client asks for; null when no certificate is for it.
  SSL_CTX* find(std::string_view asked) const {
    if (asked.ends_with('.')) asked.remove_suffix(1);
    const std::string name = lower(asked);
    auto found = by_name.find(name);
    const std::size_t dot = name.find('.');
    if (found == by_name.end() && dot != std::string::npos) {
      found = by_name.find("*" + name.substr(dot));
    }
    return found == by_name.end() ? nullptr : found->second;
  }

  // What OpenSSL calls with the state as its argument. An unknown name is served by the default (RFC 6066 §3 allows it).
  static int choose_certificate(SSL* ssl, int*, void* argument) {
    const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    SSL_CTX* context = asked == nullptr ? nullptr : static_cast<State*>(argument)->find(asked);
    if (context != nullptr) SSL_set_SSL_CTX(ssl, context);
    return SSL_TLSEXT_ERR_OK;
  }
};

TlsServer::TlsServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
TlsServer::~TlsServer() = default;

Result<std::shared_ptr<const TlsServer>> TlsServer::load(std::span<const CertificateFiles> files) {
  if (files.empty()) return Error{ErrorCode::not_found, Side::self, "TLS needs a certificate"};
  auto state = std::make_shared<State>();
  for (const CertificateFiles& pair : files) {
    const Result<> added = state->add(pair);
    if (!added) return added.error();
  }
  SSL_CTX* first = state->contexts.front().get();
  SSL_CTX_set_tlsext_servername_callback(first, State::choose_certificate);
  SSL_CTX_set_tlsext_servername_arg(first, state.get());
  return std::shared_ptr<const TlsServer>(new TlsServer(std::move(state)));
}

std::unique_ptr<TlsSession> TlsServer::session() const {
  TlsSession::Handle ssl(SSL_new(state_->contexts.front().get()));
  check(ssl != nullptr, "OpenSSL has memory for a connection");
  SSL_set_accept_state(ssl.get());
  return std::make_unique<TlsSession>(std::move(ssl), Side::client, state_);
}

struct TlsClient::State {
  Context context = common_context(TLS_client_method());
};

TlsClient::TlsClient(std::shared_ptr<State> state) : state_(std::move(state)) {}
TlsClient::~TlsClient() = default;

Result<std::shared_ptr<const TlsClient>> TlsClient::load(const std::string& ca_file) {
  auto state = std::make_shared<State>();
  SSL_CTX* context = state->context.get();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // connections are kept instead
  // A file may hold an intermediate, or the very certificate that an origin has made for itself.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  if (ca_file.empty()) {
    check(SSL_CTX_set_default_verify_paths(context) == 1, "OpenSSL has memory for its paths");
  } else {
    const Result<> readable = check_readable(ca_file);
    if (!readable) return readable.error();
    if (SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1) {
      return file_error(ca_file, "holds no PEM certificate", ErrorCode::malformed);
    }
  }
  return std::shared_ptr<const TlsClient>(new TlsClient(std::move(state)));
}

std::unique_ptr<TlsSession> TlsClient::session(const std::string& server_name, Side side) const {
  check(!server_name.empty(), "whom a certificate must name is known");
  TlsSession::Handle ssl(SSL_new(state_->context.get()));
  check(ssl != nullptr, "OpenSSL has memory for a connection");
  SSL_set_connect_state(ssl.get());
  SSL_set_alpn_protos(
      ssl.get(),
      reinterpret_cast<const unsigned char*>(kAlpn.data()),
      static_cast<unsigned int>(kAlpn.size())
  );
  X509_VERIFY_PARAM* expected = SSL_get0_param(ssl.get());
  // A name stands in the alternative names and nowhere else, and a wildcard for a whole label (RFC 9110 §4.3.4).
  X509_VERIFY_PARAM_set_hostflags(
      expected, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS
  );
  const bool is_address = address_bytes(server_name).has_value();
  const int set =
      is_address ? X509_VERIFY_PARAM_set1_ip_asc(expected, server_name.c_str())
                 : X509_VERIFY_PARAM_set1_host(expected, server_name.data(), server_name.size());
  check(set == 1, "OpenSSL takes the name");
  if (!is_address) SSL_set_tlsext_host_name(ssl.get(), server_name.c_str());
  return std::make_unique<TlsSession>(std::move(ssl), side, state_);
}

struct TlsClients::State {
  using FileTime = std::filesystem::file_time_type;
  struct Loaded {
    std::shared_ptr<const TlsClient> client;
    FileTime changed;
  };
  Guarded<std::map<std::string, Loaded>> loaded;

  // When the file was written last; the same for every time it can not be asked.
  static FileTime changed(const std::string& ca_file) {
    std::error_code ec;
    const FileTime time = std::filesystem::last_write_time(ca_file, ec);
    return ec ? FileTime() : time;
  }
};

TlsClients::TlsClients() : state_(std::make_unique<State>()) {}
TlsClients::~TlsClients() = default;

Result<std::shared_ptr<const TlsClient>> TlsClients::trusting(const std::string& ca_file) {
  const auto changed = State::changed(ca_file);
  auto known = state_->loaded.with([&](auto& loaded) -> std::shared_ptr<const TlsClient> {
    const auto found = loaded.find(ca_file);
    const bool is_current = found != loaded.end() && found->second.changed == changed;
    return is_current ? found->second.client : nullptr;
  });
  if (known) return known;
  auto client = TlsClient::load(ca_file);
  if (!client) return client.error();
  state_->loaded.with([&](auto& loaded) { loaded[ca_file] = {*client, changed}; });
  return client;
}

}  // namespace festina::net
