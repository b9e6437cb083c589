#pragma once
// What the window is about: the input's listing, the case with its one writer, the volume in view and where
// one looks. Lives on the main thread; everything that takes time is done by jobs elsewhere and handed in
// here.

#include "app/jobs/job_runner.h"
#include "app/panels/findings_model.h"
#include "app/panels/levels_model.h"
#include "app/panels/measures_model.h"
#include "app/window/notices.h"
#include "core/edit/document.h"
#include "core/study/study.h"
#include "viewer/state/overlay.h"
#include "viewer/state/view_state.h"

#include <QObject>

#include <memory>
#include <optional>

namespace spondyl::app {

class Session : public QObject {
  Q_OBJECT
 public:
  Session(JobRunner& jobs, Notices& notices, QObject* parent = nullptr);

  // The input
  /// A new input: case, volume and view start anew. `initial`: the case of a file, else one is made of the
  /// listing.
  void begin(StudyListing listing, CasePtr initial = nullptr, QString title = {});
  void close();
  bool hasStudy() const { return m_document != nullptr; }
  const StudyListing& listing() const { return m_listing; }
  const QString& title() const { return m_title; } ///< file or folder name

  // The image
  /// The volume of one stack; `complete` is false while slices are still arriving in it.
  void setImage(std::string seriesUid, int stack, VolumePtr volume, bool complete);
  /// For a file that does not say: what its values tell.
  void setModality(const std::string& seriesUid, const std::string& modality);
  /// More slices of the image have arrived.
  void imageGrew() { emit imageChanged(); }
  bool hasImage() const { return m_volume != nullptr; }
  bool imageComplete() const { return m_volume && m_complete; }
  VolumePtr volume() const { return m_volume; }
  const Series* series() const; ///< of the image; nullptr if none
  std::string frameOfReference() const;

  // The case
  Document* document() { return m_document.get(); }
  CasePtr snapshot() const;
  std::shared_ptr<const EffectiveCase> shown() const;
  std::shared_ptr<const LevelsModel> levels() const;
  std::shared_ptr<const FindingsModel> findings() const;
  std::shared_ptr<const MeasuresModel> measures() const { return m_measures; }
  void setMeasures(const std::vector<Measurement>& measurements);
  const std::vector<Measurement>& measurements() const { return m_measurements; }
  /// Angles between levels that the reader asked for; of this study, not kept with the case.
  const std::vector<AngleRequest>& angles() const { return m_angles; }
  void addAngle(const AngleRequest& angle);
  bool isReadOnly() const { return m_readOnly; }
  void setReadOnly(bool readOnly);
  /// False: refused; the reason stands in the notices.
  bool apply(const Edit& edit);
  /// For edits that touch many voxels: computed by a job, taken in one step when it is done. If the case
  /// moved on meanwhile, it is computed again.
  void applyInJob(Edit edit, std::function<void(bool)> done = {});
  bool canUndo() const { return m_document && m_document->canUndo() && !m_readOnly; }
  bool canRedo() const { return m_document && m_document->canRedo() && !m_readOnly; }
  void undo();
  void redo();
  const std::string& person() const { return m_person; }

  // Where one looks
  const viewer::ViewState& view() const { return m_view; }
  void setView(viewer::ViewState view);
  /// Goes to a vertebra in all views.
  void goToLevel(InstanceId instance);
  void goTo(PointLps point);
  InstanceId selected() const { return m_view.selected; }
  const LevelRow* selectedRow() const;
  /// Vertebra at a point of the shown labels, if any.
  InstanceId levelAt(PointLps point) const;
  /// The structure that edits on a vertebra paint: the one at hand under the crosshair, else its body.
  const Structure* paintTarget() const;
  void setMeasureOverlay(viewer::Overlay overlay);
  const viewer::Overlay& measureOverlay() const { return m_measureOverlay; }

 signals:
  void studyChanged();   ///< another input, or none
  void listingChanged(); ///< the same input, known better
  void imageChanged();
  void caseChanged(); ///< once per turn of the event loop, however many edits
  void
  voxelsChanged(spondyl::IndexBox box); ///< labels changed within this box only; else caseChanged covers all
  void stepDone(const spondyl::Step& step); ///< once per edit, undo and redo
  void measuresChanged();
  void anglesChanged();
  void viewChanged();
  void overlayChanged();

 private:
  struct Computed {
    Applied applied;
    std::shared_ptr<const EffectiveCase> shown;
  };
  void writeCase(CasePtr initial); ///< a document of its own for this case
  void onStep(const Step& step);
  void flush();
  void refresh() const;

  JobRunner& m_jobs;
  Notices& m_notices;
  StudyListing m_listing;
  QString m_title;
  std::string m_person;
  std::unique_ptr<Document> m_document;
  std::string m_seriesUid;
  int m_stack = 0;
  VolumePtr m_volume;
  bool m_complete = false, m_readOnly = false, m_flushPending = false;
  viewer::ViewState m_view;
  viewer::Windowing m_firstWindowing;
  viewer::Overlay m_measureOverlay;
  std::pair<CasePtr, std::shared_ptr<const EffectiveCase>>
      m_ready; ///< what a job computed of a case, beforehand
  mutable bool m_dirty = true;
  mutable std::shared_ptr<const EffectiveCase> m_shown;
  mutable std::shared_ptr<const LevelsModel> m_levels;
  mutable std::shared_ptr<const FindingsModel> m_findings;
  std::shared_ptr<const MeasuresModel> m_measures;
  std::vector<Measurement> m_measurements;
  std::vector<AngleRequest> m_angles;
};

} // namespace spondyl::app
