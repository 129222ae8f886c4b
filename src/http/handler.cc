#include "http/handler.h"

namespace festina::http {

Reply text_reply(Status status, std::string_view content_type, std::string text) {
  Reply reply;
  reply.response.status = status;
  reply.response.headers.add(Name::content_type, content_type);
  reply.response.headers.add(Name::content_length, std::to_string(text.size()));
  reply.body = Body::of(std::move(text));
  return reply;
}

}  // namespace festina::http
