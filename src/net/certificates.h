// Certificates: an authority of a test's own and what it issues, made when the test runs; for tests only.
#pragma once

#include <chrono>
#include <memory>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/cidr.h"

namespace festina::net::certificates {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

enum class KeyKind : bool { elliptic, rsa };

inline Owned<EVP_PKEY> make_key(KeyKind kind = KeyKind::elliptic) {
  Owned<EVP_PKEY> key(kind == KeyKind::rsa ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256"));
  if (!key) throw std::runtime_error("OpenSSL made no key");
  return key;
}

inline std::string text_of(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return {text, static_cast<std::size_t>(size)};
}
inline std::string pem(EVP_PKEY* key) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}
inline std::string pem(X509* certificate) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

// What a server needs, as texts.
struct Pem {
  std::string certificate;
  std::string key;
};

struct Wish {
  std::vector<std::string> names = {"localhost"};  // DNS names and addresses
  std::chrono::seconds begins{-3'600};             // from now
  std::chrono::seconds ends{30 * 86'400};
  KeyKind key = KeyKind::elliptic;
};

class Authority {
 public:
  explicit Authority(const std::string& name = "an authority for tests") : key_(make_key()) {
    certificate_ = unsigned_certificate(name, key_.get(), Wish{});
    X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
    extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  }

  // What who trusts it has in a file.
  std::string certificate() const { return pem(certificate_.get()); }

  Pem issue(const Wish& wish) const {
    const Owned<EVP_PKEY> key = make_key(wish.key);
    const Owned<X509> made = unsigned_certificate("a server of a test", key.get(), wish);
    X509_set_issuer_name(made.get(), X509_get_subject_name(certificate_.get()));
    if (!wish.names.empty()) extend(made.get(), NID_subject_alt_name, alternative_names(wish));
    X509_sign(made.get(), key_.get(), EVP_sha256());
    return {pem(made.get()), pem(key.get())};
  }

 private:
  static Owned<X509> unsigned_certificate(
      const std::string& name, EVP_PKEY* key, const Wish& wish
  ) {
    static long serial = 0;
    Owned<X509> made(X509_new());
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), wish.begins.count());
    X509_gmtime_adj(X509_getm_notAfter(made.get()), wish.ends.count());
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME* subject = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_pubkey(made.get(), key);
    return made;
  }

  static std::string alternative_names(const Wish& wish) {
    std::string text;
    for (const std::string& name : wish.names) {
      text += std::string(text.empty() ? "" : ",") + (address_bytes(name) ? "IP:" : "DNS:") + name;
    }
    return text;
  }

  static void extend(X509* certificate, int what, const std::string& value) {
    const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str())
    );
    if (!extension) throw std::runtime_error("OpenSSL made no extension of " + value);
    X509_add_ext(certificate, extension.get(), -1);
  }

  Owned<EVP_PKEY> key_;
  Owned<X509> certificate_;
};

}  // namespace festina::net::certificates
