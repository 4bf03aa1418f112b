/*
 * Makes system calls of a program fail that is started with this library in LD_PRELOAD.
 *
 * The file that FAULTY_KERNEL names holds one line, `CALL ERRNO TEXT`: while it is there, CALL (open, read, rename or unlink) fails
 * with ERRNO for every path that has TEXT in it. Faults of the machine as a whole (ENFILE, ENOMEM) and of its disks (EIO) cannot be
 * had otherwise without harm to others.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Glibc's own calls are not asked: they are what this stands before, also while they are not found yet. */
static long enter(long number, long a, long b, long c, long d, long e, long f) {
    long answer;
#if defined(__x86_64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    answer = x0;
#endif
    if (answer < 0 && answer > -4096) {
        errno = (int)-answer;
        return -1;
    }
    return answer;
}

/* The path that a descriptor stands for, with a name below it. */
static void describe(int descriptor, const char *name, char *path, size_t size) {
    char link[64];
    ssize_t count = 0;
    if (descriptor >= 0 && name[0] != '/') {
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        count = readlink(link, path, size - 1);
        if (count < 0) count = 0;
    }
    snprintf(path + count, size - (size_t)count, "/%s", name);
}

/* Whether the call is to fail; errno says with what. */
static int fails(const char *call, int descriptor, const char *name) {
    const char *place = getenv("FAULTY_KERNEL");
    if (place == NULL) return 0;
    int before = errno;
    long file = enter(SYS_openat, AT_FDCWD, (long)place, O_RDONLY | O_CLOEXEC, 0, 0, 0);
    if (file < 0) {
        errno = before;
        return 0;
    }
    char rule[256], path[2 * PATH_MAX], wanted[16], text[200];
    long count = enter(SYS_read, file, (long)rule, sizeof rule - 1, 0, 0, 0);
    enter(SYS_close, file, 0, 0, 0, 0, 0);
    int code = 0;
    errno = before;
    if (count <= 0) return 0;
    rule[count] = 0;
    if (sscanf(rule, "%15s %d %199s", wanted, &code, text) != 3 || strcmp(wanted, call) != 0) return 0;
    describe(descriptor, name, path, sizeof path);
    errno = before;
    if (strstr(path, text) == NULL) return 0;
    errno = code;
    return 1;
}

int openat(int directory, const char *name, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = va_arg(arguments, mode_t);
    va_end(arguments);
    if (fails("open", directory, name)) return -1;
    return (int)enter(SYS_openat, directory, (long)name, flags, mode, 0, 0);
}

int openat64(int directory, const char *name, int flags, ...) __attribute__((alias("openat")));

ssize_t read(int descriptor, void *buffer, size_t count) {
    if (fails("read", descriptor, "")) return -1;
    return enter(SYS_read, descriptor, (long)buffer, (long)count, 0, 0, 0);
}

int unlinkat(int directory, const char *name, int flags) {
    if (fails("unlink", directory, name)) return -1;
    return (int)enter(SYS_unlinkat, directory, (long)name, flags, 0, 0, 0);
}

long syscall(long number, ...) {
    va_list arguments;
    va_start(arguments, number);
    long a = va_arg(arguments, long), b = va_arg(arguments, long), c = va_arg(arguments, long);
    long d = va_arg(arguments, long), e = va_arg(arguments, long), f = va_arg(arguments, long);
    va_end(arguments);
    if (number == SYS_renameat2 && fails("rename", (int)c, (const char *)d)) return -1;
    return enter(number, a, b, c, d, e, f);
}
