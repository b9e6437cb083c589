#include "tests/viewer/support/made_spine.h"
#include "tests/viewer/support/picture_check.h"
#include "viewer/slice/slice_view.h"

#include <catch2/catch.hpp>

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QWheelEvent>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

template <class F>
bool waitUntil(F&& done, int ms = 20000) {
  QElapsedTimer clock;
  clock.start();
  while (!done() && clock.elapsed() < ms)
    QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
  return done();
}

void mouse(QWidget& w, QEvent::Type type, QPointF at, Qt::MouseButton button, Qt::MouseButtons held,
           Qt::KeyboardModifiers keys = {}) {
  QMouseEvent e(type, at, w.mapToGlobal(at), button, held, keys);
  QApplication::sendEvent(&w, &e);
}

} // namespace

TEST_CASE("A slice view shows what renderSlice draws, without blocking") {
  application();
  const MadeSpine spine = madeSpine(madeGrid());
  SliceView view(ViewKind::Axial);
  view.resize(300, 240);
  view.setContents(spine.volume, spine.document, spine.shown,
                   initialState(*spine.document->series("1.2.3"), *spine.volume));
  view.show();
  REQUIRE(waitUntil([&] { return view.isUpToDate(); }));
  SliceInput in;
  in.volume = spine.volume;
  in.document = spine.document;
  in.shown = spine.shown;
  in.state = initialState(*spine.document->series("1.2.3"), *spine.volume);
  in.view = ViewKind::Axial;
  in.width = 300;
  in.height = 240;
  in.devicePixelRatio = view.devicePixelRatioF();
  CHECK(view.picture() == renderSlice(in));
  CHECK(view.grab().toImage().size() == view.picture().size());
  // Many changes at once: the last one is what remains.
  for (int n = 0; n < 30; ++n) {
    in.state = scrolled(in.state, ViewKind::Axial, 1, *spine.volume);
    view.setState(in.state);
  }
  REQUIRE(waitUntil([&] { return view.isUpToDate(); }));
  CHECK(view.picture() == renderSlice(in));
}

TEST_CASE("A slice view may go while its picture is still being drawn") {
  application();
  const MadeSpine spine = madeSpine(madeGrid());
  for (int n = 0; n < 5; ++n) {
    SliceView view(ViewKind::Sagittal);
    view.resize(200, 200);
    view.setContents(spine.volume, spine.document, spine.shown,
                     initialState(*spine.document->series("1.2.3"), *spine.volume));
    view.show();
    QApplication::processEvents();
  }
  QApplication::processEvents(); // pictures delivered to views that are gone would crash here
  CHECK(QApplication::allWidgets().isEmpty());
}

TEST_CASE("Pointer events carry button, keys and the point of the patient under the pointer") {
  application();
  const MadeSpine spine = madeSpine(madeGrid());
  SliceView view(ViewKind::Coronal);
  view.resize(320, 200);
  view.setContents(spine.volume, spine.document, spine.shown,
                   initialState(*spine.document->series("1.2.3"), *spine.volume));
  view.show();
  std::vector<PointerEvent> events;
  int menus = 0;
  QObject::connect(&view, &SliceView::pointer, [&](const PointerEvent& e) { events.push_back(e); });
  QObject::connect(&view, &SliceView::contextMenuWanted, [&] { ++menus; });
  mouse(view, QEvent::MouseMove, {10, 10}, Qt::NoButton, Qt::NoButton,
        Qt::ControlModifier | Qt::ShiftModifier);
  mouse(view, QEvent::MouseButtonPress, {100, 60}, Qt::LeftButton, Qt::LeftButton);
  mouse(view, QEvent::MouseMove, {120, 80}, Qt::NoButton, Qt::LeftButton);
  mouse(view, QEvent::MouseButtonRelease, {130, 90}, Qt::LeftButton, Qt::NoButton);
  mouse(view, QEvent::MouseButtonPress, {100, 60}, Qt::RightButton, Qt::RightButton);
  mouse(view, QEvent::MouseButtonRelease, {101, 60}, Qt::RightButton, Qt::NoButton);
  QWheelEvent wheel({50, 50}, view.mapToGlobal(QPointF(50, 50)), {}, {0, 240}, Qt::NoButton,
                    Qt::ShiftModifier, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&view, &wheel);
  REQUIRE(events.size() == 7);
  CHECK(events[0].phase == PointerPhase::Hover);
  CHECK((events[0].control && events[0].shift));
  CHECK(events[1].phase == PointerPhase::Press);
  CHECK(events[1].button == PointerButton::Left);
  CHECK(distance(events[1].lps, view.viewGeometry().at({100, 60})) < 1e-9);
  CHECK(events[2].phase == PointerPhase::Drag);
  CHECK(events[3].phase == PointerPhase::Release);
  CHECK(events[3].at == ScreenPoint{130, 90});
  CHECK(menus == 1); // a right click without a drag
  CHECK(events[6].phase == PointerPhase::Wheel);
  CHECK(events[6].wheelSteps == 2);
  CHECK(events[6].shift);
}
