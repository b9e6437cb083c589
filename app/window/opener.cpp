#include "app/window/opener.h"

#include "app/window/label_import.h"
#include "app/window/thumbnail.h"
#include "app/workflow/input.h"
#include "core/formats/nifti.h"

#include <QCoreApplication>

#include <algorithm>
#include <set>

namespace spondyl::app {
namespace {

QString nameOf(const Path& path) {
  const Path name = path.filename().empty() ? path.parent_path().filename() : path.filename();
  return QString::fromStdString(name.string());
}

const Series* seriesOf(const StudyListing& listing, const std::string& uid) {
  for (const Study& study : listing.studies)
    for (const Series& series : study.series)
      if (series.uid == uid)
        return &series;
  return nullptr;
}

/// A volume, or a radiograph.
bool isShown(const Stack& stack) {
  return stack.grid && (!stack.refusal || stack.radiograph);
}

/// Series without an identity of their own (NIfTI, stripped DICOM) get one within this listing, so that each
/// can be chosen; the first of a name keeps it.
void tellApart(StudyListing& listing) {
  std::set<std::string> taken;
  for (Study& study : listing.studies)
    for (Series& series : study.series) {
      const std::string stem = series.uid;
      for (int n = 2; !taken.insert(series.uid).second; ++n)
        series.uid = stem + "#" + std::to_string(n);
    }
}

} // namespace

Opener::Opener(JobRunner& jobs, Notices& notices, Session& session, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_notices(notices), m_session(session) {
  m_grow.setInterval(200);
  connect(&m_grow, &QTimer::timeout, this, [this] { m_session.imageGrew(); });
}

void Opener::openAll(const std::vector<Path>& paths) {
  if (paths.empty())
    return;
  m_labelsToFollow.assign(paths.begin() + 1, paths.end());
  open(paths.front());
}

void Opener::open(const Path& path) {
  if (path.extension() == ".spondyl") {
    emit caseFileAsked(QString::fromStdString(path.string()));
    return;
  }
  // A NIfTI file dropped on an open image may be its labels: the content decides.
  if (m_session.imageComplete() && hasNiftiName(path)) {
    const Grid grid = m_session.volume()->grid();
    m_jobs.start<LabelJudgement>(
        JobSpec({}, "judge", this),
        [path, grid](const JobContext& job) { return judgeLabels(path, grid, job); },
        [this, path](Result<LabelJudgement> judged) {
          if (judged && judged->areLabels)
            emit labelsAsked(QString::fromStdString(path.string()));
          else
            openStudy(path);
        });
    return;
  }
  openStudy(path);
}

void Opener::openStudy(const Path& path) {
  m_jobs.cancelKey("load");
  m_notices.dismissKey(QStringLiteral("open"));
  m_jobs.start<StudyListing>(
      JobSpec(tr("Opening %1").arg(nameOf(path)), "open", this),
      [path](const JobContext& job) { return openStudies(path, job); },
      [this, path](Result<StudyListing> listing) {
        if (!listing) {
          m_labelsToFollow.clear();
          m_notices.error(listing.error(), QStringLiteral("open"));
          return;
        }
        m_notices.clear();
        tellApart(*listing);
        m_warnings = listing->warnings;
        emit warningsChanged();
        m_session.begin(std::move(*listing), nullptr, nameOf(path));
        emit opened(QString::fromStdString(path.string()));
        loadBestSeries();
      });
}

void Opener::loadBestSeries() {
  const Result<SeriesChoice> choice = chooseSeries(m_session.listing(), {}, {.radiograph = true});
  if (!choice) {
    m_notices.error(choice.error(), QStringLiteral("open"));
    return;
  }
  m_thumbnailsToMake.clear();
  for (const Study& study : m_session.listing().studies)
    for (const Series& series : study.series)
      for (std::size_t stack = 0; stack < series.stacks.size(); ++stack) {
        if (!isShown(series.stacks[stack]))
          continue;
        m_thumbnailsToMake.emplace_back(series, stack);
        break;
      }
  std::reverse(m_thumbnailsToMake.begin(), m_thumbnailsToMake.end());
  const Series& best = m_session.listing().studies[choice->study].series[choice->series];
  std::erase_if(m_thumbnailsToMake, [&](const auto& entry) { return entry.first.uid == best.uid; });
  load(best, choice->stack);
}

void Opener::showSeries(const std::string& uid) {
  const Series* series = seriesOf(m_session.listing(), uid);
  if (!series || (m_session.series() && m_session.series()->uid == uid))
    return;
  for (std::size_t stack = 0; stack < series->stacks.size(); ++stack)
    if (isShown(series->stacks[stack]))
      return load(*series, stack);
}

void Opener::showNeighbour(int direction) {
  const Series* series = m_session.series();
  if (!series || !m_session.imageComplete())
    return;
  for (std::ptrdiff_t at = m_session.view().stack + direction;
       at >= 0 && at < std::ptrdiff_t(series->stacks.size()); at += direction)
    if (isShown(series->stacks[std::size_t(at)]))
      return load(*series, std::size_t(at));
}

void Opener::load(const Series& series, std::size_t stack) {
  const std::string uid = series.uid;
  if (VolumePtr kept = m_embedded ? m_embedded(uid, stack) : nullptr) {
    m_session.setImage(uid, int(stack), std::move(kept), true);
    makeThumbnails();
    return;
  }
  QPointer<Opener> self(this);
  LoadOptions options;
  options.acceptRadiograph = true;
  options.onMiddleSlice = [self, uid, stack](const VolumeBuilder& builder) {
    // From the loading thread: the first picture, long before the last slice.
    QMetaObject::invokeMethod(
        qApp,
        [self, uid, stack, early = builder.preview()] {
          if (!self || !self->m_jobs.isRunning("load"))
            return;
          self->m_session.setImage(uid, int(stack), early, false);
          self->m_grow.start();
        },
        Qt::QueuedConnection);
  };
  struct Loaded {
    LoadedVolume image;
    std::optional<std::string> modality; ///< judged, where the file does not say
  };
  m_jobs.start<Loaded>(
      JobSpec(tr("Reading the image"), "load", this),
      [series, stack, options](const JobContext& job) -> Result<Loaded> {
        SPONDYL_TRY(LoadedVolume image, loadVolume(series, stack, job, options));
        std::optional<std::string> modality = series.modality.empty() && !series.stacks[stack].radiograph
                                                  ? judgeModality(*image.volume)
                                                  : std::nullopt;
        return Loaded{std::move(image), std::move(modality)};
      },
      [this, uid, stack](Result<Loaded> loaded) {
        m_grow.stop();
        if (!loaded) {
          if (m_session.hasImage() && !m_session.imageComplete())
            m_session.setImage(uid, int(stack), nullptr, false);
          m_notices.error(loaded.error(), QStringLiteral("open"));
          return;
        }
        m_warnings.insert(m_warnings.end(), loaded->image.warnings.begin(), loaded->image.warnings.end());
        emit warningsChanged();
        if (loaded->modality)
          m_session.setModality(uid, *loaded->modality);
        m_session.setImage(uid, int(stack), loaded->image.volume, true);
        makeThumbnails();
        if (m_labelsToFollow.empty())
          return;
        std::vector<Path> labels = std::move(m_labelsToFollow);
        m_labelsToFollow.clear();
        for (const Path& path : labels)
          emit labelsAsked(QString::fromStdString(path.string()));
      });
}

void Opener::makeThumbnails() {
  // The open series from its voxels in memory; the others by reading their middle slice, one after the other.
  if (!m_session.series())
    return;
  const std::string uid = m_session.series()->uid;
  m_jobs.start<QImage>(
      JobSpec({}, "thumbnail", this),
      [series = *m_session.series(), stack = m_session.view().stack, volume = m_session.volume()](
          const JobContext&) -> Result<QImage> { return thumbnailOf(series, stack, volume); },
      [this, uid](Result<QImage> picture) {
        if (picture)
          emit thumbnail(QString::fromStdString(uid), *picture);
        makeNextThumbnail();
      });
}

void Opener::makeNextThumbnail() {
  if (m_thumbnailsToMake.empty())
    return;
  const auto [series, stack] = m_thumbnailsToMake.back();
  m_thumbnailsToMake.pop_back();
  m_jobs.start<QImage>(
      JobSpec({}, "thumbnail", this),
      [series = series, stack = stack](const JobContext& job) { return readThumbnail(series, stack, job); },
      [this, uid = series.uid](Result<QImage> picture) {
        if (picture)
          emit thumbnail(QString::fromStdString(uid), *picture);
        makeNextThumbnail();
      });
}

} // namespace spondyl::app
