#pragma once
// The catalogue's rows: how each measurement is computed from facts.

#include "core/measure/facts.h"

namespace spondyl {

/// Which entries of the chain list a row.
enum class RowScope : unsigned char { Body, Disc, DiscOfMr, Sacrum, FirstThoracic };

struct RowDefinition {
  MeasurementDefinition shown;
  RowScope scope = RowScope::Body;
  /// Fills value or reason, note, normal range, `from`, `lines` and `at`.
  void (*compute)(Facts& facts, const ChainEntry& entry, Measurement& row) = nullptr;
};
const std::vector<RowDefinition>& bodyRows();
const std::vector<RowDefinition>& discRows();
const std::vector<RowDefinition>& alignmentRows();

/// Angle rows ("cobb.coronal", "lordosis", "kyphosis") between two levels; `row.id` gets the levels' names.
const std::vector<MeasurementDefinition>& angleDefinitions();
void computeAngle(Facts& facts, const AngleRequest& request, Measurement& row);
/// The requests that are always there.
std::vector<AngleRequest> defaultAngles(Facts& facts);

// Shared by the rows.

constexpr const char* cutReason = "cut by the edge of the volume";
/// The vertebra or sacrum in this place has no whole body: the reason, or empty.
std::string bodyProblem(Facts& facts, const ChainEntry& entry);
/// The points of these sites; nullopt with a reason in `row` if one is missing. Takes over names, confidence
/// and whether all is confirmed.
std::optional<std::vector<PointFact>> needPoints(Facts& facts, const ChainEntry& entry,
                                                 const std::vector<std::string>& sites, Measurement& row);
/// Gives the row its value; status from what it rests on.
void setValue(Measurement& row, double value);
void setMissing(Measurement& row, std::string reason);
void addLine(Measurement& row, PointLps from, PointLps to);
/// "supine: standing thresholds do not apply", by the series' patient position.
std::string postureNote(Facts& facts);
/// Upper end plate's site on a vertebra, or on the sacrum ("endplate.anterior").
std::string upperPlateSite(const ChainEntry& entry, const char* place);

} // namespace spondyl
