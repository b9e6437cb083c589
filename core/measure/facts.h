#pragma once
// What a measurement may read. Every read is recorded with its content revision: the cache's key.

#include "core/measure/disc_signal.h"
#include "core/measure/geometry_store.h"
#include "core/measure/measure.h"

#include <map>

namespace spondyl {

struct PointFact {
  PointLps at;
  double confidence = 1.0;
  bool confirmed = false;
  bool fromMask = false; ///< nobody placed it
  bool byPerson = false; ///< drawn or edited: holds for a vertebra that is cut, too
  std::string name;      ///< "L1.superior.anterior"
};

/// Trabecular attenuation of one body.
struct AttenuationFact {
  std::optional<double> mean, median;
  std::string whyMissing;
  std::size_t samples = 0;
};

struct FactRead {
  enum class Kind : unsigned char { Point, Shape, Frame, Attenuation, DiscSignal, Series } kind;
  InstanceId instance;
  std::string site;
  std::uint64_t revision = 0;
};

class Facts {
 public:
  Facts(const EffectiveCase& c, const SpineShapes& shapes, const Volume* image, const Series* series);

  const LevelChain& chain() const { return m_case.chain; }
  /// Drawn or proposed, else from the masks.
  std::optional<PointFact> point(InstanceId instance, const std::string& site);
  const LevelShape* shape(InstanceId instance);
  const SpineFrame& frame();
  const AttenuationFact& attenuation(InstanceId instance);
  /// Of the disc below a vertebra.
  const DiscSignal& discSignal(InstanceId instance);
  const Series* series();
  bool isMr() const;

  void startRecording() { m_reads.clear(); }
  std::vector<FactRead> takeReads() { return std::move(m_reads); }
  /// All that was read then is the same now.
  bool stillHolds(const std::vector<FactRead>& reads);
  /// Names, order, wholeness: what every row depends on.
  std::uint64_t chainRevision() const { return m_chainRevision; }

 private:
  std::uint64_t revisionNow(const FactRead& read);
  void record(FactRead::Kind kind, InstanceId instance = {}, std::string site = {});
  std::optional<PointFact> findPoint(InstanceId instance, const std::string& site) const;
  AttenuationFact computeAttenuation(InstanceId instance) const;
  DiscSignal computeDiscSignal(InstanceId instance) const;

  const EffectiveCase& m_case;
  const SpineShapes& m_shapes;
  const Volume* m_image;
  const Series* m_series;
  std::map<InstanceId, AttenuationFact> m_attenuation;
  std::map<InstanceId, DiscSignal> m_discSignal;
  std::vector<FactRead> m_reads;
  std::uint64_t m_chainRevision = 0;
};

} // namespace spondyl
