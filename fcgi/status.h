/*
 * Handlers that tell how the service is.
 */
#ifndef DEEPDECIPHER_STATUS_H
#define DEEPDECIPHER_STATUS_H

struct exchange;

/* GET /healthz: 200 as long as a worker lives. */
void handle_healthz(struct exchange *x);
/* GET /readyz: 200 when the database answers, 503 when it does not. */
void handle_readyz(struct exchange *x);
/* GET /metrics: Prometheus text format 0.0.4, summed over all workers. */
void handle_metrics(struct exchange *x);

#endif
