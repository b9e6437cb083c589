#pragma once
// Networks of the user's own: one is looked at, shown with all that a person should know before trusting it,
// and copied and trusted only after the explicit yes; and which one segments is chosen from a list.

#include "app/jobs/job_runner.h"
#include "core/base/file.h"
#include "inference/protocol/user_models.h"

class QDialog;
class QWidget;

namespace spondyl::app {

class Notices;
struct Settings;

/// What is said of a package before it is added.
struct PackageView {
  inference::ModelPackage package;
  inference::PackageOrigin origin;
  std::uint64_t networkBytes = 0;
  Status whole;         ///< the network's file is the one that its card names
  bool trusted = false; ///< came with the program or is on the user's list
};

/// Reads, hashes; nothing is run. Errors: as readModelPackage.
Result<PackageView> lookAtPackage(const Path& folder);

/// The package's own page. `add` is called with whether it is to be used from now on, if the reader says yes.
QDialog* showPackageDialog(QWidget* parent, const PackageView& view,
                           const std::function<void(bool use)>& add);

/// Looks at `folder` in a job, shows the page, and on yes copies and trusts in a job.
void addModel(QWidget* parent, JobRunner& jobs, Notices& notices, Settings& settings, const Path& folder);

/// The packages that are there; choosing one makes it the one that segments images of its kind.
/// `askForAnother` opens the search for one more.
void showModelsDialog(QWidget* parent, Settings& settings, const std::function<void()>& askForAnother);

} // namespace spondyl::app
