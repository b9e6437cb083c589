#include "core/store/delta.h"

#include <bit>
#include <cstring>
#include <zstd.h>

namespace spondyl::detail {
namespace {

static_assert(std::endian::native == std::endian::little, "bricks are written in memory order");

constexpr std::string_view magic = "SPONDYL-DELTA-1\n";
constexpr std::uint64_t largestDelta = std::uint64_t(16) << 30; ///< bytes after decompression

class Writer {
 public:
  template <class T>
  void number(T value) {
    m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view text) {
    number(std::uint64_t(text.size()));
    m_bytes.append(text);
  }
  void raw(const void* data, std::size_t size) { m_bytes.append(static_cast<const char*>(data), size); }
  std::string take() { return std::move(m_bytes); }

 private:
  std::string m_bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : m_rest(bytes) {}
  template <class T>
  T number() {
    T value{};
    raw(&value, sizeof value);
    return value;
  }
  std::string_view text() {
    const auto size = number<std::uint64_t>();
    if (size > m_rest.size())
      m_good = false;
    if (!m_good)
      return {};
    const std::string_view out = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return out;
  }
  void raw(void* data, std::size_t size) {
    if (size > m_rest.size())
      m_good = false;
    if (!m_good)
      return;
    std::memcpy(data, m_rest.data(), size);
    m_rest.remove_prefix(size);
  }
  bool good() const { return m_good; }
  bool atEnd() const { return m_rest.empty(); }

