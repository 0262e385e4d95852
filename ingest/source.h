/*
 * What ingest knows of a kind of data: where a neuron's page is, how to read it, and how to store a batch.
 * A new source is one file and one row in source.c.
 *
 * A batch lives as long as a job: open, read once for every page that came, store, close.
 */
#ifndef DEEPDECIPHER_SOURCE_H
#define DEEPDECIPHER_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../sql/client/db.h"

enum { SOURCE_REASON_SIZE = 256 };

/* The neurons that one job is about. */
struct job {
    int64_t job_id;
    int16_t model_id;
    char *model, *vocabulary; /* names */
    int32_t vocabulary_id;
    int32_t num_layers, layer_size; /* of the model */
    int16_t source_id;
    int32_t layer;
    size_t num_neurons;
    int32_t *neurons; /* [num_neurons] indexes in the layer */
    char *url;        /* base address, without / at the end */
};

/* What a process keeps between jobs: its connections and what it has learnt. */
struct loader;

/* A model that a site is known to have: it can be registered before any source has told of it. */
struct known_model {
    const char *name;   /* NULL ends a list */
    const char *folder; /* of the site */
    const char *activation_function, *dataset;
    int32_t num_layers, layer_size;
    int64_t num_total_parameters;
};

/* How a whole job goes that a source works itself. */
struct load {
    const volatile int *stop;
    _Atomic uint64_t *bytes; /* grows by what is read */
    int32_t num_stored, num_rejected;
};

enum load_result {
    LOAD_DONE,
    LOAD_STOPPED, /* `stop` was set */
    LOAD_FAILED   /* the database */
};

struct source {
    int16_t source_id; /* as in the table source */
    const char *name;
    const char *family, *kind; /* `FAMILY --kind KIND` on the command line is this source; NULL: only its name is */
    const struct source *companion; /* read by the same command, after this one; or NULL */
    const struct known_model
        *known_models;       /* with them default_url/FOLDER is the site's address; NULL: default_url is */
    const char *default_url; /* of a site; NULL: --url must be given, or the source reads files */
    const char *argument;    /* "FOLDER" or "FILE": what the third word of the command line is; NULL: a site */
    bool has_index;          /* the site lists its models: registers them, and takes --list */
    bool has_services;       /* its data are services of users' own names: --service; their source ids start at 100 */
    bool is_whole;           /* one page is all there is of a model: it is read as neuron 0 of layer 0 */
    bool is_layer;           /* a job is a layer, whatever its size */
    size_t page_max;         /* bytes of a page at most; 0: FETCH_BODY_MAX */
    /* For a FOLDER: the neurons of `layer` that it has files of, as int4multirange text, to be freed; NULL: none.
     * Without it every neuron of the model is asked for. */
    char *(*neurons_in)(const char *folder, int32_t layer);
    /* For a FOLDER: says on stderr which of its files can be of no neuron of a model of that shape. Returns how many. */
    int (*check_folder)(const char *folder, int32_t num_layers, int32_t layer_size);
    /* For a FOLDER with a companion: the companion's file that belongs to it, to be freed; NULL: there is none. */
    char *(*companion_path)(const char *folder);
    /* Address of a neuron's page, to be freed. */
    char *(*page_url)(const struct job *job, int32_t neuron);
    /* A batch for `job`; `loader` and `job` are borrowed until close. */
    void *(*open)(struct loader *loader, const struct job *job);
    /* Reads one page into the batch: all of it and true, or nothing and a reason. After trouble with the database it
     * takes anything, and store says what the trouble was. */
    bool (*read)(void *batch, int32_t neuron, const char *body, size_t length, char reason[SOURCE_REASON_SIZE]);
    /* Writes all that was read, within the caller's transaction. */
    enum db_status (*store)(void *batch) MUST_CHECK;
    /* In place of page_url, read and store, where pages are not the neurons': reads and writes all of the job within the
     * caller's transaction, and notes which neurons are stored and which are refused. Besides the job's neurons that may be
     * the neuron INT32_MAX, for what could be of any neuron of the layer; a job that has it asks for all neurons. */
    enum load_result (*load)(void *batch, struct load *load) MUST_CHECK;
    /* After COMMIT (`was_committed`) or anything else. */
    void (*close)(void *batch, bool was_committed);
};

/* NULL when there is none of that name or key. */
const struct source *source_find(const char *name);
const struct source *source_by_id(int16_t source_id);
/* The source of that kind, or NULL. */
const struct source *source_of_kind(const char *family, const char *kind);
extern const struct source *const sources[];
extern const size_t num_sources;

/* Key of a neuron: see the table neuron. */
static inline int64_t neuron_key(int16_t model_id, int32_t layer, int32_t neuron)
{
    return (int64_t)((uint64_t)model_id << 48 | (uint64_t)layer << 32 | (uint64_t)neuron);
}

/* Keys of what is no neuron's: a layer's document is its neuron INT32_MAX, the model's that of layer MODEL_LAYER. */
enum { MODEL_LAYER = 65535, SERVICE_SOURCE_MIN = 100 };

extern const struct source neuroscope_source, explainer_explanations_source, explainer_activations_source,
    explainer_neurons_source, explainer_tokens_source, explainer_averages_source, json_source, n2g_source,
    n2g_stats_source, neuron_store_source, neuronpedia_source;

#endif
