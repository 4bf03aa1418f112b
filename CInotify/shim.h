#ifndef CINOTIFY_SHIM_H
#define CINOTIFY_SHIM_H

#include <stddef.h>
#include <sys/inotify.h>

/* Bytes before the name in a record. Swift does not import the flexible array member `name`, so it cannot ask for its offset. */
static const size_t cinotify_record_header_size = offsetof(struct inotify_event, name);

#endif
