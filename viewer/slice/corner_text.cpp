#include "viewer/slice/corner_text.h"

#include <cmath>

namespace spondyl::viewer {
namespace {

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

QString joined(const QStringList& parts) {
  QStringList present;
  for (const QString& p : parts)
    if (!p.trimmed().isEmpty())
      present << p.trimmed();
  return present.join(QStringLiteral(" · "));
}

void append(QStringList& lines, const QString& line) {
  if (!line.isEmpty())
    lines << line;
}

QString number(double v, int decimals) {
  QString s = QString::number(v, 'f', decimals);
  return s.startsWith('-') && s.toDouble() == 0.0 ? s.mid(1) : s;
}

const Study* studyOf(const Case& c, const std::string& seriesUid) {
  for (const Study& study : c.studies)
    for (const Series& series : study.series)
      if (series.uid == seriesUid)
        return &study;
  return nullptr;
}

QString technique(const Series& s) {
  QStringList parts;
  if (s.kvp && *s.kvp > 0)
    parts << QStringLiteral("%1 kVp").arg(number(*s.kvp, 0));
  if (!s.kernel.empty())
    parts << text(s.kernel);
  if (s.repetitionTimeMs && *s.repetitionTimeMs > 0)
    parts << QStringLiteral("TR %1").arg(number(*s.repetitionTimeMs, 0));
  if (s.echoTimeMs && *s.echoTimeMs > 0)
    parts << QStringLiteral("TE %1").arg(number(*s.echoTimeMs, 0));
  if (!s.contrastAgent.empty())
    parts << text(s.contrastAgent);
  return joined(parts);
}

bool onPatientAxes(const Plane& plane) {
  const VectorLps n = plane.normal();
  return std::max({std::abs(n.x), std::abs(n.y), std::abs(n.z)}) > 0.99985; // 1 degree
}

void reviewStatus(const EffectiveCase* shown, const ViewState& state, CornerTexts& out) {
  if (!shown || state.labels == LabelDisplay::Off)
    return;
  bool any = false, proposed = false, edited = false;
  for (const Structure& s : shown->structures.all()) {
    if (s.state == ItemState::Rejected || state.isHidden(s.id))
      continue;
    any = true;
    proposed = proposed || s.state == ItemState::Proposed;
    edited = edited || s.state == ItemState::Edited;
  }
  if (!any)
    return;
  out.unreviewed = proposed;
  out.status = proposed ? QStringLiteral("Labels not reviewed")
               : edited ? QStringLiteral("Labels edited")
                        : QStringLiteral("Labels confirmed");
}

} // namespace

QString positionText(PointLps p) {
  return QStringLiteral("%1 %2  %3 %4  %5 %6 mm")
      .arg(p.x >= 0 ? 'L' : 'R')
      .arg(number(std::abs(p.x), 1))
      .arg(p.y >= 0 ? 'P' : 'A')
      .arg(number(std::abs(p.y), 1))
      .arg(p.z >= 0 ? 'H' : 'F')
      .arg(number(std::abs(p.z), 1));
}

QString planeName(const SliceInput& input) {
  const QString name = text(viewName(input.view));
  if (onPatientAxes(input.state.plane(input.view)))
    return name;
  if (input.state.selected && input.shown)
    return name + QStringLiteral(" · along ") + text(input.shown->chain.displayName(input.state.selected));
  return QStringLiteral("Oblique ") + name.toLower();
}

CornerTexts identityTexts(const Case* c, const EffectiveCase* shown, const ViewState& state) {
  CornerTexts out;
  const bool anonymous = state.annotations == AnnotationDisplay::Anonymous;
  const Series* series = c ? c->series(state.seriesUid) : nullptr;
  if (c && !anonymous) {
    const Patient& p = c->patient;
    append(out.topLeft, text(displayName(p)));
    append(out.topLeft, joined({text(p.id), text(p.birthDate), text(p.sex)}));
    if (const Study* study = studyOf(*c, state.seriesUid))
      append(out.topLeft, joined({text(study->date), text(study->description)}));
  }
  if (series) {
    QString named = text(series->description);
    if (series->number)
      named = joined({QStringLiteral("Series %1").arg(*series->number), named});
    append(out.topRight, joined({text(series->modality), named}));
    append(out.topRight, technique(*series));
    append(out.topRight, text(series->patientPosition));
    if (series->lossy)
      out.marks.push_back({QStringLiteral("lossy"), true});
  }
  reviewStatus(shown, state, out);
  return out;
}

namespace {

QString windowText(const Windowing& w) {
  const int decimals = w.width < 10 ? 2 : 0;
  return QStringLiteral("W %1  L %2%3")
      .arg(number(w.width, decimals), number(w.centre, decimals),
           w.inverted ? QStringLiteral("  inverted") : QString());
}

QString slabText(const ViewState& state) {
  const QString mode = state.slabMode == SlabMode::Maximum   ? QStringLiteral("MIP")
                       : state.slabMode == SlabMode::Minimum ? QStringLiteral("MinIP")
                                                             : QStringLiteral("mean");
  return QStringLiteral("Slab %1 mm %2").arg(number(state.slabMm, 1), mode);
}

} // namespace

CornerTexts curvedTexts(const SliceInput& input, const CurvedGeometry& g) {
  const ViewState& state = input.state;
  CornerTexts out = identityTexts(input.document.get(), input.shown.get(), state);
  const bool stretched = state.curved[std::size_t(input.view)] == CurvedMode::Stretched;
  const QString side =
      input.view == ViewKind::Coronal ? QStringLiteral("coronal") : QStringLiteral("sagittal");
  out.bottomLeft << QStringLiteral("Curved %1 · %2")
                        .arg(side, stretched ? QStringLiteral("stretched") : QStringLiteral("straightened"))
                 << QStringLiteral("Along %1, %2 mm long")
                        .arg(state.curvedAlong == CurvedAlong::Canal ? QStringLiteral("the canal")
                                                                     : QStringLiteral("bodies and discs"),
                             number(g.sheet->lineLengthMm(), 0))
                 << positionText(state.crosshair);
  if (std::abs(g.offset) >= 0.05)
    out.bottomLeft << QStringLiteral("%1 mm beside the line").arg(number(std::abs(g.offset), 1));
  if (state.slabMm > 0)
    out.bottomLeft << slabText(state);
  out.bottomRight << windowText(state.windowing);
  out.marks.insert(out.marks.begin(), {QStringLiteral("CPR · not to scale"), true});
  return out;
}

const Radiograph* radiographOf(const SliceInput& input) {
  const Series* series = input.document ? input.document->series(input.state.seriesUid) : nullptr;
  return series ? radiographOf(*series, input.state.stack) : nullptr;
}

MarkUnits unitsOf(const SliceInput& input) {
  const Series* series = input.document ? input.document->series(input.state.seriesUid) : nullptr;
  if (!series || !input.volume)
    return {};
  return markUnits(*series, input.state.stack, *input.volume, input.document.get());
}

namespace {

// What a length on it means: a plate where it is not the patient's.
void calibrationText(const Radiograph& r, const LineCalibration* line, CornerTexts& out) {
  if (line) {
    out.bottomLeft << QStringLiteral("Calibrated by a line of %1 mm").arg(number(line->lineMm, 1));
    return;
  }
  switch (r.calibration) {
  case Calibration::None:
    out.marks.push_back({QStringLiteral("not calibrated · px"), true});
    break;
  case Calibration::Detector:
    out.marks.push_back({QStringLiteral("mm at the detector"), true});
    break;
  case Calibration::Stated:
    out.marks.push_back({QStringLiteral("mm as the file states"), true});
    break;
  case Calibration::Magnified:
    out.bottomLeft
        << QStringLiteral("Magnification %1 taken out").arg(number(r.magnification.value_or(1), 2));
    break;
  case Calibration::Calibrated:
    out.bottomLeft << joined({QStringLiteral("Calibrated"), text(r.calibrationMethod)});
    break;
  }
}

void radiographTexts(const SliceInput& input, const Radiograph& r, const SliceGeometry& g, CornerTexts& out) {
  const ViewState& state = input.state;
  const Series& series = *input.document->series(state.seriesUid);
  const QString view = joined({text(r.view), text(r.laterality)});
  out.bottomLeft << (view.isEmpty() ? QStringLiteral("Radiograph") : QStringLiteral("Radiograph · ") + view);
  if (series.stacks.size() > 1)
    out.bottomLeft << QStringLiteral("Image %1 of %2").arg(state.stack + 1).arg(series.stacks.size());
  if (!r.isOriented)
    out.marks.push_back({QStringLiteral("sides not stated"), true});
  calibrationText(r, input.document->calibration(state.seriesUid, state.stack), out);
  const double fit = fittingMmPerPixel(state.plane(input.view), input.volume->grid(), g.width, g.height);
  out.bottomRight << QStringLiteral("%1×").arg(number(fit / g.mmPerPixel, 2)) << windowText(state.windowing);
}

} // namespace

CornerTexts cornerTexts(const SliceInput& input, const SliceGeometry& g) {
  const ViewState& state = input.state;
  CornerTexts out = identityTexts(input.document.get(), input.shown.get(), state);
  if (!input.volume)
    return out;
  if (const Radiograph* radiograph = radiographOf(input)) {
    radiographTexts(input, *radiograph, g, out);
    return out;
  }

  const Plane& plane = state.plane(input.view);
  const Grid& grid = input.volume->grid();
  const SliceNumber slice = sliceNumber(plane, grid);
  QString place = planeName(input);
  if (slice.parallel)
    place += QStringLiteral("  %1/%2").arg(slice.number).arg(slice.count);
  out.bottomLeft << place << positionText(state.crosshair);
  const QString step = QStringLiteral("%1 mm").arg(number(sliceStepMm(plane, grid), 2));
  if (state.slabMm > 0)
    out.bottomLeft << QStringLiteral("%1 · step %2").arg(slabText(state), step);
  else
    out.bottomLeft << QStringLiteral("Step %1").arg(step);
  const double fit = fittingMmPerPixel(plane, grid, g.width, g.height);
  out.bottomRight << QStringLiteral("%1×").arg(number(fit / g.mmPerPixel, 2)) << windowText(state.windowing);
  if (isInterpolated(plane, grid))
    out.marks.push_back({QStringLiteral("interpolated"), false});
  return out;
}

} // namespace spondyl::viewer
