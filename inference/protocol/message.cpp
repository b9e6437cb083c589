#include "inference/protocol/message.h"

#include "inference/protocol/message_json.h"

#include <nlohmann/json.hpp>

namespace spondyl::inference {
namespace {

using detail::field;
using detail::Json;
using detail::number;

void withJob(Json& json, JobId job) {
  json["job"] = job;
}
JobId jobOf(const Json& json) {
  const Json& job = field(json, "job");
  if (!job.is_number_unsigned())
    throw detail::BadMessage("job");
  return job.get<JobId>();
}

Json start(const char* type) {
  return Json{{"protocol", protocolVersion}, {"type", type}};
}

Json toJson(const Hello& m) {
  Json json = start("hello");
  json["build"] = m.build;
  json["process"] = m.processId;
  return json;
}
Json toJson(const SegmentCommand& m) {
  Json json = start("segment");
  withJob(json, m.job);
  json["request"] = detail::toJson(m.request);
  json["voxels"] = detail::toJson(m.voxels);
  return json;
}
Json toJson(const RenameCommand& m) {
  Json json = start("rename");
  withJob(json, m.job);
  json["previous"] = detail::toJson(m.previous);
  json["anchor"] = m.anchor ? detail::toJson(*m.anchor) : Json(nullptr);
  return json;
}
Json toJson(const MapCommand& m) {
  Json json = start("map");
  withJob(json, m.job);
  json["request"] = detail::toJson(m.request);
  json["voxels"] = detail::toJson(m.voxels);
  return json;
}
Json toJson(const CancelCommand& m) {
  Json json = start("cancel");
  withJob(json, m.job);
  return json;
}
Json toJson(const ShutdownCommand&) {
  return start("shutdown");
}
Json toJson(const ProgressEvent& m) {
  Json json = start("progress");
  withJob(json, m.job);
  json["stage"] = m.stage;
  json["fraction"] = m.fraction;
  return json;
}
Json toJson(const Heartbeat&) {
  return start("heartbeat");
}
Json toJson(const JobDone& m) {
  Json json = start("done");
  withJob(json, m.job);
  json["result"] = detail::toJson(m.result);
  json["has_voxels"] = m.hasVoxels;
  return json;
}
Json toJson(const MapDone& m) {
  Json json = start("mapped");
  withJob(json, m.job);
  json["result"] = detail::toJson(m.result);
  return json;
}
Json toJson(const JobFailed& m) {
  Json json = start("failed");
  withJob(json, m.job);
  json["code"] = errorCodeName(m.error.code);
  json["arguments"] = m.error.arguments;
  json["where"] = m.error.where;
  return json;
}
Json toJson(const Refused& m) {
  Json json = start("refused");
  json["reason"] = m.reason;
  return json;
}

ErrorCode codeFromName(const std::string& name) {
  for (int n = 0; n <= int(ErrorCode::Internal); ++n)
    if (name == errorCodeName(ErrorCode(n)))
      return ErrorCode(n);
  return ErrorCode::Internal;
}

// The parser itself keeps its place in a heap-held stack, but whoever walks the value later recurses.
bool isShallow(std::string_view text) {
  int depth = 0;
  bool inString = false;
  for (std::size_t n = 0; n < text.size(); ++n) {
    const char c = text[n];
    if (inString) {
      if (c == '\\')
        ++n;
      else if (c == '"')
        inString = false;
    } else if (c == '"') {
      inString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > messageDepthLimit)
        return false;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return true;
}

Message fromJson(const Json& json) {
  const std::string type = field(json, "type").get<std::string>();
  if (type == "hello")
    return Hello{field(json, "build").get<std::string>(), detail::whole<int>(json, "process")};
  if (type == "segment") {
    SegmentCommand m{jobOf(json), {}, {}};
    detail::fromJson(field(json, "request"), m.request);
    detail::fromJson(field(json, "voxels"), m.voxels);
    return m;
  }
  if (type == "rename") {
    RenameCommand m{jobOf(json), {}, std::nullopt};
    detail::fromJson(field(json, "previous"), m.previous);
    if (const Json& anchor = field(json, "anchor"); !anchor.is_null())
      detail::fromJson(anchor, m.anchor.emplace());
    return m;
  }
  if (type == "map") {
    MapCommand m{jobOf(json), {}, {}};
    detail::fromJson(field(json, "request"), m.request);
    detail::fromJson(field(json, "voxels"), m.voxels);
    return m;
  }
  if (type == "cancel")
    return CancelCommand{jobOf(json)};
  if (type == "shutdown")
    return ShutdownCommand{};
  if (type == "progress")
    return ProgressEvent{jobOf(json), field(json, "stage").get<std::string>(), number(json, "fraction")};
  if (type == "heartbeat")
    return Heartbeat{};
  if (type == "done") {
    JobDone m{jobOf(json), {}, field(json, "has_voxels").get<bool>()};
    detail::fromJson(field(json, "result"), m.result);
    return m;
  }
  if (type == "mapped") {
    MapDone m{jobOf(json), {}};
    detail::fromJson(field(json, "result"), m.result);
    return m;
  }
  if (type == "failed")
    return JobFailed{jobOf(json), Error{codeFromName(field(json, "code").get<std::string>()),
                                        field(json, "arguments").get<std::vector<std::string>>(),
                                        field(json, "where").get<std::string>()}};
  if (type == "refused")
    return Refused{field(json, "reason").get<std::string>()};
  throw detail::BadMessage("type");
}

} // namespace

std::string encodeMessage(const Message& message) {
  const Json json = std::visit([](const auto& m) { return toJson(m); }, message);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Message> decodeMessage(std::string_view text) {
  const auto violation = [](std::string what) {
    return fail(ErrorCode::ProtocolViolation, {std::move(what)}, "decodeMessage");
  };
  if (text.size() > messageLimitBytes)
    return violation("length of a message");
  if (!isShallow(text))
    return violation("a message nested too deep");
  try {
    const Json json = Json::parse(text);
    if (detail::whole<int>(json, "protocol") != protocolVersion)
      return violation("version of the protocol");
    return fromJson(json);
  } catch (const detail::BadMessage& bad) {
    return violation(bad.what());
  } catch (const std::exception&) {
    return violation("a message that cannot be read");
  }
}

bool carriesVoxels(const Message& message) {
  if (std::holds_alternative<SegmentCommand>(message) || std::holds_alternative<MapCommand>(message) ||
      std::holds_alternative<MapDone>(message))
    return true;
  const auto* done = std::get_if<JobDone>(&message);
  return done && done->hasVoxels;
}

} // namespace spondyl::inference
