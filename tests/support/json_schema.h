#pragma once
// The part of JSON Schema that docs/schemas uses: enough to say what in a file is not as the schema promises.

#include <nlohmann/json.hpp>

#include <fstream>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace spondyl::test {

inline bool hasType(const nlohmann::json& value, const std::string& type) {
  if (type == "null")
    return value.is_null();
  if (type == "object")
    return value.is_object();
  if (type == "array")
    return value.is_array();
  if (type == "string")
    return value.is_string();
  if (type == "boolean")
    return value.is_boolean();
  if (type == "integer")
    return value.is_number_integer();
  if (type == "number")
    return value.is_number();
  throw std::runtime_error("unknown type " + type);
}

/// `root`: the document in which "$ref": "#/..." points; none: `schema` itself.
inline void validate(const nlohmann::json& schema, const nlohmann::json& value, const std::string& at,
                     std::vector<std::string>& problems, const nlohmann::json* root = nullptr) {
  const nlohmann::json& whole = root ? *root : schema;
  const auto report = [&](const std::string& what) { problems.push_back(at + ": " + what); };
  const auto holds = [&](const nlohmann::json& s) {
    std::vector<std::string> none;
    validate(s, value, at, none, &whole);
    return none.empty();
  };
  for (const auto& [key, rule] : schema.items()) {
    if (key == "type") {
      bool any = rule.is_string() && hasType(value, rule.get<std::string>());
      if (rule.is_array())
        for (const auto& t : rule)
          any = any || hasType(value, t.get<std::string>());
      if (!any)
        report("is " + std::string(value.type_name()) + ", not " + rule.dump());
    } else if (key == "const") {
      if (value != rule)
        report("is not " + rule.dump());
    } else if (key == "enum") {
      if (std::find(rule.begin(), rule.end(), value) == rule.end())
        report(value.dump() + " is not one of " + rule.dump());
    } else if (key == "pattern") {
      if (value.is_string() &&
          !std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>())))
        report(value.dump() + " does not match " + rule.dump());
    } else if (key == "minimum") {
      if (value.is_number() && value.get<double>() < rule.get<double>())
        report("is below " + rule.dump());
    } else if (key == "maximum") {
      if (value.is_number() && value.get<double>() > rule.get<double>())
        report("is above " + rule.dump());
    } else if (key == "minLength") {
      if (value.is_string() && value.get<std::string>().size() < rule.get<std::size_t>())
        report("is too short");
    } else if (key == "minItems") {
      if (value.is_array() && value.size() < rule.get<std::size_t>())
        report("has too few items");
    } else if (key == "maxItems") {
      if (value.is_array() && value.size() > rule.get<std::size_t>())
        report("has too many items");
    } else if (key == "required") {
      for (const auto& name : rule)
        if (value.is_object() && !value.contains(name.get<std::string>()))
          report("lacks " + name.dump());
    } else if (key == "properties") {
      for (const auto& [name, sub] : rule.items())
        if (value.is_object() && value.contains(name))
          validate(sub, value.at(name), at + "/" + name, problems, &whole);
    } else if (key == "items") {
      if (value.is_array())
        for (std::size_t n = 0; n < value.size(); ++n)
          validate(rule, value.at(n), at + "/" + std::to_string(n), problems, &whole);
    } else if (key == "allOf") {
      for (const auto& sub : rule)
        validate(sub, value, at, problems, &whole);
    } else if (key == "oneOf") {
      int matches = 0;
      for (const auto& sub : rule)
        matches += holds(sub) ? 1 : 0;
      if (matches != 1)
        report(value.dump() + " fits " + std::to_string(matches) + " of the alternatives");
    } else if (key == "if") {
      const char* branch = holds(rule) ? "then" : "else";
      if (schema.contains(branch))
        validate(schema.at(branch), value, at, problems, &whole);
    } else if (key == "$ref") {
      validate(whole.at(nlohmann::json::json_pointer(rule.get<std::string>().substr(1))), value, at, problems,
               &whole);
    } else if (key != "$schema" && key != "$defs" && key != "$id" && key != "title" && key != "description" &&
               key != "then" && key != "else") {
      throw std::runtime_error("schema keyword not known here: " + key);
    }
  }
}

/// What is wrong with `text` by `folder`/NAME.schema.json; also, that "schema" comes first.
inline std::vector<std::string> schemaProblems(const std::string& folder, const std::string& name,
                                               const std::string& text) {
  std::vector<std::string> problems;
  std::ifstream file(folder + "/" + name + ".schema.json");
  if (!file)
    return {"no schema " + name};
  const nlohmann::json schema = nlohmann::json::parse(file);
  const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded())
    return {"not JSON"};
  if (text.find("\"schema\"") != text.find('"'))
    problems.push_back("does not begin with its schema");
  validate(schema, value, "", problems);
  return problems;
}

} // namespace spondyl::test
