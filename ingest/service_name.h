/*
 * Names of services that users bring along. Pure.
 */
#ifndef DEEPDECIPHER_SERVICE_NAME_H
#define DEEPDECIPHER_SERVICE_NAME_H

#include <stdbool.h>

enum { SERVICE_NAME_MAX = 63, SERVICE_NAME_REASON_SIZE = 160 };

/* True for [a-z0-9][a-z0-9_-]{0,62} that is no number and no name of what is built in; else a reason that goes on from
 * "the name is …, but". */
bool service_name_check(const char *name, char reason[SERVICE_NAME_REASON_SIZE]);

#endif
