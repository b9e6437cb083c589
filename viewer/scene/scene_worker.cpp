#include "viewer/scene/scene_worker.h"

#include <chrono>

namespace spondyl::viewer {

void SceneWorker::start() {
  if (m_drawer.joinable())
    return;
  m_drawer = std::jthread([this](std::stop_token stop) { drawLoop(stop); });
  m_builder = std::jthread([this](std::stop_token stop) { buildLoop(stop); });
}

void SceneWorker::build(BuildJob job) {
  const std::lock_guard lock(m_mutex);
  m_build = std::move(job);
  m_building.request_stop(); // what runs is out of date
  start();
  m_wake.notify_all();
}

void SceneWorker::draw(const SceneInput& input, std::uint64_t generation) {
  const std::lock_guard lock(m_mutex);
  m_draw = {input, generation};
  start();
  m_wake.notify_all();
}

void SceneWorker::stop() {
  {
    const std::lock_guard lock(m_mutex);
    m_building.request_stop();
  }
  for (std::jthread* thread : {&m_builder, &m_drawer}) {
    if (!thread->joinable())
      continue;
    thread->request_stop();
    thread->join();
  }
}

void SceneWorker::buildLoop(std::stop_token stop) {
  SceneBuilder builder;
  while (!stop.stop_requested()) {
    BuildJob job;
    JobContext context;
    {
      std::unique_lock lock(m_mutex);
      if (!m_wake.wait(lock, stop, [&] { return m_build.has_value(); }))
        return;
      job = std::move(*m_build);
      m_build.reset();
      m_building = std::stop_source();
      context.stop = m_building.get_token();
    }
    auto contents = builder.build(job.volume, job.document, job.shown, job.state, context);
    if (contents && !stop.stop_requested())
      onContents(std::move(*contents), job.generation);
  }
}

void SceneWorker::drawLoop(std::stop_token stop) {
  std::unique_ptr<SceneRenderer> renderer; // made and destroyed on this thread
  std::string failure;
  while (!stop.stop_requested()) {
    std::pair<SceneInput, std::uint64_t> job;
    {
      std::unique_lock lock(m_mutex);
      if (!m_wake.wait(lock, stop, [&] { return m_draw.has_value(); }))
        return;
      job = std::move(*m_draw);
      m_draw.reset();
    }
    if (!renderer && failure.empty()) {
      auto made = SceneRenderer::create();
      if (made)
        renderer = std::move(*made);
      else
        failure = made.error().arguments.empty() ? "OpenGL" : made.error().arguments.front();
    }
    Picture picture;
    picture.generation = job.second;
    picture.quality = job.first.quality;
    picture.failure = failure;
    if (renderer) {
      const auto from = std::chrono::steady_clock::now();
      picture.image = renderScene(job.first, *renderer);
      picture.milliseconds =
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from).count();
      picture.rendererName = renderer->rendererName();
    }
    if (!stop.stop_requested())
      onPicture(picture);
  }
}

} // namespace spondyl::viewer
