/*
 * What Swift's Glibc module does not show: headers that it leaves out, functions behind _GNU_SOURCE, and variadic functions
 * (openat, fcntl), which Swift cannot call. Declarations and one-line forwards only.
 */
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

#include <elf.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Glibc hides it behind _GNU_SOURCE; the value is the kernel's (linux/fs.h). */
static const unsigned int clinux_rename_noreplace = 1u << 0;

/* UTIME_OMIT is a macro that Swift cannot read: tv_nsec that leaves a time as it is (sys/stat.h). */
static const long clinux_utime_omit = UTIME_OMIT;

static inline int clinux_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}

/* renameat2 has a wrapper in glibc 2.28 and later, hidden behind _GNU_SOURCE. */
static inline long clinux_renameat2(
    int from_directory, const char *from, int to_directory, const char *to, unsigned int flags) {
    return syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
}

/* getdents64 reads many entries into a buffer of ours, without the allocation of a DIR. */
static inline long clinux_getdents64(int directory, void *buffer, size_t size) {
    return syscall(SYS_getdents64, directory, buffer, size);
}

/* fcntl(F_SETLEASE): asks the kernel whether anyone has the file open. F_SETLEASE is behind _GNU_SOURCE. */
static inline int clinux_set_lease(int descriptor, int kind) {
    return fcntl(descriptor, 1024, kind);
}

/* fcntl(F_GETLEASE): the kind of lease that is left when those who wait to open the file have their way. */
static inline int clinux_get_lease(int descriptor) {
    return fcntl(descriptor, 1025);
}

/* Behind _GNU_SOURCE. */
extern int pthread_setname_np(pthread_t thread, const char *name);

static inline pid_t clinux_gettid(void) {
    return (pid_t)syscall(SYS_gettid);
}

/* fcntl is variadic, and F_SETPIPE_SZ is behind _GNU_SOURCE (1031 in linux/fcntl.h). */
static const int clinux_set_pipe_size = 1031;

static inline int clinux_fcntl(int descriptor, int command, long argument) {
    return fcntl(descriptor, command, argument);
}

/* The locks of an open file, which one can ask for without taking them; behind _GNU_SOURCE (linux/fcntl.h). */
static inline int clinux_ask_for_lock(int descriptor, struct flock *lock) {
    return fcntl(descriptor, 36 /* F_OFD_GETLK */, lock);
}

static inline int clinux_take_lock(int descriptor, struct flock *lock) {
    return fcntl(descriptor, 37 /* F_OFD_SETLK */, lock);
}

/* memfd_create is behind _GNU_SOURCE. */
static inline int clinux_memory_file(const char *name) {
    return (int)syscall(SYS_memfd_create, name, 0u);
}

/* O_PATH is behind _GNU_SOURCE; the value is the kernel's (linux/fcntl.h). */
static const int clinux_open_path = 010000000;

/* AT_EMPTY_PATH is behind _GNU_SOURCE; the value is the kernel's (linux/fcntl.h). */
static const int clinux_at_empty_path = 0x1000;

/* AT_EACCESS is behind _GNU_SOURCE too: rights are those of the effective user. */
static const int clinux_at_effective = 0x200;

/* statx(2) has a wrapper in glibc 2.28 and later, behind _GNU_SOURCE, and STATX_MNT_ID came later still. */
static inline long clinux_mount_id(int descriptor, uint64_t *mount_id) {
    struct statx answer = {0};
    long code = syscall(SYS_statx, descriptor, "", clinux_at_empty_path, STATX_MNT_ID, &answer);
    *mount_id = answer.stx_mask & STATX_MNT_ID ? answer.stx_mnt_id : 0;
    return code;
}

/* ioctl is variadic. */
static inline int clinux_window_size(int terminal, unsigned short *columns, unsigned short *rows) {
    struct winsize size = {0};
    int code = ioctl(terminal, TIOCGWINSZ, &size);
    *columns = size.ws_col;
    *rows = size.ws_row;
    return code;
}

/* A variable of C's library that Swift cannot prove to be read by one thread at a time; behind _GNU_SOURCE. */
extern char **environ;

static inline char *const *clinux_environment(void) {
    return environ;
}

#endif
