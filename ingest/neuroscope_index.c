/*
 * The first table of the page: a row of eight known column names, then one row a model. Attributes and
 * other tags inside cells (links, bold) do not matter.
 */
#include "neuroscope_index.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "html_tag.h"
#include "utf8.h"

enum {
    COLUMN_MODEL,
    COLUMN_RANDOM,
    COLUMN_ACTIVATION,
    COLUMN_DATASET,
    COLUMN_LAYERS,
    COLUMN_LAYER_SIZE,
    COLUMN_NEURONS,
    COLUMN_PARAMETERS,
    NUM_COLUMNS
};
enum { MAX_MODELS = 1000, MAX_NAME_BYTES = 100, MAX_TEXT_BYTES = 200, MAX_INDEX_BYTES = 16 << 20 };

static const char *const column_names[NUM_COLUMNS] = {
    "Model", "Random", "Act Fn", "Dataset", "Layers", "Neurons per Layer", "Total Neurons", "Params"};

struct table {
    struct site_index *index;
    char *scratch; /* the cells of the row, NUL-terminated; as long as the page */
    char *free;    /* its first free byte */
    char *cell;    /* the open cell's text so far, up to `free`; NULL outside cells */
    const char *cells[NUM_COLUMNS];
    size_t num_cells; /* may exceed NUM_COLUMNS */
    size_t row;       /* from 0, the row of names */
    bool in_row;
    char *reason;
};

