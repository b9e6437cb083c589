#include "viewer/slice/slice_view.h"

#include "viewer/slice/overlay_paint.h"
#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <QPainter>
#include <QThreadPool>

#include <condition_variable>
#include <mutex>

namespace spondyl::viewer {
namespace {

constexpr int refineAfterMs = 120;
constexpr double smoothEnoughMs = 14; // full pictures that are this quick need no interactive ones

QThreadPool& renderPool() {
  static QThreadPool pool;
  static const bool once = [] {
    pool.setMaxThreadCount(2); // renderSlice uses several threads itself
    return true;
  }();
  Q_UNUSED(once);
  return pool;
}

} // namespace

// Shared with the rendering thread; `view` is cleared when the widget goes.
struct SliceView::Worker {
  struct Job {
    SliceInput input;
    std::uint64_t generation = 0;
  };
  std::mutex mutex;
  std::condition_variable ended;
  SliceView* view = nullptr;
  std::optional<Job> pending;
  bool running = false;
  SliceCache cache;

  static void submit(const std::shared_ptr<Worker>& self, Job job) {
    const std::lock_guard lock(self->mutex);
    self->pending = std::move(job);
    if (self->running)
      return;
    self->running = true;
    renderPool().start([self] { self->run(); });
  }

  void run() {
    for (;;) {
      Job job;
      {
        const std::lock_guard lock(mutex);
        if (!pending || !view) {
          running = false;
          ended.notify_all();
          return;
        }
        job = std::move(*pending);
        pending.reset();
      }
      QElapsedTimer clock;
      clock.start();
      const QImage picture = renderSlice(job.input, &cache);
      const double ms = double(clock.nsecsElapsed()) / 1e6;
      const std::lock_guard lock(mutex);
      if (!view)
        continue;
      SliceView* target =
          view; // alive while the lock is held; Qt drops queued calls to objects that are gone
      QMetaObject::invokeMethod(
          target,
          [target, picture, generation = job.generation, quality = job.input.quality, ms] {
            target->deliver(picture, generation, quality, ms);
          },
          Qt::QueuedConnection);
    }
  }
};

SliceView::SliceView(ViewKind view, QWidget* parent)
    : PointerWidget(parent), m_worker(std::make_shared<Worker>()) {
  m_worker->view = this;
  m_input.view = view;
  setAccessibleName(QString::fromStdString(viewName(view)));
  m_refine.setSingleShot(true);
  connect(&m_refine, &QTimer::timeout, this, [this] { request(SliceQuality::Full); });
  m_sinceChange.start();
}

SliceView::~SliceView() {
  std::unique_lock lock(m_worker->mutex);
  m_worker->view = nullptr;
  m_worker->pending.reset();
  // One picture at most: fonts and tables that a rendering thread uses must not go before it has ended.
  m_worker->ended.wait(lock, [this] { return !m_worker->running; });
}

void SliceView::setVolume(VolumePtr volume, std::uint64_t revision) {
  m_input.volume = std::move(volume);
  m_input.volumeRevision = revision;
  changed();
}

void SliceView::setDocument(CasePtr document, ShownPtr shown) {
  m_input.document = std::move(document);
  m_input.shown = std::move(shown);
  changed();
}

void SliceView::setState(const ViewState& state) {
  if (state == m_input.state)
    return;
  m_input.state = state;
  changed();
}

void SliceView::setContents(VolumePtr volume, CasePtr document, ShownPtr shown, const ViewState& state) {
  m_input.volume = std::move(volume);
  m_input.document = std::move(document);
  m_input.shown = std::move(shown);
  m_input.state = state;
  changed();
}

void SliceView::setOverlay(std::shared_ptr<const Overlay> overlay) {
  m_input.overlay = std::move(overlay);
  changed();
}

void SliceView::setScalar(ScalarOverlayPtr scalar) {
  if (scalar == m_input.scalar)
    return;
  m_input.scalar = std::move(scalar);
  changed();
}

void SliceView::setPreview(const Overlay& preview) {
  const bool strokes = preview.stroke || m_preview.stroke;
  m_preview = preview;
  m_input.stroke = preview.stroke;
  if (strokes)
    changed();
  update();
}

// The line is made of the labels: again only when they or what is asked for changed.
void SliceView::updateCurved() {
  const std::pair wanted{m_input.state.curved, m_input.state.curvedAlong};
  if (m_lineOf == m_input.shown && m_lineFor == wanted)
    return;
  m_lineOf = m_input.shown;
  m_lineFor = wanted;
  prepareCurved(m_input);
}

void SliceView::changed() {
  ++m_generation;
  updateCurved();
  const bool steady = m_sinceChange.restart() > refineAfterMs && !gestureGoesOn();
  request(steady || m_fullMs < smoothEnoughMs ? SliceQuality::Full : SliceQuality::Interactive);
}

void SliceView::request(SliceQuality quality) {
  if (!isVisible() || width() < 1 || height() < 1)
    return;
  m_input.width = width();
  m_input.height = height();
  m_input.devicePixelRatio = devicePixelRatioF();
  m_input.quality = quality;
  Worker::submit(m_worker, {m_input, m_generation});
  if (quality == SliceQuality::Interactive)
    m_refine.start(refineAfterMs);
  else
    m_refine.stop();
}

void SliceView::deliver(QImage picture, std::uint64_t generation, SliceQuality quality, double milliseconds) {
  m_picture = std::move(picture);
  m_shownGeneration = generation;
  m_shownQuality = quality;
  if (quality == SliceQuality::Full)
    m_fullMs = milliseconds;
  update();
  emit pictureReady();
}

void SliceView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintPicture(painter, m_picture);
  if (m_input.volume && !m_preview.empty())
    paintOverlay(painter, m_preview, m_input.state.isCurved(view()) ? m_flat : viewGeometry());
  paintActiveBorder(painter);
}

void SliceView::resizeEvent(QResizeEvent*) {
  changed();
}
void SliceView::showEvent(QShowEvent*) {
  changed();
}

SliceGeometry SliceView::viewGeometry() const {
  const Grid grid = m_input.volume ? m_input.volume->grid() : Grid();
  return sliceGeometry(m_input.state, view(), grid, width(), height());
}

std::optional<CurvedGeometry> SliceView::curvedViewGeometry() const {
  if (!m_input.sheet || !m_input.state.isCurved(view()))
    return std::nullopt;
  return curvedGeometry(m_input.state, view(), m_input.sheet, width(), height());
}

PointerEvent SliceView::pointerEventAt(QPointF position, PointerPhase phase) const {
  PointerEvent e;
  e.phase = phase;
  e.view = view();
  e.at = {position.x(), position.y()};
  e.geometry = viewGeometry();
  e.curved = m_input.state.isCurved(view());
  if (const auto curved = curvedViewGeometry()) {
    e.geometry = m_flat = curved->flatAt(e.at);
    e.section = curved->sheet->row(curved->downAt(e.at.y)).section;
  }
  e.lps = e.geometry.at(e.at);
  e.section.origin = e.lps;
  return e;
}

} // namespace spondyl::viewer
