#include "app/window/session.h"

#include <QTimer>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace spondyl::app {
namespace {

CasePtr newCase(const StudyListing& listing) {
  auto made = std::make_shared<Case>();
  made->id = newUuid();
  if (!listing.studies.empty())
    made->patient = listing.studies.front().patient;
  made->studies = SharedList<Study>(listing.studies);
  return made;
}

std::string accountName() {
  for (const char* variable : {"USER", "LOGNAME"})
    if (const char* name = std::getenv(variable); name && *name)
      return name;
  return "reader";
}

} // namespace

Session::Session(JobRunner& jobs, Notices& notices, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_notices(notices), m_person(accountName()),
      m_measures(std::make_shared<MeasuresModel>()) {
  refresh();
}

void Session::begin(StudyListing listing, CasePtr initial, QString title) {
  m_listing = std::move(listing);
  m_title = std::move(title);
  m_volume.reset();
  m_complete = false;
  m_readOnly = false;
  m_view = {};
  m_measureOverlay = {};
  m_measurements.clear();
  m_angles.clear();
  m_measures = std::make_shared<MeasuresModel>();
  writeCase(initial ? std::move(initial) : newCase(m_listing));
  emit studyChanged();
  emit imageChanged();
  emit caseChanged();
  emit measuresChanged();
  emit viewChanged();
}

void Session::writeCase(CasePtr initial) {
  m_document = std::make_unique<Document>(std::move(initial), m_person);
  m_document->subscribe([this](const Step& step) { onStep(step); });
  m_dirty = true;
}

void Session::close() {
  m_listing = {};
  m_title.clear();
  m_document.reset();
  m_volume.reset();
  m_view = {};
  m_measureOverlay = {};
  m_measurements.clear();
  m_angles.clear();
  m_measures = std::make_shared<MeasuresModel>();
  m_dirty = true;
  emit studyChanged();
  emit imageChanged();
  emit caseChanged();
  emit measuresChanged();
  emit viewChanged();
}

void Session::setImage(std::string seriesUid, int stack, VolumePtr volume, bool complete) {
  const bool another = seriesUid != m_seriesUid || stack != m_stack || !m_volume || !volume ||
                       !(volume->grid() == m_volume->grid());
  m_seriesUid = std::move(seriesUid);
  m_stack = stack;
  m_volume = std::move(volume);
  const bool wasComplete = m_complete && !another;
  m_complete = complete;
  if (m_volume && another && series()) {
    const InstanceId selectedBefore = m_view.selected;
    m_view = viewer::initialState(*series(), *m_volume, m_stack);
    m_view.selected = selectedBefore;
    m_firstWindowing = m_view.windowing;
  } else if (m_volume && complete && !wasComplete && series() && m_view.windowing == m_firstWindowing) {
    m_view.windowing =
        viewer::defaultWindowing(*series(), *m_volume, m_stack); // only now are all the voxels there
  }
  emit imageChanged();
  emit viewChanged();
}

void Session::setModality(const std::string& seriesUid, const std::string& modality) {
  for (Study& study : m_listing.studies)
    for (Series& series : study.series)
      if (series.uid == seriesUid)
        series.modality = modality;
  if (m_document &&
      m_document->revision() == 0) { // nothing done yet: the case is of the listing as it is known now
    auto known = std::make_shared<Case>(*snapshot());
    known->studies = SharedList<Study>(m_listing.studies);
    writeCase(std::move(known));
  }
  emit listingChanged();
}

const Series* Session::series() const {
  for (const Study& study : m_listing.studies)
    for (const Series& series : study.series)
      if (series.uid == m_seriesUid)
        return &series;
  return nullptr;
}

std::string Session::frameOfReference() const {
  const Series* found = series();
  return found ? found->frameOfReferenceUid : std::string();
}

CasePtr Session::snapshot() const {
  static const CasePtr none = std::make_shared<Case>();
  return m_document ? m_document->snapshot() : none;
}

void Session::refresh() const {
  if (!m_dirty && m_shown)
    return;
  const CasePtr now = snapshot();
  m_shown = m_ready.first == now && m_ready.second ? m_ready.second
                                                   : std::make_shared<EffectiveCase>(effective(*now));
  m_levels = std::make_shared<LevelsModel>(buildLevels(*now, *m_shown));
  m_findings = std::make_shared<FindingsModel>(buildFindings(*now, *m_shown));
  m_dirty = false;
}

std::shared_ptr<const EffectiveCase> Session::shown() const {
  refresh();
  return m_shown;
}

std::shared_ptr<const LevelsModel> Session::levels() const {
  refresh();
  return m_levels;
}

std::shared_ptr<const FindingsModel> Session::findings() const {
  refresh();
  return m_findings;
}

void Session::setMeasures(const std::vector<Measurement>& measurements) {
  m_measurements = measurements;
  m_measures = std::make_shared<MeasuresModel>(buildMeasures(measurements, m_measures.get()));
  emit measuresChanged();
}

void Session::addAngle(const AngleRequest& angle) {
  const auto same = [&](const AngleRequest& a) {
    return a.id == angle.id && a.upper == angle.upper && a.lower == angle.lower;
  };
  if (std::none_of(m_angles.begin(), m_angles.end(), same))
    m_angles.push_back(angle);
  emit anglesChanged();
}

void Session::setReadOnly(bool readOnly) {
  m_readOnly = readOnly;
  emit caseChanged();
}

bool Session::apply(const Edit& edit) {
  if (!m_document || m_readOnly)
    return false;
  const Result<Revision> done = m_document->apply(edit);
  if (!done)
    m_notices.error(done.error(), QStringLiteral("edit"));
  return done.ok();
}

void Session::applyInJob(Edit edit, std::function<void(bool)> done) {
  if (!m_document || m_readOnly)
    return;
  const CasePtr from = snapshot();
  const auto shared = std::make_shared<const Edit>(std::move(edit));
  const EditContext context{m_person, utcNow()};
  m_jobs.start<Computed>(
      JobSpec({}, {}, this),
      [from, shared, context](const JobContext&) -> Result<Computed> {
        SPONDYL_TRY(Applied applied, spondyl::apply(from, *shared, context));
        auto shownNext = std::make_shared<EffectiveCase>(effective(*applied.next));
        return Computed{std::move(applied), std::move(shownNext)};
      },
      [this, from, shared, context, done](Result<Computed> computed) {
        if (!m_document || m_readOnly || snapshot()->id != from->id)
          return; // another study by now
        if (!computed) {
          m_notices.error(computed.error(), QStringLiteral("edit"));
          if (done)
            done(false);
          return;
        }
        if (snapshot() != from)
          return applyInJob(*shared, done);
        m_ready = {computed->applied.next, computed->shown};
        const bool taken = m_document->take(from, std::move(computed->applied), verb(*shared), context).ok();
        if (done)
          done(taken);
      });
}

void Session::undo() {
  if (!canUndo())
    return;
  if (const Result<Revision> done = m_document->undo(); !done)
    m_notices.error(done.error(), QStringLiteral("edit"));
}

void Session::redo() {
  if (!canRedo())
    return;
  if (const Result<Revision> done = m_document->redo(); !done)
    m_notices.error(done.error(), QStringLiteral("edit"));
}

void Session::onStep(const Step& step) {
  m_dirty = true;
  if (!step.changes.voxels.isEmpty())
    emit voxelsChanged(step.changes.voxels);
  emit stepDone(step);
  if (m_flushPending)
    return;
  m_flushPending = true;
  QTimer::singleShot(0, this, &Session::flush);
}

void Session::flush() {
  m_flushPending = false;
  refresh();
  if (m_view.selected && !m_levels->find(m_view.selected)) {
    m_view.selected = {};
    emit viewChanged();
  }
  emit caseChanged();
}

void Session::setView(viewer::ViewState view) {
  view = viewer::kept(std::move(view));
  if (view == m_view)
    return;
  m_view = std::move(view);
  emit viewChanged();
}

void Session::goToLevel(InstanceId instance) {
  const LevelRow* row = levels()->find(instance);
  if (!row)
    return;
  if (!m_volume) {
    m_view.selected = instance;
    emit viewChanged();
    return;
  }
  viewer::ViewState next = viewer::levelAligned(m_view, *shown(), instance);
  next.selected = instance;
  setView(std::move(next));
}

void Session::goTo(PointLps point) {
  const bool somewhere = std::isfinite(point.x) && std::isfinite(point.y) && std::isfinite(point.z);
  if (m_volume && somewhere)
    setView(viewer::movedTo(m_view, point));
}

const LevelRow* Session::selectedRow() const {
  return levels()->find(m_view.selected);
}

InstanceId Session::levelAt(PointLps point) const {
  const auto now = shown();
  for (const LabelLayer& layer : now->layers) {
    if (layer.kind != LayerKind::BoneAndDisc)
      continue;
    const StructureId id = layer.map.at(nearestIndex(layer.map.grid().toIjk(point)));
    if (!id)
      continue;
    if (const Structure* structure = now->structures.find(id))
      return structure->instance;
  }
  return {};
}

const Structure* Session::paintTarget() const {
  const auto now = shown();
  for (const LabelLayer& layer : now->layers) {
    const StructureId id = layer.map.at(nearestIndex(layer.map.grid().toIjk(m_view.crosshair)));
    const Structure* here = id ? now->structures.find(id) : nullptr;
    if (here && (!m_view.selected || here->instance == m_view.selected))
      return here;
  }
  for (const Part part : {Part::VertebralBody, Part::Vertebra, Part::Sacrum, Part::PosteriorElements})
    if (const Structure* found = now->structures.find(m_view.selected, part))
      return found;
  return nullptr;
}

void Session::setMeasureOverlay(viewer::Overlay overlay) {
  m_measureOverlay = std::move(overlay);
  emit overlayChanged();
}

} // namespace spondyl::app