 private:
  std::string_view m_rest;
  bool m_good = true;
};

Error damaged(const char* what) {
  return fail(ErrorCode::CaseDamaged, {"", what}, "applyDelta");
}

/// A layer of the case (proposal 0) or of one of its proposals.
struct LayerRef {
  ProposalId proposal;
  const LabelLayer* layer;
};

std::vector<LayerRef> layersOf(const Case* c) {
  std::vector<LayerRef> out;
  if (!c)
    return out;
  for (const LabelLayer& layer : c->layers)
    out.push_back({ProposalId{}, &layer});
  for (const ProposalPtr& p : c->proposals)
    for (const LabelLayer& layer : p->layers)
      out.push_back({p->id, &layer});
  return out;
}

std::string encodeState(const std::vector<CaseItem>& items, const Case* before, const Case& after) {
  Writer writer;
  writer.raw(magic.data(), magic.size());
  writer.number(std::uint32_t(items.size()));
  for (const CaseItem& item : items) {
    writer.text(item.name);
    writer.text(item.json);
  }
  const auto old = layersOf(before);
  for (const LayerRef& ref : layersOf(&after)) {
    const LabelMap& map = ref.layer->map;
    const auto was = std::find_if(old.begin(), old.end(), [&](const LayerRef& o) {
      return o.proposal == ref.proposal && o.layer->id == ref.layer->id && o.layer->map.grid() == map.grid();
    });
    const auto oldBricks = was == old.end() ? std::span<const BrickPtr>() : was->layer->map.bricks();
    if (!oldBricks.empty() && oldBricks.data() == map.bricks().data())
      continue;
    for (std::size_t b = 0; b < map.bricks().size(); ++b) {
      const BrickPtr none, &mine = map.bricks()[b], &theirs = oldBricks.empty() ? none : oldBricks[b];
      if (mine == theirs || (mine && theirs && *mine == *theirs))
        continue;
      writer.number(std::uint8_t(1)); // one more brick
      writer.number(ref.proposal.value);
      writer.number(ref.layer->id.value);
      writer.number(std::uint64_t(b));
      writer.number(std::uint8_t(mine ? 1 : 0));
      if (!mine)
        continue;
      writer.raw(mine->ids.data(), sizeof mine->ids);
      writer.raw(mine->touched.data(), sizeof mine->touched);
    }
  }
  writer.number(std::uint8_t(0));
  return compress(writer.take());
}

using ChangedBricks = std::map<std::pair<ProposalId, LayerId>, std::vector<std::pair<std::size_t, BrickPtr>>>;

Status putBricks(std::vector<LabelLayer>& layers, ProposalId proposal, const ChangedBricks& changed) {
  for (LabelLayer& layer : layers) {
    const auto mine = changed.find({proposal, layer.id});
    if (mine == changed.end())
      continue;
    for (const auto& entry : mine->second)
      if (entry.first >= layer.map.bricks().size())
        return damaged("a brick lies outside its layer");
    layer.map = layer.map.withBricks(mine->second);
  }
  return {};
}

} // namespace

std::string DeltaEncoder::encode(const CasePtr& next) {
  std::vector<CaseItem> items;
  for (CaseItem& item : caseItems(*next, m_state.get())) {
    std::string& last = m_texts[item.name];
    if (last == item.json)
      continue;
    last = item.json;
    items.push_back(std::move(item));
  }
  if (m_state)
    for (const ProposalPtr& p : m_state->proposals)
      if (!next->proposal(p->id)) { // undone: an empty text takes it away
        items.push_back({"proposal/" + std::to_string(p->id.value), {}});
        m_texts.erase(items.back().name);
      }
  std::string delta = encodeState(items, m_state.get(), *next);
  m_state = next;
  return delta;
}

std::string DeltaEncoder::snapshot() const {
  return encodeState(caseItems(*m_state), nullptr, *m_state);
}

void DeltaEncoder::startFrom(CasePtr state) {
  m_state = std::move(state);
  m_texts.clear();
  for (CaseItem& item : caseItems(*m_state))
    m_texts[item.name] = std::move(item.json);
}

Status applyDelta(Case& c, std::string_view delta) {
  SPONDYL_TRY(const std::string bytes, decompress(delta, largestDelta));
  if (!std::string_view(bytes).starts_with(magic))
    return damaged("not a step of a case");
  Reader reader(std::string_view(bytes).substr(magic.size()));
  const auto items = reader.number<std::uint32_t>();
  for (std::uint32_t a = 0; a < items && reader.good(); ++a) {
    const std::string name(reader.text()), json(reader.text());
    if (reader.good())
      SPONDYL_CHECK(readCaseItem(c, {name, json}));
  }
  ChangedBricks changed;
  while (reader.number<std::uint8_t>() == 1 && reader.good()) {
    const ProposalId proposal{reader.number<std::uint32_t>()};
    const LayerId layer{reader.number<std::uint32_t>()};
    const auto index = std::size_t(reader.number<std::uint64_t>());
    BrickPtr brick;
    if (reader.number<std::uint8_t>()) {
      auto filled = std::make_shared<LabelBrick>();
      reader.raw(filled->ids.data(), sizeof filled->ids);
      reader.raw(filled->touched.data(), sizeof filled->touched);
      brick = std::move(filled);
    }
    if (reader.good())
      changed[{proposal, layer}].emplace_back(index, std::move(brick));
  }
  if (!reader.good() || !reader.atEnd())
    return damaged("a step ends too early");
  SPONDYL_CHECK(putBricks(c.layers, ProposalId{}, changed));
  for (ProposalPtr& p : c.proposals) {
    const auto first = changed.lower_bound({p->id, LayerId{}});
    if (first == changed.end() || first->first.first != p->id)
      continue;
    auto copy = std::make_shared<Proposal>(*p);
    SPONDYL_CHECK(putBricks(copy->layers, p->id, changed));
    p = std::move(copy);
  }
  return {};
}

std::string compress(std::string_view bytes, int level) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress2(context.get(), out.data(), out.size(), bytes.data(), bytes.size());
  out.resize(ZSTD_isError(size) ? 0 : size); // cannot fail with room for the bound
  return out;
}

Result<std::string> decompress(std::string_view bytes, std::uint64_t limit) {
  const auto declared = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (declared == ZSTD_CONTENTSIZE_ERROR || declared == ZSTD_CONTENTSIZE_UNKNOWN)
    return damaged("not compressed as it should be");
  if (declared > limit)
    return fail(ErrorCode::DeclaredTooLarge, {"", std::to_string(declared), std::to_string(limit)},
                "decompress");
  // A frame cannot shrink more than this: a header that promises more is not believed.
  if (declared > (std::uint64_t(1) << 20) && declared / 40000 > bytes.size())
    return damaged("promises more than it holds");
  std::string out(declared, '\0');
  const std::size_t size = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) || size != declared)
    return damaged("compressed bytes are damaged");
  return out;
}

} // namespace spondyl::detail
