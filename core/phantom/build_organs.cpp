#include "core/phantom/scene.h"

#include <algorithm>

namespace spondyl {

namespace {

struct Painter {
  const SpineDescription& d;
  PhantomScene& scene;
  Random random;

  void ellipsoid(PointLps at, VectorLps half, Tissue tissue) {
    scene.soft.push_back({Primitive::ellipsoid(at - PointLps{}, half * d.size), tissue});
  }
  void tube(PointLps a, PointLps b, double ra, double rb, Tissue tissue) {
    scene.soft.push_back(
        {Primitive::capsule(a - PointLps{}, b - PointLps{}, ra * d.size, rb * d.size), tissue});
  }
  /// A place relative to the body of the vertebra that is nearest to a position of the chain; x left, y
  /// posterior.
  PointLps by(double position, double x, double y, double z = 0) const {
    const PhantomVertebra* best = &d.vertebrae.front();
    for (const PhantomVertebra& v : d.vertebrae)
      if (std::abs(v.position - position) < std::abs(best->position - position))
        best = &v;
    return best->frame.origin + VectorLps{x, y, z} * d.size;
  }
  double vary(double value, double share = .15) {
    return d.options.variation ? value * random.uniform(1 - share, 1 + share) : value;
  }
};

void addAbdomen(Painter& p) {
  const double front = p.scene.outline.at(p.by(20, 0, 0).z).halfDepth;
  p.ellipsoid(p.by(17.5, -72, -front * .55, -5), {p.vary(76), p.vary(72), p.vary(75)}, Tissue::Liver);
  p.ellipsoid(p.by(17.5, -10, -front * .8, 0), {60, 40, 38}, Tissue::Liver);
  p.ellipsoid(p.by(17, 104, 5), {p.vary(28), p.vary(42), p.vary(50)}, Tissue::Spleen);
  p.ellipsoid(p.by(17, 60, -front * .55), {48, 42, 40}, Tissue::Bowel);
  p.ellipsoid(p.by(17, 62, -front * .55 - 15, 8), {34, 22, 26}, Tissue::Gas);
  for (const double s : {-1.0, 1.0}) {
    const PointLps kidney = p.by(19.6, s * 62, 16, s * 8);
    p.ellipsoid(kidney, {p.vary(27), p.vary(28), p.vary(54)}, Tissue::Kidney);
    p.ellipsoid(kidney + VectorLps{-s * 12, -5, 0}, {10, 10, 20}, Tissue::Excretory);
    p.tube(kidney + VectorLps{-s * 20, -8, -15}, p.by(22.6, s * 38, -24), 3, 2.5, Tissue::Excretory);
  }
  // Bowel: many short loops, some filled with gas or contrast.
  const int loops = 26;
  for (int n = 0; n < loops; ++n) {
    const double position = p.random.uniform(19.2, 23.9),
                 span = p.scene.outline.at(p.by(position, 0, 0).z).halfWidth;
    const PointLps a = p.by(position, p.random.uniform(-.62, .62) * span, -p.random.uniform(45, 105),
                            p.random.uniform(-18, 18));
    const PointLps b =
        a + VectorLps{p.random.uniform(-45, 45), p.random.uniform(-14, 14), p.random.uniform(-40, 40)};
    const double r = p.random.uniform(9, 17);
    p.tube(a, b, r, r, Tissue::Bowel);
    if (p.random.chance(.42))
      p.tube(a, b, r - 2.5, r - 3.5, p.random.chance(.6) ? Tissue::Gas : Tissue::BowelContrast);
  }
  for (const double s : {-1.0, 1.0}) { // colon at the flanks
    const double span = p.scene.outline.at(p.by(21, 0, 0).z).halfWidth * .72;
    p.tube(p.by(19.4, s * span, -25), p.by(23, s * span, -30), 20, 22, Tissue::Bowel);
    p.tube(p.by(19.8, s * span, -28), p.by(22.4, s * span, -33), 15, 16,
           p.random.chance(.6) ? Tissue::Gas : Tissue::BowelContrast);
  }
  const PointLps bladder = p.d.hipAxis.toOuter(VectorLps{0, -8, 26} * p.d.size);
  p.ellipsoid(bladder, {p.vary(38, .3), p.vary(30, .3), p.vary(28, .3)}, Tissue::Bladder);
  p.tube(p.d.sacrum.toOuter(VectorLps{0, -30, -50} * p.d.size),
         p.d.sacrum.toOuter(VectorLps{0, -22, -100} * p.d.size), 17, 15, Tissue::Bowel);
  p.tube(p.d.sacrum.toOuter(VectorLps{0, -30, -55} * p.d.size),
         p.d.sacrum.toOuter(VectorLps{0, -24, -90} * p.d.size), 10, 8, Tissue::Gas);
}

void addVessels(Painter& p) {
  const auto chain = [&](const std::vector<PointLps>& points, double ra, double rb, Tissue tissue) {
    for (std::size_t n = 0; n + 1 < points.size(); ++n) {
      const double t = double(n) / double(points.size() - 1);
      p.tube(points[n], points[n + 1], ra + (rb - ra) * t, ra + (rb - ra) * t, tissue);
    }
  };
  const auto front = [&](double position, double x, double gap) {
    const PhantomVertebra* v = &p.d.vertebrae.front();
    for (const PhantomVertebra& other : p.d.vertebrae)
      if (std::abs(other.position - position) < std::abs(v->position - position))
        v = &other;
    return v->frame.toOuter({x * p.d.size, -v->body.depth / 2 - gap * p.d.size, 0});
  };
  const double bore = p.vary(10.5, .25);
  std::vector<PointLps> aorta;
  for (double position = 10; position <= 22.01; position += 1)
    aorta.push_back(
        front(position, position < 17 ? 20 - .9 * (position - 10) : 9, position < 17 ? -2 : bore + 1.5));
  chain(aorta, bore + 1.5, bore - 1.5, Tissue::Artery);
  const PointLps arch = p.by(9.6, -18, -65, 8);
  p.tube(aorta.front(), p.by(9.5, 8, -42, 10), bore + 2, bore + 3, Tissue::Artery);
  p.tube(p.by(9.5, 8, -42, 10), arch, bore + 3, bore + 3, Tissue::Artery);
  p.tube(arch, p.by(12, -5, -80, 0), bore + 4, bore + 4, Tissue::Artery);
  std::vector<PointLps> cava;
  for (double position = 17; position <= 22.3; position += 1)
    cava.push_back(front(position, -17, 11));
  chain(cava, 10.5, 9.5, Tissue::Vein);
  for (const double s : {-1.0, 1.0}) {
    const PointLps groin = p.d.hipAxis.toOuter(VectorLps{s * 82, -52, 20} * p.d.size),
                   side = p.d.sacrum.toOuter(VectorLps{s * 42, -18, -10} * p.d.size);
    chain({aorta.back(), side, p.d.hipAxis.toOuter(VectorLps{s * 66, -20, 70} * p.d.size), groin}, 6.5, 5,
          Tissue::Artery);
    chain({cava.back(), side + VectorLps{s * 2, 11, -4},
           p.d.hipAxis.toOuter(VectorLps{s * 62, -10, 66} * p.d.size), groin + VectorLps{-s * 13, 3, 0}},
          7.5, 6, Tissue::Vein);
    chain({p.by(8, s * 24, -50), p.by(5, s * 28, -26), p.by(2, s * 30, -22)}, 4, 3.5, Tissue::Artery);
    chain({p.by(8, s * 34, -50), p.by(5, s * 36, -24), p.by(2, s * 38, -16)}, 6, 5, Tissue::Vein);
  }
  if (p.d.age > .45)
    for (int n = 0; n < 14; ++n) {
      const std::size_t at = std::size_t(p.random.below(int(aorta.size()) - 1));
      const double angle = p.random.uniform(0, 6.28);
      const PointLps wall = aorta[at] + (aorta[at + 1] - aorta[at]) * p.random.uniform() +
                            VectorLps{std::cos(angle), std::sin(angle), 0} * (bore * p.d.size);
      p.ellipsoid(wall, VectorLps{p.random.uniform(1, 3), p.random.uniform(1, 3), p.random.uniform(2, 7)},
                  Tissue::Plaque);
    }
}

void addChest(Painter& p) {
  p.ellipsoid(p.by(13.5, 22, -88, -5), {p.vary(56), p.vary(46), p.vary(56)}, Tissue::Heart);
  p.tube(p.by(10, 0, -55), p.by(14, 0, -60), 26, 24, Tissue::Fat);
  p.tube(p.by(10, 0, -55), p.by(16.5, 4, -32), 17, 15, Tissue::Muscle);
  p.tube(p.by(4, 0, -42, -5), p.by(10.6, -2, -42), 8.5, 8.5, Tissue::Gas);
  for (const double s : {-1.0, 1.0}) {
    p.tube(p.by(10.6, -2, -42), p.by(11.4, s * 38, -48, -10), 6.5, 5, Tissue::Gas);
    p.ellipsoid(p.by(6, s * 16, -40), {9, 9, 18}, Tissue::Vein); // thyroid
  }
  p.tube(p.by(6, 4, -22), p.by(17, 8, -30), 6, 7, Tissue::Muscle); // oesophagus
  const double front = p.scene.outline.at(p.by(17, 0, 0).z).halfDepth;
  for (const double s : {-1.0, 1.0}) // below the domes of the diaphragm
    p.ellipsoid(p.by(19, s * 70, -front * .5, s < 0 ? 0 : -10), {84, 88, 80},
                s < 0 ? Tissue::Liver : Tissue::Fat);
}

void addMuscles(Painter& p) {
  for (const double s : {-1.0, 1.0}) {
    const PointLps groin = p.d.hipAxis.toOuter(VectorLps{s * 86, -34, 30} * p.d.size);
    p.tube(p.by(19, s * 28, 4), p.by(21, s * 40, 2), 9, 17, Tissue::Muscle);
    p.tube(p.by(21, s * 40, 2), p.by(23, s * 52, -8), 17, 22, Tissue::Muscle);
    p.tube(p.by(23, s * 52, -8), groin, 22, 15, Tissue::Muscle);
    p.tube(p.by(19, s * 62, 24), p.by(22.5, s * 78, 26), 12, 16, Tissue::Muscle);
    // Fat between the erector muscles, and beside the spinous processes.
    for (int n = 0; n < 5; ++n) {
      const double position = p.random.uniform(9, 23);
      const PointLps a = p.by(position, s * p.random.uniform(10, 55), p.random.uniform(42, 62));
      p.tube(a, a + VectorLps{p.random.uniform(-8, 8), p.random.uniform(-3, 8), -p.random.uniform(25, 70)},
             1.5, 2.5 * p.d.habitus, Tissue::Fat);
    }
  }
}

void addTable(Painter& p) {
  if (p.d.options.variation && !p.random.chance(.8))
    return;
  double back = -1e9;
  for (double z = -250; z < 700; z += 20) {
    const BodyOutline::Section o = p.scene.outline.at(z);
    back = std::max(back, o.centreY + o.halfDepth);
  }
  const double y = back + p.vary(10, .8), half = p.vary(215, .1), thick = p.vary(3, .4);
  const auto slab = [&](double at, double r, Tissue tissue) {
    const SoftShape s{Primitive::plate({0, at, -900}, {0, at, 1500}, r, r, {1, 0, 0}, half / r), tissue,
                      false};
    p.scene.soft.push_back(s);
  };
  slab(y - 5, 5, Tissue::Cloth);
  slab(y, thick, Tissue::Table);
  slab(y + p.vary(38, .3), thick * .8, Tissue::Table);
}

void addBlobs(Painter& p) {
  if (!p.d.options.pathology)
    return;
  const int count = p.random.below(14);
  for (int n = 0; n < count; ++n) {
    const BodyOutline::Section o = p.scene.outline.at(p.random.uniform(-150, 500));
    const PointLps at{o.centreX + p.random.uniform(-.8, .8) * o.halfWidth,
                      o.centreY + p.random.uniform(-.8, .6) * o.halfDepth, p.random.uniform(-150, 500)};
    p.ellipsoid(at, {p.random.uniform(4, 28), p.random.uniform(4, 28), p.random.uniform(4, 28)},
                Tissue::Blob);
  }
}

} // namespace

void buildOrgans(const SpineDescription& d, PhantomScene& scene) {
  Painter p{d, scene, Random(d.seed, 50)};
  addChest(p);
  addAbdomen(p);
  addVessels(p);
  addMuscles(p);
  addBlobs(p);
  addTable(p);
}

} // namespace spondyl
