/*
 * The services that users bring along: JSON documents about neurons, layers and models, served as they were stored.
 */
#ifndef DEEPDECIPHER_FCGI_DOCUMENT_H
#define DEEPDECIPHER_FCGI_DOCUMENT_H

#include "service.h"

/* The service that `target->user_service` names; NULL there: all that the model has, for document_write_all. */
extern const struct service document_service;

/* One part of `all`: writes `"name":{"data":…}` of the row, or what stands for it. */
void document_write_part(const struct target *target, const PGresult *rows, int row, struct buffer *body);
/* Name of the service in that row. */
const char *document_name(const PGresult *rows, int row);

/* The document of the service target->user_service, which STATEMENT_DOCUMENT has given; SERVICE_ABSENT: it gave none. */
enum service_outcome document_write_whole(const struct target *target, const PGresult *rows, struct buffer *body,
                                          char reason[SERVICE_REASON_SIZE]);

#endif
