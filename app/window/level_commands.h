#pragma once
// What a reader does with one level, as edits. Ladder, panel, menus and keys all come here.

#include "app/window/session.h"

namespace spondyl::app {

/// Accepts what waits at this level; if nothing waits, confirms the level. True if something was done.
bool acceptOrConfirm(Session& session, InstanceId instance);
/// Rejects what waits at this level.
bool rejectLevel(Session& session, InstanceId instance);
/// Accepts every open proposal; a job does it, the case follows when it is done.
void acceptAll(Session& session);
bool confirmAll(Session& session);
/// Selects the next level with something to review; false if all is reviewed.
bool goToNextToReview(Session& session);
/// "This is L4": names the whole chain from this one.
bool nameLevel(Session& session, InstanceId instance, Level level);
/// Joins the level below to this one (a job).
void mergeWithBelow(Session& session, InstanceId instance);
void deleteLevel(Session& session, InstanceId instance);
/// Takes the model's structures of this level again, over what was painted since (a job); says so if nothing
/// was changed.
void restoreLevel(Session& session, Notices& notices, InstanceId instance);
bool canRestore(const Session& session, InstanceId instance);
/// Levels that a vertebra may be: those near its present name with which the chain ends at no impossible
/// place, all if it has none.
std::vector<Level> namesToOffer(const Session& session, InstanceId instance);

} // namespace spondyl::app
