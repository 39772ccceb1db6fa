#pragma once
// What Linux and its C library offer, and Swift's Glibc module does not show.
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

// Both ends are closed on exec from their first moment on: another thread may be starting a program right then.
static inline int clinux_pipe(int ends[2]) {
    extern int pipe2(int ends[2], int flags);
    return pipe2(ends, O_CLOEXEC);
}

// What is open from `first` on stays with the parent.
static inline int clinux_spawn_closes_from(posix_spawn_file_actions_t *actions, int first) {
    extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

static inline int clinux_signalfd(const sigset_t *signals) {
    return signalfd(-1, signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

static inline int clinux_timerfd_realtime(void) {
    return timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
}

// Rings at an instant of the wall clock; reading it fails with ECANCELED once somebody set that clock.
static inline int clinux_timerfd_set(int timer, long seconds) {
    struct itimerspec when = {.it_value = {.tv_sec = seconds}};
    return timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, 0);
}

// Ends this process when the one that started it ends, however that ends.
static inline int clinux_die_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

// The program's own code is read in as it runs, and what ran once stays mapped. Nothing of it is lost: what runs again is
// mapped again from the file, which as a rule is still in memory.
static inline void clinux_forget_program_text(void) {
    extern char __executable_start, etext;
    const unsigned long page = (unsigned long)sysconf(_SC_PAGESIZE);
    const unsigned long start = (unsigned long)&__executable_start / page * page;
    madvise((void *)start, (unsigned long)&etext / page * page - start, MADV_DONTNEED);
}
