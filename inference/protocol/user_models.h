#pragma once
// Packages that users add: copied into a folder of their own, run only after they were trusted by name and
// hash.

#include "inference/protocol/model_package.h"

namespace spondyl::inference {

/// models/ in the user's data folder ($SPONDYL_DATA_DIR, else $XDG_DATA_HOME/spondyl, else
/// ~/.local/share/spondyl); it need not exist. Looked through after the installed packages.
Path userModelsFolder();

/// What a person should read before trusting a package; "not stated" where the card is silent.
struct PackageOrigin {
  std::string source;      ///< who made it, from what
  std::string dataLicence; ///< of what it learned from
  std::string licence;     ///< of the weights
};
/// From the card. Errors: ModelDamaged.
Result<PackageOrigin> originOf(const ModelPackage& package);

/// Copies card and network into a folder of their own in userModelsFolder(), whole or not at all, and gives
/// the copy; one that is there already is given as it is. Trusts nothing. Errors: ModelDamaged,
/// FileNotWritable.
Result<ModelPackage> addPackage(const ModelPackage& package);

/// Puts the card's hash on the user's trust list; one that is there or came with the program is left alone.
/// The network's file must be the one that the card names. Errors: ModelDamaged, FileNotWritable.
Status trustPackage(const ModelPackage& package);

} // namespace spondyl::inference
