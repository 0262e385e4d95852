/*
 * A service is one kind of data about a model, a layer or a neuron. Each is one file and a row in service.c; the
 * addresses that show one service, all of them, or a neuron's one document are the same for every service.
 *
 * Answering takes one round trip: the model's row and the services' statements go out together, and
 * the answers are read in that order.
 */
#ifndef DEEPDECIPHER_SERVICE_H
#define DEEPDECIPHER_SERVICE_H

#include "exchange.h"
#include "model.h"
#include "safetensors.h"

enum level { LEVEL_MODEL, LEVEL_LAYER, LEVEL_NEURON };

/* What a request is about. */
struct target {
    enum level level;
    const char *model_name; /* as in the address: perhaps an alias */
    uint32_t layer, neuron; /* 0 where the level has none */
    struct model model;     /* once it is received */
    int16_t num_texts;      /* of a neuron, at most */
    uint8_t num_bins;       /* of the histogram of all its activations; 0: none */
    bool has_window;
    int64_t window[2];                /* tokens before and behind the maximum */
    const char *user_service;         /* the address names this one, which is not built in; or NULL */
    const struct request_text *field; /* that part of its document only; NULL: all */
    bool has_simulations;             /* explanations with the texts that they were scored on */
    int depth, limit;                 /* of connections: hops; of a list: neurons at most */
};

enum { SERVICE_STATEMENTS_MAX = 4 }; /* of one service */

enum service_outcome {
    SERVICE_WRITTEN,
    SERVICE_ABSENT,  /* nothing stored: `reason` says what; the body is as it was */
    SERVICE_REFUSED, /* the request's parameters are wrong: `reason` says how; the body is as it was */
    SERVICE_ANSWERED /* trouble, and the reply is made */
};

enum { SERVICE_REASON_SIZE = 256 };

struct service {
    const char *name;           /* in addresses and as a JSON key */
    const char *source;         /* whose data it shows; NULL: needs none */
    const char *other_source;   /* and another one whose data it shows; or NULL */
    const char *document_key;   /* in a neuron's one document; NULL: not in it */
    const char *available_name; /* in `available` of that document */
    const char *parameters[3];  /* by enum level, as request_check_params takes them; NULL: none */
    /* Queues the statements for `target` (whose `model` is not there yet) and says how many. NULL: needs none. */
    enum db_status (*send)(struct exchange *x, const struct target *target, int *count) MUST_CHECK;
    /* Writes the data; `answers` are those of `send`, in order. All answers of the exchange are received by then. */
    enum service_outcome (*write)(struct exchange *x, const struct target *target, PGresult *const answers[],
                                  struct buffer *body, char reason[SERVICE_REASON_SIZE]) MUST_CHECK;
    const char *tensor_parameters; /* of /bin, likewise */
    /* The same as `write` for a neuron's numbers as tensors; NULL: the service has none. */
    enum service_outcome (*write_tensors)(struct exchange *x, const struct target *target, PGresult *const answers[],
                                          struct safetensors *file, char reason[SERVICE_REASON_SIZE]) MUST_CHECK;
    /* The same for a neuron's one document, where it differs; or NULL. */
    enum service_outcome (*write_document)(struct exchange *x, const struct target *target, PGresult *const answers[],
                                           struct buffer *body, char reason[SERVICE_REASON_SIZE]) MUST_CHECK;
};

/* In the order of their names. */
extern const struct service *const services[];
extern const size_t num_services;

/* The service of that name that is built in, or NULL. */
const struct service *service_find(const char *name);

/* True when the model, which is received, has the target's layer and neuron; or what is wrong. */
bool service_has_neuron(const struct target *target, char reason[SERVICE_REASON_SIZE]);

/* Writes {"data":…}, or {"error":…} or {"missing_data_types":…} instead. False: answered already. */
bool service_write_part(struct exchange *x, const struct service *service, const struct target *target,
                        PGresult *const answers[], struct buffer *body) MUST_CHECK;

/* True when none of the service's sources has given anything of the model. */
bool service_is_missing(const struct service *service, const struct model *model);

/* Answers with what such a service has of the address's target. It need not be one of `services`. */
void service_answer(struct exchange *x, const struct service *service);

/* GET /api/{model}/{service}[/{layer}[/{neuron}]] */
void handle_service(struct exchange *x);
/* GET /api/{model}/all[/{layer}[/{neuron}]] */
void handle_all(struct exchange *x);
/* GET /bin/{model}/{service}/{layer}/{neuron} */
void handle_tensors(struct exchange *x);
/* GET /api/{model}/{layer}/{neuron} */
void handle_document(struct exchange *x);

#endif
