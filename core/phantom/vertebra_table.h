#pragma once
// Usual sizes of vertebrae by level, mm (after Panjabi 1991 and 1992, enlarged to what CT shows; for phantoms
// only).

namespace spondyl {

struct VertebraSizes {
  double width = 0, depth = 0, height = 0; ///< of the body
  double discBelow = 0;                    ///< height of the disc below
  double canalHalfWidth = 0, canalHalfDepth = 0;
  double pedicleHalfWidth = 0, pedicleHalfHeight = 0;
  double spinousLength = 0, spinousDropDeg = 0;
  double transverseHalfSpan = 0;
};

/// `position`: 0 C1 … 6 C7, 7 T1 … 18 T12, 19 L1 … 23 L5; between them interpolated.
VertebraSizes usualSizes(double position);

} // namespace spondyl
