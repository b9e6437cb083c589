#pragma once
// Curved planar reformat: the spine's centre line, the sheet through it, and the exact relation between the
// pixels of a curved view and patient space. No voxels here.

#include "viewer/state/slice_geometry.h"

#include <memory>

namespace spondyl::viewer {

/// Through the middles of bodies and discs, or of the canal; head first.
struct CentreLine {
  struct Point {
    PointLps at;
    VectorLps anterior{0, -1, 0}; ///< of the vertebra there
  };
  std::vector<Point> points; ///< at least two
};
using CentreLinePtr = std::shared_ptr<const CentreLine>;

/// A ruled surface: at every place of the line a straight row. Sagittal (and axial) views have rows from
/// front to back, coronal ones from the patient's right to left. It goes on straight beyond the line's ends.
class CurvedSheet {
 public:
  /// Goes on so far beyond the first and last point of the line.
  static constexpr double beyondMm = 40;

  struct Row {
    PointLps centre;                ///< where `across` is counted from
    VectorLps across, down, normal; ///< unit vectors, perpendicular
    double lineAcross = 0;          ///< where the centre line crosses the row, mm
    Plane section;                  ///< perpendicular to the centre line, through it
  };
  /// `mode` is not Off.
  CurvedSheet(const CentreLine& line, ViewKind view, CurvedMode mode);

  /// `down`: mm from the line's first point, along it (stretched: along the part of it that is unrolled).
  Row row(double down) const;
  PointLps at(double across, double down, double offset) const;
  struct Place {
    double across = 0, down = 0, offset = 0; ///< mm; offset along the sheet's normal
  };
  /// The place nearest to the line where the sheet, moved by the offset, holds the point.
  Place placeOf(PointLps p) const;
  double top() const { return -beyondMm; }
  double bottom() const { return top() + m_stepMm * double(m_rows.size() - 1); }
  /// Where the line's last point lies.
  double lineEnd() const { return m_lineEnd; }
  /// From the line's first to its last point, mm.
  double lineLengthMm() const { return m_lengthMm; }
  /// Least and greatest `lineAcross` between the line's ends.
  std::pair<double, double> lineRange() const { return m_lineRange; }

 private:
  double m_stepMm = 0.5, m_lengthMm = 0, m_lineEnd = 0;
  bool m_stretched = false;
  VectorLps m_fixed; ///< stretched: the direction of all rows
  std::vector<Row> m_rows;
  std::pair<double, double> m_lineRange{0, 0};
};

struct CurvedGeometry {
  std::shared_ptr<const CurvedSheet> sheet;
  double offset = 0;                       ///< mm, so that the picture holds the crosshair
  double middleAcross = 0, middleDown = 0; ///< shown in the middle of the view
  double mmPerPixel = 1;                   ///< logical pixels
  double width = 1, height = 1;

  PointLps at(ScreenPoint p) const;
  /// Of the point's place on the sheet.
  ScreenPoint position(PointLps p) const;
  /// From the shown sheet, mm, signed.
  double distance(PointLps p) const { return sheet->placeOf(p).offset - offset; }
  double downAt(double y) const { return middleDown + (y - height / 2) * mmPerPixel; }
  /// Flat around one point of the picture: right, down and the scale as they are there.
  SliceGeometry flatAt(ScreenPoint p) const;
  bool operator==(const CurvedGeometry&) const = default;
};

/// `sheet` of this view's mode; sizes in logical pixels.
CurvedGeometry curvedGeometry(const ViewState& state, ViewKind view, std::shared_ptr<const CurvedSheet> sheet,
                              double width, double height);

/// Turns a view curved or flat again: crosshair onto the line, the view fits.
ViewState withCurved(ViewState state, ViewKind view, CurvedMode mode, const CentreLine& line);

} // namespace spondyl::viewer
