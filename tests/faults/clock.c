/* Shifts the time of day of a process by the seconds that stand in the file CLOCK_OFFSET_FILE; what counts time that nobody sets
   is left alone. Built and loaded by installation.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static int (*real)(clockid_t, struct timespec *);

static long offset(void) {
    static long known;
    static time_t looked;
    struct timespec now;
    real(CLOCK_MONOTONIC, &now);
    if (now.tv_sec != looked) {
        const char *path = getenv("CLOCK_OFFSET_FILE");
        FILE *file = path ? fopen(path, "r") : NULL;
        looked = now.tv_sec;
        if (file) {
            if (fscanf(file, "%ld", &known) != 1) known = 0;
            fclose(file);
        }
    }
    return known;
}

int clock_gettime(clockid_t clock, struct timespec *found) {
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, found);
    if (!status && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) found->tv_sec += offset();
    return status;
}

time_t time(time_t *kept) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *found, void *zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    found->tv_sec = now.tv_sec;
    found->tv_usec = now.tv_nsec / 1000;
    return 0;
}
