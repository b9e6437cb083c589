#include "core/phantom/paint.h"

#include "core/base/parallel.h"
#include "core/phantom/paint_filters.h"
#include "core/phantom/random.h"

#include <algorithm>
#include <array>

namespace spondyl {

namespace {

using TissueValues = std::array<float, std::size_t(Tissue::Count)>;
float& of(TissueValues& values, Tissue tissue) {
  return values[std::size_t(tissue)];
}

/// Marrow and cortex by class, and how deep the cortex reaches.
struct BoneValues {
  std::array<float, 8> marrow{}, cortex{}, depth{};
};

struct Palette {
  TissueValues tissue{};
  std::array<float, 32> nucleus{}; ///< by instance above the disc
  BoneValues bone;
  float metal = 3000, softTexture = 6, boneTexture = 30;
};

float number(double value) {
  return float(value);
}

Palette ctPalette(const SpineDescription& d) {
  Random random(d.seed, 70);
  const double spread = d.options.variation ? 1 : 0;
  const auto vary = [&](double usual, double deviation) {
    return number(usual + spread * random.uniform(-deviation, deviation));
  };
  const bool contrast = random.chance(.5 * spread);
  Palette p;
  p.tissue.fill(vary(52, 6));
  of(p.tissue, Tissue::Air) = -1000;
  of(p.tissue, Tissue::Fat) = vary(-102, 8);
  of(p.tissue, Tissue::EpiduralFat) = vary(-70, 15);
  of(p.tissue, Tissue::Muscle) = vary(55, 8);
  of(p.tissue, Tissue::Lung) = vary(-840, 40);
  of(p.tissue, Tissue::Gas) = -980;
  of(p.tissue, Tissue::Artery) = contrast ? vary(230, 110) : 42;
  of(p.tissue, Tissue::Vein) = contrast ? vary(140, 50) : 40;
  of(p.tissue, Tissue::Heart) = contrast ? vary(170, 60) : 45;
  of(p.tissue, Tissue::Kidney) = contrast ? vary(170, 40) : 33;
  of(p.tissue, Tissue::Excretory) = contrast && random.chance(.4) ? vary(600, 300) : 10;
  of(p.tissue, Tissue::Liver) = contrast ? vary(105, 20) : 58;
  of(p.tissue, Tissue::Spleen) = contrast ? vary(120, 20) : 50;
  of(p.tissue, Tissue::Bowel) = vary(35, 10);
  of(p.tissue, Tissue::BowelContrast) = vary(280, 150);
  of(p.tissue, Tissue::Bladder) = 8;
  of(p.tissue, Tissue::Annulus) = vary(105, 15);
  of(p.tissue, Tissue::Csf) = vary(14, 6);
  of(p.tissue, Tissue::Cord) = vary(38, 5);
  of(p.tissue, Tissue::Roots) = 24;
  of(p.tissue, Tissue::Cartilage) = vary(110, 25);
  of(p.tissue, Tissue::Brain) = 35;
  of(p.tissue, Tissue::Table) = vary(-250, 200);
  of(p.tissue, Tissue::Cloth) = -900;
  of(p.tissue, Tissue::Plaque) = vary(650, 300);
  of(p.tissue, Tissue::Blob) = vary(60, 80);
  of(p.tissue, Tissue::Cement) = vary(1500, 500);
  p.nucleus.fill(vary(78, 12));
  // Marrow loses density with age: 250 HU at twenty, below 100 at eighty.
  const float trabecular = number(std::clamp(255 - 165 * d.age + 20 * spread * random.normal(), 45.0, 330.0));
  const float cortex = number(780 - 180 * d.age + spread * random.uniform(-80, 80));
  for (std::size_t c = 0; c < 8; ++c) {
    p.bone.marrow[c] = trabecular;
    p.bone.cortex[c] = cortex;
    p.bone.depth[c] = .85f;
  }
  const auto set = [&](TissueClass c, double marrow, double bark, double depth) {
    p.bone.marrow[std::size_t(c)] = number(trabecular * marrow);
    p.bone.cortex[std::size_t(c)] = number(cortex * bark);
    p.bone.depth[std::size_t(c)] = number(depth);
  };
  set(TissueClass::Body, 1, .8, .75);
  set(TissueClass::Arch, 1.25, 1.15, 1.3);
  set(TissueClass::Sacrum, .65, .75, .9);
  set(TissueClass::Rib, .8, .9, 1.0);
  set(TissueClass::OtherBone, .65, 1.3, 1.5);
  p.boneTexture = number(28 + 18 * (1 - d.age));
  return p;
}

Palette mrPalette(const SpineDescription& d) {
  Random random(d.seed, 71);
  const double spread = d.options.variation ? 1 : 0;
  const auto vary = [&](double usual, double share) {
    return number(usual * (1 + spread * random.uniform(-share, share)));
  };
  Palette p;
  p.tissue.fill(vary(220, .2));
  of(p.tissue, Tissue::Air) = 4;
  of(p.tissue, Tissue::Fat) = of(p.tissue, Tissue::EpiduralFat) = vary(720, .15);
  of(p.tissue, Tissue::Muscle) = vary(150, .2);
  of(p.tissue, Tissue::Lung) = of(p.tissue, Tissue::Gas) = 8;
  of(p.tissue, Tissue::Artery) = of(p.tissue, Tissue::Vein) = of(p.tissue, Tissue::Heart) =
      vary(45, .4); // flow voids
  of(p.tissue, Tissue::Kidney) = vary(480, .15);
  of(p.tissue, Tissue::Excretory) = of(p.tissue, Tissue::Bladder) = 950;
  of(p.tissue, Tissue::Liver) = vary(190, .2);
  of(p.tissue, Tissue::Spleen) = vary(330, .2);
  of(p.tissue, Tissue::Bowel) = vary(420, .3);
  of(p.tissue, Tissue::Annulus) = vary(90, .2);
  of(p.tissue, Tissue::Csf) = vary(980, .05);
  of(p.tissue, Tissue::Cord) = vary(370, .1);
  of(p.tissue, Tissue::Roots) = vary(620, .1);
  of(p.tissue, Tissue::Brain) = 420;
  for (const Tissue dark : {Tissue::Table, Tissue::Cloth, Tissue::Plaque, Tissue::Cement})
    of(p.tissue, dark) = 6;
  for (std::size_t n = 0; n < d.vertebrae.size(); ++n)
    p.nucleus[n + 1] = number(110 + 640 * d.vertebrae[n].nucleus);
  p.bone.marrow.fill(vary(330 + 160 * d.age, .1));
  p.bone.cortex.fill(20);
  p.bone.depth.fill(.9f);
  p.metal = 0;
  p.softTexture = 14;
  p.boneTexture = 26;
  return p;
}

/// Value of every voxel before blur and noise. Partial volume comes from the distance to the bone's surface.
void fill(const Palette& p, const PhantomVolumes& v, std::uint64_t seed, std::vector<float>& image) {
  const GridSize size = v.grid.size();
  const auto spacing = v.grid.spacing();
  const float ramp = number(std::max(.5, .5 * std::cbrt(spacing[0] * spacing[1] * spacing[2])));
  parallelFor(std::size_t(size.k), 4, [&](std::size_t begin, std::size_t end) {
    for (std::size_t at = begin * size.i * size.j; at < end * size.i * size.j; ++at) {
      const Tissue tissue = Tissue(v.tissue[at] & ~metalBit);
      if (v.tissue[at] & metalBit) {
        image[at] = p.metal;
        continue;
      }
      float soft =
          tissue == Tissue::Nucleus ? p.nucleus[v.instances[at] % 32] : p.tissue[std::size_t(tissue)];
      if (tissue != Tissue::Air)
        soft += p.softTexture * noiseAt(seed, at);
      const float d = float(v.boneDistance[at]) * .25f;
      if (d >= ramp || tissue == Tissue::Cement) {
        image[at] = soft;
        continue;
      }
      const TissueClass own = TissueClass(v.classes[at]);
      const std::size_t kind =
          own == TissueClass::Background || own == TissueClass::Disc || own == TissueClass::Canal
              ? std::size_t(TissueClass::Body)
              : std::size_t(own);
      const float depth = std::max(0.f, -d) / p.bone.depth[kind];
      const float bone = p.bone.marrow[kind] + p.boneTexture * 1.7f * noiseAt(seed + 1, at) +
                         (p.bone.cortex[kind] - p.bone.marrow[kind]) * std::exp(-depth * std::sqrt(depth));
      const float share = std::clamp((ramp - d) / (2 * ramp), 0.f, 1.f);
      image[at] = soft + (bone - soft) * share;
    }
  });
}

Result<VolumePtr> finish(const PhantomVolumes& v, std::vector<float> image, VolumeMeaning meaning, float low,
                         float high) {
  SPONDYL_TRY(VolumeBuilder builder, VolumeBuilder::create(v.grid, VoxelType::Int16, {}, meaning));
  const auto out = builder.voxels<std::int16_t>();
  for (std::size_t at = 0; at < image.size(); ++at)
    out[at] = std::int16_t(std::lround(std::clamp(image[at], low, high)));
  for (int k = 0; k < v.grid.size().k; ++k)
    builder.markReady(k);
  return std::move(builder).freeze();
}

} // namespace

Result<VolumePtr> paintCt(const SpineDescription& d, const PhantomVolumes& v) {
  std::vector<float> image(v.grid.size().count());
  fill(ctPalette(d), v, d.seed, image);
  smooth(v.grid, image, .55);
  addNoise(v.grid, image, d.seed + 7, number(d.options.noise));
  return finish(v, std::move(image), VolumeMeaning::CtHounsfield, -1024, 3071);
}

Result<VolumePtr> paintMr(const SpineDescription& d, const PhantomVolumes& v) {
  std::vector<float> image(v.grid.size().count());
  fill(mrPalette(d), v, d.seed, image);
  smooth(v.grid, image, .5);
  // The spine coil lies under the back: signal falls off to the front.
  const GridSize size = v.grid.size();
  const PointLps back = d.vertebrae[d.vertebrae.size() / 2].frame.origin + VectorLps{0, 90, 0};
  std::size_t at = 0;
  for (int k = 0; k < size.k; ++k)
    for (int j = 0; j < size.j; ++j)
      for (int i = 0; i < size.i; ++i, ++at) {
        const double away = std::max(0.0, back.y - (d.pose.toLocal(v.grid.toLps(IndexIjk{i, j, k}))).y);
        image[at] *= number(1.25 / (1 + std::pow(away / 150, 2.0)));
      }
  addNoise(v.grid, image, d.seed + 7, number(d.options.noise * 10));
  return finish(v, std::move(image), VolumeMeaning::MrSignal, 0, 4095);
}

Result<VolumePtr> paint(const SpineDescription& d, const PhantomVolumes& v) {
  return d.options.modality == PhantomModality::Mr ? paintMr(d, v) : paintCt(d, v);
}

} // namespace spondyl
