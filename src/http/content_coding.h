// Content coding: what a body is compressed with, and which coding a client wants (RFC 9110 §8.4.1, §12.5.3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "http/headers.h"

namespace festina::http {

enum class Coding : std::uint8_t { identity, gzip, brotli, zstd };
// As Content-Encoding and Accept-Encoding say it: "br".
std::string_view name(Coding);

// The coding that the request's Accept-Encoding likes best. Of equals, the one that is offered first; identity, unless the
// field names it, comes after all of them. Identity is never refused: where nothing else is left, it is better than no
// answer (§12.5.3).
Coding preferred_coding(const Headers& asked, std::span<const Coding> offered);
// Does the request's Accept-Encoding name this coding, if by "*"? Identity is always taken.
bool accepts(const Headers& asked, Coding);

// What the content of a response is coded with, as its Content-Encoding says. Nothing for a coding that is none of ours,
// and for several one upon the other.
std::optional<Coding> coding_of(const Headers& response);

// Makes the header of a representation that of the same one under another coding: its ETag is weak, for the bytes differ
// and the meaning does not (§8.8.1), and what speaks of the very bytes is gone: length, ranges, digests.
void change_coding(Headers& response, Coding);
// Does the field speak of the bytes that a coding changes? Those are what change_coding() takes away or alters.
bool is_of_one_coding(const Field&);
// Says in Vary that the answer depends on Accept-Encoding, if it does not say so.
void add_vary_by_coding(Headers& response);

}  // namespace festina::http
