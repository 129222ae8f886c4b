// The transport is a BIO of our own: OpenSSL's socket BIO writes without MSG_NOSIGNAL, and knows no early bytes.
// OpenSSL keeps its errors in a queue per thread, which is emptied before each call and read after a failure.
#include "net/tls_session.h"

#include <algorithm>
#include <cerrno>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace festina::net {

struct TlsSession::Transport {
  int descriptor = -1;
  std::string early;    // read off the descriptor before the handshake
  bool at_end = false;  // the peer closed the connection under us
  int last_error = 0;   // errno of what failed

  int take_early(char* into, int size) {
    const std::size_t count = early.copy(into, static_cast<std::size_t>(size));
    early.erase(0, count);
    return static_cast<int>(count);
  }
};

namespace {

// What a system call on the descriptor gave, as a BIO says it.
template <class Transport>
int bio_result(BIO* bio, Transport& transport, ssize_t count, int retry) {
  if (count > 0) return static_cast<int>(count);
  if (count == 0) transport.at_end = true;
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
    BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
  } else if (count < 0) {
    transport.last_error = errno;
  }
  return static_cast<int>(count);
}

template <class Transport>
int read_bio(BIO* bio, char* into, int size) {
  auto& transport = *static_cast<Transport*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (!transport.early.empty()) return transport.take_early(into, size);
  const ssize_t count =
      ::recv(transport.descriptor, into, static_cast<std::size_t>(size), MSG_DONTWAIT);
  return bio_result(bio, transport, count, BIO_FLAGS_READ);
}

template <class Transport>
int write_bio(BIO* bio, const char* from, int size) {
  auto& transport = *static_cast<Transport*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t count = ::send(
      transport.descriptor, from, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL
  );
  return bio_result(bio, transport, count, BIO_FLAGS_WRITE);
}

template <class Transport>
long control_bio(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;  // nothing is held back
  if (command == BIO_CTRL_EOF) return static_cast<Transport*>(BIO_get_data(bio))->at_end ? 1 : 0;
  return 0;
}

int create_bio(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

template <class Transport>
BIO_METHOD* make_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "descriptor");
  check(method != nullptr, "OpenSSL has memory for a BIO's method");
  BIO_meth_set_read(method, read_bio<Transport>);
  BIO_meth_set_write(method, write_bio<Transport>);
  BIO_meth_set_ctrl(method, control_bio<Transport>);
  BIO_meth_set_create(method, create_bio);
  return method;
}

// OpenSSL's words for the first error in its queue; empty when there is none.
std::string queued_reason() {
  const unsigned long error = ERR_peek_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return reason == nullptr ? std::string() : reason;
}

}  // namespace

void TlsSession::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsSession::TlsSession(Handle handle, Side side, std::shared_ptr<const void> owner)
    : owner_(std::move(owner)),
      transport_(std::make_unique<Transport>()),
      ssl_(std::move(handle)),
      side_(side) {}
TlsSession::~TlsSession() = default;

void TlsSession::attach(int descriptor, std::string_view early) {
  static BIO_METHOD* const method = make_method<Transport>();
  transport_->descriptor = descriptor;
  transport_->early = early;
  BIO* bio = BIO_new(method);
  check(bio != nullptr, "OpenSSL has memory for a BIO");
  BIO_set_data(bio, transport_.get());
  SSL_set_bio(ssl_.get(), bio, bio);  // owns it
}

// What a call gave that returned `result` and moved so many bytes.
Result<IoStep> TlsSession::outcome(int result, std::size_t bytes) {
  if (result > 0) return IoStep{.bytes = bytes, .wait = Wait::none};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return IoStep{.bytes = 0, .wait = Wait::readable};
    case SSL_ERROR_WANT_WRITE:
      return IoStep{.bytes = 0, .wait = Wait::writable};
    case SSL_ERROR_ZERO_RETURN:
      return IoStep{};
    default:
      break;
  }
  failed_ = true;
  std::string why = queued_reason();
  if (transport_->last_error != 0) why = std::generic_category().message(transport_->last_error);
  if (transport_->at_end) why = "closed without a close_notify";
  return Error{ErrorCode::disconnected, side_, std::move(why)};
}

Result<IoStep> TlsSession::handshake() {
  ERR_clear_error();
  auto step = outcome(SSL_do_handshake(ssl_.get()), 0);
  if (!step) return failure_of_handshake(step.error());
  const bool is_over = step->wait == Wait::none && SSL_is_init_finished(ssl_.get()) == 0;
  if (is_over) return failure_of_handshake({ErrorCode::tls_failed, side_, "the peer ended it"});
  return step;
}

Error TlsSession::failure_of_handshake(const Error& error) const {
  const long verdict = SSL_get_verify_result(ssl_.get());
  if (verdict != X509_V_OK) {
    return {ErrorCode::untrusted, side_, X509_verify_cert_error_string(verdict)};
  }
  const std::string why =
      transport_->at_end ? "the connection was closed in the middle of it" : error.detail;
  return {ErrorCode::tls_failed, side_, "the TLS handshake failed: " + why};
}

Result<IoStep> TlsSession::read(std::span<char> into) {
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
  return outcome(result, count);
}

Result<IoStep> TlsSession::write(std::string_view bytes) {
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
  return outcome(result, count);
}

void TlsSession::end_sending() {
  if (failed_ || SSL_in_init(ssl_.get()) != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

bool TlsSession::is_readable_or_closed() {
  char byte;
  std::size_t count = 0;
  ERR_clear_error();
  const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &count);
  const auto step = outcome(result, count);
  return !step || step->wait == Wait::none;
}

std::string_view TlsSession::version() const { return SSL_get_version(ssl_.get()); }

std::string_view TlsSession::cipher() const { return SSL_get_cipher_name(ssl_.get()); }

}  // namespace festina::net
