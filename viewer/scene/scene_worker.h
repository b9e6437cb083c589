#pragma once
// Two threads of the 3D view: one makes surfaces, one owns the GL context and draws. The newest request wins.

#include "viewer/scene/scene_picture.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace spondyl::viewer {

class SceneWorker {
 public:
  struct BuildJob {
    VolumePtr volume;
    CasePtr document;
    std::shared_ptr<const EffectiveCase> shown;
    ViewState state;
    std::uint64_t generation = 0;
  };
  struct Picture {
    QImage image;
    std::uint64_t generation = 0;
    SceneQuality quality = SceneQuality::Moving;
    double milliseconds = 0;
    std::string rendererName, failure;
  };
  /// Called on the worker's threads; set before the first request. Not called after stop() has returned.
  std::function<void(SceneContentsPtr, std::uint64_t)> onContents;
  std::function<void(const Picture&)> onPicture;

  ~SceneWorker() { stop(); }
  void build(BuildJob job);
  void draw(const SceneInput& input, std::uint64_t generation);
  /// Cancels and joins.
  void stop();

 private:
  void start();
  void buildLoop(std::stop_token stop);
  void drawLoop(std::stop_token stop);

  std::mutex m_mutex;
  std::condition_variable_any m_wake;
  std::optional<BuildJob> m_build;
  std::optional<std::pair<SceneInput, std::uint64_t>> m_draw;
  std::stop_source m_building; ///< of the build that runs
  std::jthread m_builder, m_drawer;
};

} // namespace spondyl::viewer
