#pragma once
// One function a command: adds it with its options to the parser and sets Session::run when it is chosen.

namespace CLI {
class App;
}

namespace spondyl::app {

class Session;

void addInfo(CLI::App& app, Session& session);
void addConvert(CLI::App& app, Session& session);
void addSnapshot(CLI::App& app, Session& session);
void addPhantom(CLI::App& app, Session& session);
void addAnalyze(CLI::App& app, Session& session);
void addMeasure(CLI::App& app, Session& session);
void addReport(CLI::App& app, Session& session);
void addExport(CLI::App& app, Session& session);
void addValidate(CLI::App& app, Session& session);
void addModels(CLI::App& app, Session& session);
void addDevices(CLI::App& app, Session& session);
/// deidentify: named in the contract, exit 2 "not yet".
void addLater(CLI::App& app);

} // namespace spondyl::app
