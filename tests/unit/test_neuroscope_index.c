/*
 * Reading the table of models on neuroscope's first page.
 */
#include "saved_file.h"

#include "ingest/neuroscope_index.h"

static char reason[INDEX_REASON_SIZE];

static struct saved_file load_index(void)
{
    return saved_file_load("tests/data/neuroscope/index.html");
}

static bool is_read(struct saved_file file)
{
    struct site_index index;
    reason[0] = '\0';
    bool read = site_index_read(&index, file.bytes, file.length, reason);
    if (!read)
        assert_true(index.count == 0 && index.models == NULL);
    site_index_clear(&index);
    return read;
}

static void a_table_gives_its_models_in_order(void **state)
{
    (void)state;
    struct saved_file file = load_index();
    struct site_index index;
    if (!site_index_read(&index, file.bytes, file.length, reason))
        fail_msg("refused: %s", reason);
    memset(file.bytes, 'x', file.length); /* the result does not point there */
    free(file.bytes);
    assert_int_equal(index.count, 2);
    const struct site_model *model = &index.models[0];
    assert_string_equal(model->name, "solu-1l");
    assert_string_equal(model->activation_function, "solu");
    assert_string_equal(model->dataset, "80% C4 (Web Text) & 20% Python Code");
    assert_int_equal(model->num_layers, 1);
    assert_int_equal(model->layer_size, 2048);
    assert_int_equal(model->num_total_neurons, 2048);
    assert_int_equal(model->num_total_parameters, 3145728);
    site_index_clear(&index);
    assert_int_equal(index.count, 0);
}

static void attributes_white_space_inner_tags_and_entities_do_not_matter(void **state)
{
    (void)state;
    struct saved_file file = load_index();
    struct site_index index;
    assert_true(site_index_read(&index, file.bytes, file.length, reason));
    const struct site_model *model = &index.models[1];
    assert_string_equal(model->name, "gpt2-xl");
    assert_string_equal(model->activation_function, "gelu");
    assert_string_equal(model->dataset, "Open Web<Text> \"a'b\"");
    assert_int_equal(model->num_layers, 48);
    assert_int_equal(model->layer_size, 6400); /* printed without its comma */
    assert_int_equal(model->num_total_neurons, 307200);
    assert_int_equal(model->num_total_parameters, 0);
    site_index_clear(&index);
    free(file.bytes);
}

/* The saved page with the first `old` changed. */
struct index_case {
    const char *sentence, *old, *changed, *reason;
};

static const struct index_case accepted[] = {
    {"accepted: the largest layers", "<td>1</td>\n      <td>2,048</td>\n      <td>2,048</td>",
     "<td>65535</td>\n      <td>2,147,483,647</td>\n      <td>140,735,340,806,145</td>", NULL},
    {"accepted: an unknown entity, as it is", "80% C4", "80% &copy; &amp", NULL},
    {"accepted: a comment in a cell", "<td>solu</td>", "<td>so<!-- > <td> -->lu</td>", NULL},
    {"accepted: < and > that are no tags", "80% C4", "1 < 2 > 0 </ <3", NULL},
    {"accepted: a name of 100 characters", ">solu-1l<",
     ">ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi<", NULL},
};

