/*
 * How much of a model is stored: of how many neurons each of its services answers with data.
 *
 *     {"num_neurons":1024,"services":{"neuroscope":1024,"records":512}}
 */
#ifndef DEEPDECIPHER_COVERAGE_H
#define DEEPDECIPHER_COVERAGE_H

struct exchange;

/* GET /api/{model}/coverage */
void handle_coverage(struct exchange *x);

#endif
