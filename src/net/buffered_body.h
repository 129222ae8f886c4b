// Buffered body: what a connection's buffer holds of a message body, as one part, however small the chunks it came in. So
// whoever passes it on pays once per read, not once per chunk.
#pragma once

#include "base/bytes.h"
#include "base/errors.h"
#include "http/h1_request.h"
#include "http/h1_response.h"
#include "net/read_buffer.h"

namespace festina::net {

struct BufferedBody {
  Bytes data;  // empty: the buffer holds too little, or nothing comes before the end
  bool done;   // it was the last of the body
};

// Takes it out of the buffer. Errors: those of feed_body(); then what came before them in the buffer is gone too.
Result<BufferedBody> take_buffered(http::RequestParser&, ReadBuffer&);
Result<BufferedBody> take_buffered(http::ResponseParser&, ReadBuffer&);

}  // namespace festina::net