static const struct index_case refused[] = {
    {"refused: a page without a table", "<table border", "<div border", "the page holds no table"},
    {"refused: a table that does not end", "</table>", "</div>", "the page ends in row 3 of the table"},
    {"refused: a table in the table", "<td>solu</td>", "<td><table></td>", "row 1 of the table holds another table"},
    {"refused: a table that ends in a row", "<td>solu</td>", "</td></table>",
     "row 1 of the table: a cell ends out of place"},
    {"refused: a table that ends in a cell", "<td>solu</td>", "</table>", "row 1 of the table does not end"},
    {"refused: a row in a row", "<td>solu</td>", "<tr>", "row 1 of the table does not end"},
    {"refused: a row that ends in a cell", "<td>solu</td>", "<td></tr>", "row 1 of the table: </tr> out of place"},
    {"refused: a row that ends twice", "</tr>", "</tr></tr>", "row 1 of the table: </tr> out of place"},
    {"refused: a cell in a cell", "<td>solu</td>", "<td><td>", "row 1 of the table: a cell begins out of place"},
    {"refused: a cell outside rows", "<tbody>", "<tbody><td>", "row 1 of the table: a cell begins out of place"},
    {"refused: seven columns", "<td>solu</td>", "", "row 1 of the table has 7 columns, not 8"},
    {"refused: nine columns", "<td>solu</td>", "<td>solu</td><td></td>", "row 1 of the table has 9 columns, not 8"},
    {"refused: a row without columns", "<tbody>", "<tbody><tr></tr>", "row 1 of the table has 0 columns, not 8"},
    {"refused: another column name", "<th>Act Fn</th>", "<th>Activation</th>",
     "column 3 of the table is not called Act Fn"},
    {"refused: a table without models", "  </thead>", "  </table>", "the table names no model"},
    {"refused: an empty name", ">solu-1l<", "> <", "row 1 of the table: Model is not 1-100 letters, digits, . _ or -"},
    {"refused: a name with a slash", ">solu-1l<", ">solu/1l<",
     "row 1 of the table: Model is not 1-100 letters, digits, . _ or -"},
    {"refused: a name of dots", ">solu-1l<", ">..<",
     "row 1 of the table: Model is not 1-100 letters, digits, . _ or -"},
    {"refused: a name of 101 characters", ">solu-1l<",
     ">ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij<",
     "row 1 of the table: Model is not 1-100 letters, digits, . _ or -"},
    {"refused: the same model twice", ">gpt2-xl<", ">solu-1l<", "row 2 of the table: solu-1l is listed twice"},
    {"refused: no activation function", "<td>solu</td>", "<td> </td>",
     "row 1 of the table: Act Fn is not 1-200 printable bytes"},
    {"refused: a control character in the dataset", "80% C4", "80% \x1b[31mC4",
     "row 1 of the table: Dataset is not 1-200 printable bytes"},
    {"refused: layers that are no number", "<td>1</td>", "<td>one</td>",
     "row 1 of the table: Layers is no number with thousands commas"},
    {"refused: no layers", "<td>1</td>", "<td>0</td>", "row 1 of the table: Layers is out of range"},
    {"refused: 65,536 layers", "<td>1</td>", "<td>65,536</td>", "row 1 of the table: Layers is out of range"},
    {"refused: layers of 2^31 neurons", "<td>2,048</td>", "<td>2,147,483,648</td>",
     "row 1 of the table: Neurons per Layer is out of range"},
    {"refused: layers that do not add up", "<td>1</td>", "<td>2</td>",
     "row 1 of the table: 2 layers of 2048 neurons are not 2048 neurons"},
    {"refused: a negative number", "3,145,728", "-3,145,728",
     "row 1 of the table: Params is no number with thousands commas"},
    {"refused: a comma too few digits later", "3,145,728", "3,145,72",
     "row 1 of the table: Params is no number with thousands commas"},
    {"refused: a comma too many digits later", "3,145,728", "3,1457,28",
     "row 1 of the table: Params is no number with thousands commas"},
    {"refused: a late first comma", "3,145,728", "3145,728",
     "row 1 of the table: Params is no number with thousands commas"},
    {"refused: a leading comma", "3,145,728", ",145,728",
     "row 1 of the table: Params is no number with thousands commas"},
    {"refused: a trailing comma", "3,145,728", "3,145,",
     "row 1 of the table: Params is no number with thousands commas"},
    {"refused: two commas", "3,145,728", "3,,145,728", "row 1 of the table: Params is no number with thousands commas"},
    {"refused: a number of 19 digits", "3,145,728", "1000000000000000000",
     "row 1 of the table: Params is no number with thousands commas"},
    {"refused: 21 digits with commas", "3,145,728", "100,000,000,000,000,000,000",
     "row 1 of the table: Params is no number with thousands commas"},
    {"refused: bytes that are not UTF-8", "80% C4", "80% C\xc3", "not UTF-8 at byte 519"},
};
enum { NUM_ACCEPTED = sizeof accepted / sizeof accepted[0], NUM_REFUSED = sizeof refused / sizeof refused[0] };

static void a_case_is_judged(void **state)
{
    const struct index_case *index_case = *state;
    struct saved_file file = load_index();
    struct saved_file changed = saved_file_replace(file, index_case->old, index_case->changed, false);
    bool read = is_read(changed);
    if (read != !index_case->reason)
        fail_msg("%s: %s", read ? "read" : "refused", read ? index_case->reason : reason);
    if (!read)
        assert_string_equal(reason, index_case->reason);
    free(file.bytes);
    free(changed.bytes);
}

