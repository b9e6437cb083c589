#include "app/window/actions.h"
#include "app/window/app_context.h"
#include "app/window/map_service.h"

#include <QCoreApplication>

#define TEXT(words) QT_TRANSLATE_NOOP("Actions", words)

namespace spondyl::app {
namespace {

/// Networks see volumes of more than one slice; a radiograph is none.
bool hasVolume(const AppContext& c) {
  return c.session.imageComplete() && c.session.volume()->size().k > 1;
}
bool hasSelected(const AppContext& c) {
  return hasVolume(c) && c.session.selectedRow() != nullptr;
}

} // namespace

std::vector<ActionSpec> mapActions() {
  std::vector<ActionSpec> list{
      makeAction(
          ActionId::UncertaintyMap, MenuId::Ai, TEXT("&Uncertainty map"),
          TEXT("Where the network is unsure of its classes: computed on request, shown over the slices"),
          {Qt::Key_J}, hasVolume, [](AppContext& c) { c.maps.toggleUncertainty(); }),
      makeAction(ActionId::SaliencyVertebra, MenuId::Ai, TEXT("Saliency of the &vertebra"),
                 TEXT("Which places of the image the selected vertebra rests on; takes some minutes"),
                 {Qt::Key_D}, hasSelected, [](AppContext& c) { c.maps.toggleSaliency(false); }),
      makeAction(ActionId::SaliencyDisc, MenuId::Ai, TEXT("Saliency of the &disc below"),
                 TEXT("Which places of the image the disc below the selected vertebra rests on"),
                 {QKeySequence(Qt::SHIFT | Qt::Key_D)}, hasSelected,
                 [](AppContext& c) { c.maps.toggleSaliency(true); }),
      makeAction(
          ActionId::MapOpacity, MenuId::Ai, TEXT("Map &opacity"),
          TEXT("Opacity of the map over the slices: 70 %, 40 %, 100 %"),
          {QKeySequence(Qt::SHIFT | Qt::Key_J)},
          [](const AppContext& c) { return c.maps.shown() != nullptr; },
          [](AppContext& c) { c.maps.nextOpacity(); }),
  };
  list[0].separatorBefore = true;
  list[0].checked = [](const AppContext& c) { return c.maps.shows(viewer::ScalarKind::Uncertainty); };
  list[1].checked = [](const AppContext& c) { return c.maps.showsSaliency(false); };
  list[2].checked = [](const AppContext& c) { return c.maps.showsSaliency(true); };
  return list;
}

} // namespace spondyl::app
