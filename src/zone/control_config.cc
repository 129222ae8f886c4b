#include "zone/control_config.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "zone/config_keys.h"
#include "zone/values.h"

namespace festina::zone {
namespace {

std::string read_token(const Table& root, const std::optional<Table>& control) {
  const auto given = control ? control->string("token") : std::nullopt;
  const std::string_view otherwise = default_of("control.token");
  const std::string text = given.value_or(std::string(otherwise));
  if (text == otherwise && !std::getenv("FESTINA_API_TOKEN")) return "";
  const Place place = control ? control->place("token") : root.place();
  auto token = with_environment(text);
  if (!token) {
    root.problem(place, token.error().detail, "set it, or remove token: then one is made and kept");
    return "";
  }
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  if (std::all_of(token->begin(), token->end(), is_visible)) return *token;
  root.problem(place, "the token has a space or a character that is not ASCII");
  return "";
}

std::string read_account_id(const Table& table) {
  const auto id = table.string("account_id");
  if (!id || is_hex(*id, 32)) return id.value_or("");
  table.problem(
      "account_id",
      in_quotes(*id) + " is no account id",
      "write 32 lower-case hexadecimal digits, or remove it"
  );
  return "";
}

ListenUrl read_control_url(const Table& table, ListenUrl otherwise) {
  const auto text = table.string("listen");
  const bool insecure = table.boolean("insecure").value_or(false);
  if (!text) return otherwise;
  auto url = read_listen_url(table, *text, table.place("listen"));
  if (!url) return otherwise;
  const bool open = url->scheme == http::Scheme::http && !is_loopback(url->host);
  if (open && !insecure) {
    table.problem(
        "listen",
        "other machines can reach the control address " + in_quotes(*text) + " without https",
        "listen on 127.0.0.1, use https://, or set insecure = true"
    );
  }
  return *url;
}

}  // namespace

Control read_control(const Table& root, const std::string& directory) {
  Control control;
  control.listen = default_listen_url(default_of("control.listen"), {root.place().file});
  const auto table = root.table("control");
  control.token = read_token(root, table);
  if (!table) return control;
  control.listen = read_control_url(*table, control.listen);
  control.certificates = read_certificates(*table, directory, {control.listen});
  control.account_id = read_account_id(*table);
  table->report_unknown_keys();
  return control;
}

}  // namespace festina::zone