static void a_NUL_in_a_cell_is_refused(void **state)
{
    (void)state;
    struct saved_file file = load_index();
    struct saved_file changed = saved_file_splice(file, saved_file_find(file, "solu</td>", false), 1, "\0", 1);
    assert_false(is_read(changed));
    assert_string_equal(reason, "row 1 of the table holds a NUL");
    free(file.bytes);
    free(changed.bytes);
}

static void a_page_cut_before_the_end_of_its_table_is_refused(void **state)
{
    (void)state;
    struct saved_file file = load_index();
    size_t end = saved_file_find(file, "</table>", true) + strlen("</table>");
    for (size_t length = 0; length <= file.length; length++) {
        struct saved_file cut = saved_file_cut(file, length);
        if (is_read(cut) != (length >= end))
            fail_msg("cut behind byte %zu: %s", length, reason);
        free(cut.bytes);
    }
    free(file.bytes);
}

static void any_byte_may_be_changed_without_a_crash(void **state)
{
    (void)state;
    static const char others[] = {'<', '>', '/', '"', '\'', '!', '-', '&', ',', '\0', '\x80'};
    struct saved_file file = load_index();
    for (size_t i = 0; i < file.length; i++) {
        char original = file.bytes[i];
        for (size_t k = 0; k < 8 + sizeof others; k++) {
            file.bytes[i] = k < 8 ? (char)(original ^ (1 << k)) : others[k - 8];
            if (!is_read(file))
                assert_int_not_equal(strlen(reason), 0);
        }
        file.bytes[i] = original;
    }
    free(file.bytes);
}

static struct saved_file index_print(size_t models)
{
    struct saved_file page;
    FILE *out = open_memstream(&page.bytes, &page.length);
    assert_non_null(out);
    fprintf(out, "<table><tr><th>Model</th><th>Random</th><th>Act Fn</th><th>Dataset</th><th>Layers</th>"
                 "<th>Neurons per Layer</th><th>Total Neurons</th><th>Params</th></tr>");
    for (size_t i = 0; i < models; i++)
        fprintf(out, "<tr><td>m%zu</td><td></td><td>a</td><td>d</td><td>1</td><td>1</td><td>1</td><td>1</td></tr>", i);
    fprintf(out, "</table>");
    fclose(out);
    return page;
}

static void an_index_may_list_1000_models_but_not_1001(void **state)
{
    (void)state;
    struct saved_file most = index_print(1000), more = index_print(1001);
    assert_true(is_read(most));
    assert_false(is_read(more));
    assert_string_equal(reason, "more than 1000 models");
    free(most.bytes);
    free(more.bytes);
}

static void an_index_of_more_than_16_MiB_is_refused(void **state)
{
    (void)state;
    struct saved_file file = {calloc(1, (16 << 20) + 1), (16 << 20) + 1};
    assert_non_null(file.bytes);
    assert_false(is_read(file));
    assert_string_equal(reason, "16777217 bytes are too many for an index");
    free(file.bytes);
}

int main(void)
{
    struct CMUnitTest tests[7 + NUM_ACCEPTED + NUM_REFUSED] = {
        cmocka_unit_test(a_table_gives_its_models_in_order),
        cmocka_unit_test(attributes_white_space_inner_tags_and_entities_do_not_matter),
        cmocka_unit_test(a_NUL_in_a_cell_is_refused),
        cmocka_unit_test(a_page_cut_before_the_end_of_its_table_is_refused),
        cmocka_unit_test(any_byte_may_be_changed_without_a_crash),
        cmocka_unit_test(an_index_may_list_1000_models_but_not_1001),
        cmocka_unit_test(an_index_of_more_than_16_MiB_is_refused),
    };
    static struct index_case cases[NUM_ACCEPTED + NUM_REFUSED];
    memcpy(cases, accepted, sizeof accepted);
    memcpy(cases + NUM_ACCEPTED, refused, sizeof refused);
    for (size_t i = 0; i < NUM_ACCEPTED + NUM_REFUSED; i++)
        tests[7 + i] =
            (struct CMUnitTest){.name = cases[i].sentence, .test_func = a_case_is_judged, .initial_state = &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
