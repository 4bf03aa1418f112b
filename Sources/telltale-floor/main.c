/*
 * The floor under Telltale's figures: the system calls that no collector can do without, and nothing else. One thread; for each
 * file openat, fstat, read, write of one line that holds the contents, unlinkat. No check, no claim, no acknowledgement.
 *
 *     telltale-floor watch DIR    tells "ready" on standard output, then takes each file as its notification comes
 *     telltale-floor drain ROOT   takes what lies in ROOT/<handler>/events, then ends
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* The contents of one file and the line end; a larger file is left out. */
static char line[(4 << 20) + 1];

static void write_all(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, count);
        if (written < 0) err(EX_IOERR, "standard output");
        bytes += written;
        count -= (size_t)written;
    }
}

static void take(int directory, const char *name) {
    int file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return;
    struct stat status;
    ssize_t count = -1;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && (size_t)status.st_size < sizeof line)
        count = read(file, line, (size_t)status.st_size);
    close(file);
    if (count < 0) return;
    line[count] = '\n';
    write_all(line, (size_t)count + 1);
    unlinkat(directory, name, 0);
}

static int is_event_file(const char *name) {
    size_t digits = strspn(name, "0123456789");
    return digits > 0 && strcmp(name + digits, ".json") == 0;
}

static int open_directory(int parent, const char *path) {
    return openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void watch(const char *path) {
    int directory = open_directory(AT_FDCWD, path);
    if (directory < 0) err(EX_NOINPUT, "%s", path);
    int inotify = inotify_init1(IN_CLOEXEC);
    if (inotify < 0 || inotify_add_watch(inotify, path, IN_CLOSE_WRITE | IN_MOVED_TO) < 0) err(EX_OSERR, "inotify");
    write_all("ready\n", 6);
    static char records[65536] __attribute__((aligned(8)));
    for (;;) {
        ssize_t count = read(inotify, records, sizeof records);
        if (count <= 0) err(EX_OSERR, "inotify");
        for (char *next = records; next < records + count;) {
            const struct inotify_event *event = (const struct inotify_event *)next;
            if (event->len > 0 && is_event_file(event->name)) take(directory, event->name);
            next += sizeof *event + event->len;
        }
    }
}

static void drain(const char *path) {
    int root = open_directory(AT_FDCWD, path);
    DIR *handlers = root < 0 ? NULL : fdopendir(root);
    if (handlers == NULL) err(EX_NOINPUT, "%s", path);
    for (struct dirent *handler; (handler = readdir(handlers)) != NULL;) {
        char below[NAME_MAX + sizeof "/events"];
        if (handler->d_name[0] == '.') continue;
        strcpy(stpcpy(below, handler->d_name), "/events");
        int directory = open_directory(root, below);
        DIR *files = directory < 0 ? NULL : fdopendir(directory);
        if (files == NULL) continue;
        for (struct dirent *file; (file = readdir(files)) != NULL;)
            if (is_event_file(file->d_name)) take(directory, file->d_name);
        closedir(files);
    }
    closedir(handlers);
}

int main(int count, char **arguments) {
    /* As Telltale asks for, so that both write into a pipe of the same size; where it is none or refused, it stays. */
    fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 1 << 20);
    if (count == 3 && strcmp(arguments[1], "watch") == 0)
        watch(arguments[2]);
    else if (count == 3 && strcmp(arguments[1], "drain") == 0)
        drain(arguments[2]);
    else
        errx(EX_USAGE, "usage: telltale-floor watch DIR | drain ROOT");
    return EX_OK;
}
