// Preloaded into a program: its wall clock is off by the seconds in the file $MOVED_CLOCK (eight bytes, as the machine has
// them), from one call to the next. A byte in the pipe $MOVED_CLOCK.told does to its wall clock timers what the kernel does
// when somebody sets the clock: reading one fails with ECANCELED. Clocks that only go on stay as they are.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { DESCRIPTORS = 4096 };
static atomic_char is_wall_timer[DESCRIPTORS], is_cancelled[DESCRIPTORS];
static _Atomic(long) *offset;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_once_t listening = PTHREAD_ONCE_INIT;

static void map(void) {
    int file = open(getenv("MOVED_CLOCK"), O_RDONLY | O_CLOEXEC);
    void *memory = mmap(NULL, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    if (file < 0 || memory == MAP_FAILED) abort();
    close(file);
    offset = memory;
}

static long moved(void) {
    pthread_once(&once, map);
    return atomic_load(offset);
}

static void *listen_for_moves(void *path) {
    int pipe = open(path, O_RDWR | O_CLOEXEC);
    for (char byte; syscall(SYS_read, pipe, &byte, 1) == 1;)
        for (int timer = 0; timer < DESCRIPTORS; timer++) {
            if (!atomic_load(&is_wall_timer[timer])) continue;
            atomic_store(&is_cancelled[timer], 1);
            struct itimerspec now = {.it_value = {.tv_nsec = 1}};
            syscall(SYS_timerfd_settime, timer, 0, &now, NULL);
        }
    return NULL;
}

static void start_listening(void) {
    char *path;
    pthread_t thread;
    if (asprintf(&path, "%s.told", getenv("MOVED_CLOCK")) < 0) abort();
    if (pthread_create(&thread, NULL, listen_for_moves, path)) abort();
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int failed = syscall(SYS_clock_gettime, clock, time);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += moved();
    return failed;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

int timerfd_create(int clock, int flags) {
    int timer = syscall(SYS_timerfd_create, clock, flags);
    if (timer >= 0 && timer < DESCRIPTORS && clock == CLOCK_REALTIME) {
        pthread_once(&listening, start_listening);
        atomic_store(&is_wall_timer[timer], 1);
    }
    return timer;
}

int timerfd_settime(int timer, int flags, const struct itimerspec *when, struct itimerspec *before) {
    struct itimerspec real = *when;
    if (timer < DESCRIPTORS && atomic_load(&is_wall_timer[timer]) && (flags & TFD_TIMER_ABSTIME)) {
        real.it_value.tv_sec -= moved();
        if (real.it_value.tv_sec < 1) real.it_value.tv_sec = 1;
    }
    return syscall(SYS_timerfd_settime, timer, flags, &real, before);
}

ssize_t read(int descriptor, void *bytes, size_t count) {
    if (descriptor >= 0 && descriptor < DESCRIPTORS && atomic_exchange(&is_cancelled[descriptor], 0)) {
        atomic_store(&is_wall_timer[descriptor], 0);
        errno = ECANCELED;
        return -1;
    }
    return syscall(SYS_read, descriptor, bytes, count);
}
