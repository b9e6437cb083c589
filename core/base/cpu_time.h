#pragma once
// CPU time of the calling thread: what a thread has worked, however busy the machine is.

namespace spondyl {

/// Seconds of CPU time that the calling thread has used.
double threadCpuSeconds();

} // namespace spondyl
