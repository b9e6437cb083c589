#pragma once
// Every command of the window as data: id, words, shortcut, icon, when it can act, what it does. Menus, the
// tool rail and the shortcuts are made from this one table.

#include <QIcon>
#include <QKeySequence>
#include <QList>
#include <QString>

#include <functional>
#include <vector>

namespace spondyl::app {

struct AppContext;

enum class ActionId : int {
  // file
  OpenFiles,
  OpenFolder,
  OpenLabels,
  AddModel,
  SaveCase,
  SaveCaseAs,
  SaveScreenshot,
  CloseStudy,
  Quit,
  // view
  Preset1,
  Preset2,
  Preset3,
  Preset4,
  Preset5,
  Preset6,
  Preset7,
  PresetFile,
  Invert,
  LabelOpacity,
  LabelsOnOff,
  LabelNames,
  TextOverlay,
  CrosshairOnOff,
  SliceNext,
  SlicePrevious,
  SliceNextTen,
  SlicePreviousTen,
  SliceFirst,
  SliceLast,
  LevelPrevious,
  LevelNext,
  Unalign,
  Fit,
  Reset,
  Maximise,
  SeriesColumn,
  SidePanel,
  LayoutFour,
  LayoutOneAndThree,
  LayoutTwo,
  CurvedView,
  CurvedAlong,
  ReferenceLines,
  SlabModes,
  Cine,
  CineFaster,
  CineSlower,
  TabLevels,
  TabFindings,
  TabMeasures,
  TabReport,
  // tools
  ToolCrosshair,
  ToolWindow,
  ToolPan,
  ToolZoom,
  ToolBrush,
  ToolEraser,
  ToolSplit,
  ToolLandmark,
  ToolDistance,
  ToolAngle,
  ToolCobb,
  ToolEllipse,
  ToolRegion,
  ToolArrow,
  MarksList,
  Calibrate,
  ForgetCalibration,
  EditHere,
  BrushLarger,
  BrushSmaller,
  BrushShape,
  BrushInside,
  EndTool,
  Undo,
  Redo,
  // levels
  AcceptLevel,
  RejectLevel,
  AcceptAll,
  ConfirmAll,
  NextToReview,
  NameLevel,
  SplitLevel,
  MergeBelow,
  DeleteLevel,
  RestoreLevel,
  // AI
  Analyse,
  StopAnalysis,
  ChooseModel,
  UncertaintyMap,
  SaliencyVertebra,
  SaliencyDisc,
  MapOpacity,
  // report
  KeyImage,
  ExportPdf,
  ExportJson,
  ExportSeg,
  // help
  Shortcuts,
  About,
};

enum class MenuId : int { File, View, Tools, Levels, Ai, Report, Help };

struct ActionSpec {
  ActionId id{};
  MenuId menu{};
  const char* text = ""; ///< with "&" for the menu's key
  const char* toolTip = "";
  QList<QKeySequence> shortcuts;
  const char* icon = ""; ///< of the icon set; empty: none
  bool onRail = false;
  bool separatorBefore = false;
  std::function<bool(const AppContext&)> enabled; ///< empty: always
  std::function<bool(const AppContext&)> checked; ///< empty: not checkable
  std::function<void(AppContext&)> run;
};

/// In the order of the menus.
const std::vector<ActionSpec>& actionTable();
const char* menuTitle(MenuId menu);
const ActionSpec& actionSpec(ActionId id);

/// An entry; what it lacks here (icon, rail, check mark, separator) is set on it.
ActionSpec makeAction(ActionId id, MenuId menu, const char* text, const char* toolTip,
                      QList<QKeySequence> shortcuts, std::function<bool(const AppContext&)> enabled,
                      std::function<void(AppContext&)> run);

// Parts of the table, by menu.
std::vector<ActionSpec> fileActions();
std::vector<ActionSpec> viewActions();
std::vector<ActionSpec> layoutActions(); ///< View too: layouts, curved views, slab, cine
std::vector<ActionSpec> toolActions();
std::vector<ActionSpec> levelActions();
std::vector<ActionSpec> resultActions(); ///< AI, Report, Help
std::vector<ActionSpec> mapActions();    ///< AI too: maps over the slices

} // namespace spondyl::app
