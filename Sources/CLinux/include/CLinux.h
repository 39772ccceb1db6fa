#pragma once
// What Linux offers as descriptors, and Swift's Glibc module does not show.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

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
