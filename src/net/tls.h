// TLS: what both sides of a handshake are made with: certificates by name, authorities, versions and ciphers.
//
// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only, no renegotiation, no compression; ALPN says
// "http/1.1". A server resumes sessions by tickets, whose keys live as long as its TlsServer.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/errors.h"
#include "net/tls_session.h"

namespace festina::net {

struct CertificateFiles {
  std::string certificate;  // PEM, its chain behind it
  std::string key;          // PEM, without a passphrase
};

// The server's side. Immutable: new certificates are a new TlsServer. Threads: any.
class TlsServer {
 public:
  // The first certificate is for clients that name no host, or none we know; each further one for the DNS names it
  // holds, "*.example.com" for one label more (RFC 9110 §4.3.4). Where two hold a name, the first counts. A certificate
  // that is out of its time is a warning in the log.
  // Errors: not_found, permission_denied, malformed, conflict (self) when the key belongs to another certificate; the
  // detail names the file.
  static Result<std::shared_ptr<const TlsServer>> load(std::span<const CertificateFiles>);
  ~TlsServer();

  // A session that accepts. It outlives the TlsServer.
  std::unique_ptr<TlsSession> session() const;

 private:
  struct State;
  explicit TlsServer(std::shared_ptr<State>);
  std::shared_ptr<State> state_;
};

// The client's side, with whom it trusts. Immutable. Threads: any.
class TlsClient {
 public:
  // Trusts the certificates of one PEM file; without a file, the system's authorities.
  // Errors: not_found, permission_denied, malformed (self); the detail names the file.
  static Result<std::shared_ptr<const TlsClient>> load(const std::string& ca_file);
  ~TlsClient();

  // A session that connects to whom the certificate must name: a DNS name, also sent as SNI (RFC 6066 §3), or an address.
  std::unique_ptr<TlsSession> session(const std::string& server_name, Side) const;

 private:
  struct State;
  explicit TlsClient(std::shared_ptr<State>);
  std::shared_ptr<State> state_;
};

// Clients by their file of authorities. A file that changed is read again. Threads: any.
class TlsClients {
 public:
  TlsClients();
  ~TlsClients();
  // Errors: those of TlsClient::load().
  Result<std::shared_ptr<const TlsClient>> trusting(const std::string& ca_file);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::net
