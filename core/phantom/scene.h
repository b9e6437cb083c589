#pragma once
// All shapes of one synthetic patient, in patient coordinates, ready to be drawn.

#include "core/phantom/description.h"
#include "core/phantom/random.h"
#include "core/phantom/shape.h"
#include "core/phantom/tissue.h"

#include <vector>

namespace spondyl {

struct PhantomInstance {
  Level level = Level::L1;
  std::uint8_t number = 0; ///< 1-based, from above; sacrum last
  PointLps centre;         ///< patient coordinates
};

struct DiscShape {
  BoneFrame upperFrame, lowerFrame;
  BodyShape upper, lower;
  double bulge = 0, nucleus = 1;
  std::uint16_t label = 0;
  std::uint8_t instance = 0; ///< of the vertebra above
  PointLps centre;
  double reach = 0;
};

/// Cross-section of the spinal canal at one place; between two nodes all is interpolated.
struct CanalNode {
  PointLps centre;
  VectorLps x, y;
  double halfWidth = 10, halfDepth = 8;
  double sac = .9;                     ///< size of the dural sac, of the canal
  double cordWidth = 0, cordDepth = 0; ///< half axes; 0 = no cord here
};

struct SoftShape {
  Primitive shape;
  Tissue tissue = Tissue::Muscle;
  bool insideOnly = true; ///< only inside the body's outline
};

/// Outline of the body by height.
class BodyOutline {
 public:
  struct Section {
    double centreX = 0, centreY = 0, halfWidth = 150, halfDepth = 100; ///< of the skin
    double spineX = 0, spineY = 0;                                     ///< centre of the vertebral bodies
    double fat = 12, wall = 14; ///< thickness of fat rind and muscle wall
    double lung = 0;            ///< 1 in the chest, 0 elsewhere
    double wave = 0;            ///< mm by which muscle borders wander
  };
  void add(double z, const Section& section); ///< with growing z
  Section at(double z) const;
  /// Filled with sections every 2 mm once all are added.
  void finish();

 private:
  std::vector<std::pair<double, Section>> m_nodes;
  std::vector<Section> m_table;
  double m_start = 0;
};

struct PhantomScene {
  std::vector<PhantomInstance> instances;
  std::vector<Bone> bones;
  std::vector<DiscShape> discs;
  std::vector<CanalNode> canal; ///< from the head down
  std::vector<SoftShape> soft;  ///< later ones cover earlier ones
  std::vector<Primitive> metal;
  BodyOutline outline;
  double jointGap = .8; ///< mm kept free between two bones
};

/// `context`: also ribs, pelvis, head, organs and table; without it only what the spine's own labels need.
PhantomScene buildScene(const SpineDescription& description, bool context = true);

// Rooms of buildScene.
void buildVertebrae(const SpineDescription& d, PhantomScene& scene);
void buildSacrum(const SpineDescription& d, PhantomScene& scene);
void buildOutline(const SpineDescription& d, PhantomScene& scene);
void buildThorax(const SpineDescription& d, PhantomScene& scene);
void buildPelvis(const SpineDescription& d, PhantomScene& scene);
void buildHead(const SpineDescription& d, PhantomScene& scene);
void buildOrgans(const SpineDescription& d, PhantomScene& scene);
void buildImplants(const SpineDescription& d, PhantomScene& scene);

/// Centres and half sizes of the sacral segments in the sacrum's frame, S1 to S5.
struct SacralSegment {
  VectorLps top, bottom; ///< middles of its ends
  double width = 0, depth = 0;
};
std::vector<SacralSegment> sacralSegments(const SpineDescription& d);

} // namespace spondyl
