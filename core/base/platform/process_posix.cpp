#include "core/base/local_socket.h"
#include "core/base/process.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace spondyl {
namespace {

constexpr off_t logLimit = off_t(1) << 20;

Descriptor openLog(const Path& log) {
  if (!log.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(log.parent_path(), ignored);
    Descriptor file(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    struct stat info {};
    if (file && ::fstat(file.value(), &info) == 0 && S_ISREG(info.st_mode)) {
      // A log that grew too long is begun anew; if that fails it just goes on growing.
      if (info.st_size > logLimit && ::ftruncate(file.value(), 0) != 0)
        return file;
      return file;
    }
  }
  return Descriptor(::open("/dev/null", O_WRONLY | O_CLOEXEC));
}

// Refuses socket() for anything but local and netlink sockets (CUDA's driver asks the kernel by netlink).
bool refuseNetwork() {
#if defined(__x86_64__)
  constexpr std::uint32_t machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
  constexpr std::uint32_t machine = AUDIT_ARCH_AARCH64;
#else
  return false;
#endif
#if defined(__x86_64__) || defined(__aarch64__)
  sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 0, 5),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(rules)), rules};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
#endif
}

} // namespace

Path executablePath() {
  std::error_code failed;
  const Path path = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? Path() : path;
}

Path findBesideExecutable(std::span<const Path> relative) {
  const Path folder = executablePath().parent_path();
  std::error_code ignored;
  for (const Path& one : relative)
    if (const Path there = (folder / one).lexically_normal(); std::filesystem::exists(there, ignored))
      return there;
  return {};
}

Status makePrivateFolder(const Path& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder.parent_path(), ignored);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(ErrorCode::FileNotWritable, {folder.string(), std::strerror(errno)}, "makePrivateFolder");
  struct stat info {};
  if (::lstat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != ::geteuid() ||
      (info.st_mode & 077) != 0)
    return fail(ErrorCode::FileNotWritable, {folder.string(), "not a private folder of this user (0700)"},
                "makePrivateFolder");
  return {};
}

Result<Path> runtimeFolder() {
  Path folder;
  if (const char* own = std::getenv("SPONDYL_RUNTIME_DIR"); own && *own)
    folder = own;
  else if (const char* session = std::getenv("XDG_RUNTIME_DIR"); session && *session)
    folder = Path(session) / "spondyl";
  else
    folder = std::filesystem::temp_directory_path() / ("spondyl-" + std::to_string(::geteuid()));
  SPONDYL_CHECK(makePrivateFolder(folder));
  return folder;
}

Result<ChildProcess> ChildProcess::start(const Path& program, const std::vector<std::string>& arguments,
                                         const Path& log, const std::vector<std::string>& environment) {
  if (::access(program.c_str(), X_OK) != 0)
    return fail(ErrorCode::FileNotFound, {program.string()}, "ChildProcess::start");
  const Descriptor output = openLog(log);
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<std::string> added = environment;
  std::vector<char*> variables;
  for (std::string& one : added)
    variables.push_back(one.data()); // the first of a name counts
  for (char** one = environ; *one; ++one)
    variables.push_back(*one);
  variables.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.value(), 1);
  posix_spawn_file_actions_adddup2(&actions, output.value(), 2);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ChildProcess child;
  const int failed =
      ::posix_spawn(&child.m_id, program.c_str(), &actions, &attributes, argv.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0)
    return fail(ErrorCode::WorkerNotStarted, {std::strerror(failed)}, "ChildProcess::start");
  return child;
}

bool ChildProcess::isRunning() {
  if (m_id <= 0 || m_ending)
    return false;
  int status = 0;
  const pid_t got = ::waitpid(m_id, &status, WNOHANG);
  if (got == 0)
    return true;
  if (got == m_id)
    m_ending = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  else
    m_ending = -1;
  return false;
}

bool loadLibrary(const std::string& name) {
  return ::dlopen(name.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr;
}

bool lockDownThisProcess() {
  const rlimit none{0, 0};
  bool done = ::setrlimit(RLIMIT_CORE, &none) == 0;
  done = ::prctl(PR_SET_DUMPABLE, 0) == 0 && done;
  done = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && done;
  return refuseNetwork() && done;
}

double peakMemoryMiB() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) / 1024.0;
}

double availableMemoryMiB() {
  std::ifstream file("/proc/meminfo");
  std::string word;
  double kib = 0;
  while (file >> word)
    if (word == "MemAvailable:" && file >> kib)
      return kib / 1024.0;
  return 0;
}

void* allocateHugePages(std::size_t bytes) {
  void* block = std::aligned_alloc(std::size_t(2) << 20, bytes);
  if (block)
    ::madvise(block, bytes, MADV_HUGEPAGE);
  return block;
}

void freeHugePages(void* block, std::size_t) {
  std::free(block);
}

} // namespace spondyl