static bool refuse(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes the reason and returns false. */
static bool refuse(struct table *table, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(table->reason, INDEX_REASON_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

static bool refuse_cell(struct table *table, size_t column, const char *what)
{
    return refuse(table, "row %zu of the table: %s %s", table->row, column_names[column], what);
}

static bool is_name(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strlen(text);
    /* "." and ".." would climb in the addresses that are made from names. */
    return length >= 1 && length <= MAX_NAME_BYTES && strspn(text, allowed) == length && strspn(text, ".") < length;
}

static bool is_text(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return length >= 1 && length <= MAX_TEXT_BYTES;
}

/* `1024` or `1,024`; up to 18 digits. */
static bool number_read(const char *text, uint64_t *number)
{
    static const char digits[] = "0123456789";
    size_t group = strspn(text, digits), total = group;
    if (group == 0 || (text[group] == ',' && group > 3))
        return false;
    *number = 0;
    while (total <= 18) {
        for (const char *end = text + group; text < end; text++)
            *number = *number * 10 + (uint64_t)(*text - '0');
        if (*text != ',')
            return *text == '\0';
        text++;
        group = strspn(text, digits);
        if (group != 3)
            return false;
        total += group;
    }
    return false;
}

static bool cell_number(struct table *table, size_t column, uint64_t lowest, uint64_t highest, uint64_t *number)
{
    if (!number_read(table->cells[column], number))
        return refuse_cell(table, column, "is no number with thousands commas");
    if (*number < lowest || *number > highest)
        return refuse_cell(table, column, "is out of range");
    return true;
}

static bool model_is_new(struct table *table, const char *name)
{
    for (size_t i = 0; i < table->index->count; i++)
        if (strcmp(table->index->models[i].name, name) == 0)
            return refuse(table, "row %zu of the table: %s is listed twice", table->row, name);
    return true;
}

static bool numbers_read(struct table *table, struct site_model *model)
{
    uint64_t layers, layer_size;
    if (!cell_number(table, COLUMN_LAYERS, 1, UINT16_MAX, &layers) ||
        !cell_number(table, COLUMN_LAYER_SIZE, 1, INT32_MAX, &layer_size) ||
        !cell_number(table, COLUMN_NEURONS, 1, INT64_MAX, &model->num_total_neurons) ||
        !cell_number(table, COLUMN_PARAMETERS, 0, INT64_MAX, &model->num_total_parameters))
        return false;
    if (layers * layer_size != model->num_total_neurons)
        return refuse(table, "row %zu of the table: %ju layers of %ju neurons are not %ju neurons", table->row,
                      (uintmax_t)layers, (uintmax_t)layer_size, (uintmax_t)model->num_total_neurons);
    model->num_layers = (uint32_t)layers;
    model->layer_size = (uint32_t)layer_size;
    return true;
}

static void model_clear(struct site_model *model)
{
    free(model->name);
    free(model->activation_function);
    free(model->dataset);
}

static bool model_add(struct table *table, struct site_model model)
{
    struct site_index *index = table->index;
    model.name = strdup(table->cells[COLUMN_MODEL]);
    model.activation_function = strdup(table->cells[COLUMN_ACTIVATION]);
    model.dataset = strdup(table->cells[COLUMN_DATASET]);
    struct site_model *models = realloc(index->models, (index->count + 1) * sizeof *models);
    if (models)
        index->models = models;
    if (!models || !model.name || !model.activation_function || !model.dataset) {
        model_clear(&model);
        return refuse(table, "no memory");
    }
    models[index->count++] = model;
    return true;
}

static bool model_read(struct table *table)
{
    struct site_model model = {0};
    if (!is_name(table->cells[COLUMN_MODEL]))
        return refuse_cell(table, COLUMN_MODEL, "is not 1-100 letters, digits, . _ or -");
    if (!is_text(table->cells[COLUMN_ACTIVATION]))
        return refuse_cell(table, COLUMN_ACTIVATION, "is not 1-200 printable bytes");
    if (!is_text(table->cells[COLUMN_DATASET]))
        return refuse_cell(table, COLUMN_DATASET, "is not 1-200 printable bytes");
    if (table->index->count == MAX_MODELS)
        return refuse(table, "more than %d models", MAX_MODELS);
    return model_is_new(table, table->cells[COLUMN_MODEL]) && numbers_read(table, &model) && model_add(table, model);
}

static bool names_check(struct table *table)
{
    for (size_t i = 0; i < NUM_COLUMNS; i++)
        if (strcmp(table->cells[i], column_names[i]) != 0)
            return refuse(table, "column %zu of the table is not called %s", i + 1, column_names[i]);
    return true;
}

static bool row_close(struct table *table)
{
    if (!table->in_row || table->cell)
        return refuse(table, "row %zu of the table: </tr> out of place", table->row);
    if (table->num_cells != NUM_COLUMNS)
        return refuse(table, "row %zu of the table has %zu columns, not %d", table->row, table->num_cells, NUM_COLUMNS);
    if (!(table->row == 0 ? names_check(table) : model_read(table)))
        return false;
    table->in_row = false;
    table->row++;
    return true;
}

static bool row_open(struct table *table)
{
    if (table->in_row)
        return refuse(table, "row %zu of the table does not end", table->row);
    table->in_row = true;
    table->num_cells = 0;
    table->free = table->scratch;
    return true;
}

static bool cell_open(struct table *table)
{
    if (!table->in_row || table->cell)
        return refuse(table, "row %zu of the table: a cell begins out of place", table->row);
    table->cell = table->free;
    return true;
}

static bool cell_close(struct table *table)
{
    if (!table->cell)
        return refuse(table, "row %zu of the table: a cell ends out of place", table->row);
    size_t length = (size_t)(table->free - table->cell);
    if (memchr(table->cell, '\0', length))
        return refuse(table, "row %zu of the table holds a NUL", table->row);
    length = html_text_decode(table->cell, length);
    table->cell[length] = '\0'; /* there is room: the cell's own tag was longer than this */
    table->free = table->cell + length + 1;
    if (table->num_cells < NUM_COLUMNS)
        table->cells[table->num_cells] = table->cell;
    table->num_cells++;
    table->cell = NULL;
    return true;
}

static bool tag_take(struct table *table, const struct html_tag *tag)
{
    if (table->cell) {
        memcpy(table->free, tag->text, tag->text_length);
        table->free += tag->text_length;
    }
    if (html_tag_is(tag, "tr"))
        return tag->is_closing ? row_close(table) : row_open(table);
    if (html_tag_is(tag, "td") || html_tag_is(tag, "th"))
        return tag->is_closing ? cell_close(table) : cell_open(table);
    if (html_tag_is(tag, "table") && !tag->is_closing)
        return refuse(table, "row %zu of the table holds another table", table->row);
    return true;
}

static bool table_read(struct table *table, const char *html, const char *end)
{
    struct html_tag tag;
    do {
        if (!html_tag_next(&tag, &html, end))
            return refuse(table, "the page holds no table");
    } while (!html_tag_is(&tag, "table") || tag.is_closing);
    do {
        if (!html_tag_next(&tag, &html, end))
            return refuse(table, "the page ends in row %zu of the table", table->row);
        if (!tag_take(table, &tag))
            return false;
    } while (!html_tag_is(&tag, "table"));
    if (table->in_row)
        return refuse(table, "row %zu of the table does not end", table->row);
    return table->index->count > 0 || refuse(table, "the table names no model");
}

bool site_index_read(struct site_index *index, const char *html, size_t length, char reason[INDEX_REASON_SIZE])
{
    struct table table = {.index = index, .reason = reason};
    *index = (struct site_index){0};
    if (length > MAX_INDEX_BYTES)
        return refuse(&table, "%zu bytes are too many for an index", length);
    size_t valid = utf8_valid_length(html, length);
    if (valid < length)
        return refuse(&table, "not UTF-8 at byte %zu", valid);
    table.scratch = table.free = malloc(length + 1);
    if (!table.scratch)
        return refuse(&table, "no memory");
    bool done = table_read(&table, html, html + length);
    free(table.scratch);
    if (!done)
        site_index_clear(index);
    return done;
}

void site_index_clear(struct site_index *index)
{
    for (size_t i = 0; i < index->count; i++)
        model_clear(&index->models[i]);
    free(index->models);
    *index = (struct site_index){0};
}
