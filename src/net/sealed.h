// Sealed: the other end of a TLS connection, for tests: a blocking socket and OpenSSL, nothing of the code under test.
#pragma once

#include <memory>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "net/certificates.h"

namespace festina::net {

// What a client of a test sends in its hello.
struct Hello {
  std::string server_name = {};            // SNI; empty: none
  std::string protocols = "\x08http/1.1";  // ALPN, as on the wire; empty: none
  int newest = 0;                          // the protocol version; 0: the newest there is
  std::string ciphers = {};                // of TLS 1.2; empty: those of OpenSSL
  SSL_SESSION* resumes = nullptr;          // a session from before
};

// OpenSSL writes to a socket whose peer may be gone. The signal for that is kept from this thread while this lives, and
// only then: the code under test must not need it.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;
  ~NoPipeSignal() {
    const timespec no_time{};
    sigtimedwait(&pipe_, nullptr, &no_time);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
};

class Sealed {
 public:
  // Take over a connected socket, and shake hands. No certificate is verified here.
  static Sealed connect(int socket, const Hello& hello = {}) {
    Sealed made(SSL_CTX_new(TLS_client_method()), socket);
    if (!hello.ciphers.empty()) SSL_set_cipher_list(made.ssl(), hello.ciphers.c_str());
    if (!hello.server_name.empty()) SSL_set_tlsext_host_name(made.ssl(), hello.server_name.c_str());
    if (hello.newest != 0) SSL_set_max_proto_version(made.ssl(), hello.newest);
    const auto* protocols = reinterpret_cast<const unsigned char*>(hello.protocols.data());
    SSL_set_alpn_protos(made.ssl(), protocols, static_cast<unsigned>(hello.protocols.size()));
    if (hello.resumes != nullptr) SSL_set_session(made.ssl(), hello.resumes);
    const NoPipeSignal quiet;
    made.is_up_ = SSL_connect(made.ssl()) == 1;
    return made;
  }
  static Sealed accept(int socket, const certificates::Pem& pem) {
    Sealed made(SSL_CTX_new(TLS_server_method()), socket);
    const certificates::Owned<BIO> certificate(memory(pem.certificate));
    const certificates::Owned<BIO> key(memory(pem.key));
    const certificates::Owned<X509> x509(
        PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr)
    );
    const certificates::Owned<EVP_PKEY> pkey(
        PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr)
    );
    SSL_use_certificate(made.ssl(), x509.get());
    SSL_use_PrivateKey(made.ssl(), pkey.get());
    const NoPipeSignal quiet;
    made.is_up_ = SSL_accept(made.ssl()) == 1;
    return made;
  }
  Sealed(Sealed&& other) noexcept
      : context_(std::move(other.context_)),
        ssl_(std::move(other.ssl_)),
        socket_(std::exchange(other.socket_, -1)),
        is_up_(other.is_up_) {}
  Sealed& operator=(Sealed&&) = delete;
  ~Sealed() { close(); }

  bool is_up() const { return is_up_; }
  std::string version() const { return SSL_get_version(ssl()); }
  bool was_resumed() const { return SSL_session_reused(ssl()) == 1; }
  SSL_SESSION* session() const { return SSL_get_session(ssl()); }
  // Which server name was asked for.
  std::string server_name() const {
    const char* name = SSL_get_servername(ssl(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  // The first DNS name of the server's certificate.
  std::string certificate_name() const {
    const certificates::Owned<X509> shown(SSL_get1_peer_certificate(ssl()));
    if (!shown) return "none";
    auto* names = static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(shown.get(), NID_subject_alt_name, nullptr, nullptr)
    );
    const ASN1_STRING* name = sk_GENERAL_NAME_value(names, 0)->d.dNSName;
    std::string text(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(name)),
        static_cast<std::size_t>(ASN1_STRING_length(name))
    );
    GENERAL_NAMES_free(names);
    return text;
  }

  // False when the peer is gone.
  bool send(std::string_view bytes) {
    const NoPipeSignal quiet;
    ERR_clear_error();
    return SSL_write(ssl(), bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  // Some bytes; none when the connection has ended.
  std::string receive_some() {
    std::string part(65'536, '\0');
    const NoPipeSignal quiet;
    ERR_clear_error();
    const int count = SSL_read(ssl(), part.data(), static_cast<int>(part.size()));
    part.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count <= 0) ended_well_ = SSL_get_error(ssl(), count) == SSL_ERROR_ZERO_RETURN;
    return part;
  }
  std::string receive_until(std::string_view end) {
    std::string text;
    while (!text.ends_with(end)) {
      const std::string part = receive_some();
      if (part.empty()) break;
      text += part;
    }
    return text;
  }
  // Until the peer ends; "(cut)" stands behind the bytes when it did not say so.
  std::string receive_all() {
    std::string text;
    for (std::string part = receive_some(); !part.empty(); part = receive_some()) text += part;
    return ended_well_ ? text : text + "(cut)";
  }
  // Says that nothing more comes (close_notify).
  void end_sending() {
    const NoPipeSignal quiet;
    ERR_clear_error();
    SSL_shutdown(ssl());
  }
  // Without a word.
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

 private:
  Sealed(SSL_CTX* context, int socket)
      : context_(context), ssl_(SSL_new(context)), socket_(socket) {
    SSL_set_fd(ssl(), socket);
  }
  static BIO* memory(const std::string& text) {
    return BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
  }
  SSL* ssl() const { return ssl_.get(); }

  struct FreeTls {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* connection) const { SSL_free(connection); }
  };
  std::unique_ptr<SSL_CTX, FreeTls> context_;
  std::unique_ptr<SSL, FreeTls> ssl_;
  int socket_;
  bool is_up_ = false;
  bool ended_well_ = false;
};

}  // namespace festina::net
