/* What a search for neurons asks for; see search_terms.h. */
#include "search_terms.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "posting_merge.h"

static const char sign_for_nul[] = "\xE2\x90\x80"; /* U+2400 */

static const char *const kinds[] = {"activating", "important", "any", "peak"};

static void add_term(struct search_terms *terms, const char *kind, const char *token, size_t length, int group)
{
    assert(terms->count < SEARCH_TERMS_MAX);
    struct search_term *term = &terms->terms[terms->count++];
    *term = (struct search_term){kind, malloc(length + 1), length, group};
    assert(term->token != NULL);
    memcpy(term->token, token, length + 1);
}

/* No parameter can hold NUL: U+2400 stands for it, as everywhere where text can not hold it. */
static void add_term_with_nul(struct search_terms *terms, const char *kind, const char *token, int group)
{
    const char *at = token, *sign;
    add_term(terms, kind, token, strlen(token), group);
    if (strstr(token, sign_for_nul) == NULL)
        return;
    add_term(terms, kind, token, strlen(token), group);
    struct search_term *term = &terms->terms[terms->count - 1];
    term->length = 0;
    while ((sign = strstr(at, sign_for_nul)) != NULL) {
        memcpy(term->token + term->length, at, (size_t)(sign - at));
        term->length += (size_t)(sign - at);
        term->token[term->length++] = '\0';
        at = sign + sizeof sign_for_nul - 1;
    }
    memcpy(term->token + term->length, at, strlen(at));
    term->length += strlen(at);
}

/* KIND:TOKEN */
static bool read_term(struct exchange *x, const char *name, const char *text, int group, struct search_terms *terms)
{
    const char *colon = strchr(text, ':');
    for (size_t i = 0; colon != NULL && i < sizeof kinds / sizeof *kinds; i++) {
        if (strlen(kinds[i]) != (size_t)(colon - text) || memcmp(kinds[i], text, (size_t)(colon - text)) != 0)
            continue;
        add_term_with_nul(terms, kinds[i], colon + 1, group);
        return true;
    }
    exchange_problem(
        x, 400,
        "%s must be KIND:TOKEN, such as %s=activating:the, not \"%s\". KIND is activating, important, any (of "
        "these two) or peak; what follows the first colon is the token.",
        name, name, text);
    return false;
}

/* `*may_be_or`: the last term was a `token`, to which an `or` can belong. */
static bool read_param(struct exchange *x, const struct request_param *param, bool *may_be_or,
                       struct search_terms *terms)
{
    const char *name = param->name.text, *text = param->value.text;
    bool is_token = strcmp(name, "token") == 0, is_or = strcmp(name, "or") == 0, is_not = strcmp(name, "not") == 0;
    if (is_or && !*may_be_or) {
        exchange_problem(x, 400, "or must stand behind the token that it is another possibility for: token=…&or=….");
        return false;
    }
    if (is_token || is_not || strcmp(name, "peak") == 0)
        *may_be_or = is_token;
    if (is_token)
        return read_term(x, name, text, terms->num_groups++, terms);
    if (is_or)
        return read_term(x, name, text, terms->num_groups - 1, terms);
    if (is_not)
        return read_term(x, name, text, POSTING_GROUP_NOT, terms);
    if (strcmp(name, "peak") == 0)
        add_term_with_nul(terms, "peak", text, terms->num_groups++);
    return true;
}

bool search_terms_read(struct exchange *x, struct search_terms *terms)
{
    bool may_be_or = false;
    terms->count = terms->num_groups = 0;
    for (size_t i = 0; i < x->request.param_count; i++)
        if (!read_param(x, &x->request.params[i], &may_be_or, terms))
            return false;
    if (terms->num_groups > 0)
        return true;
    exchange_problem(x, 400, "Say what the neurons must have: token=KIND:TOKEN or peak=TOKEN, once or more.");
    return false;
}

void search_terms_clear(struct search_terms *terms)
{
    for (int i = 0; i < terms->count; i++)
        free(terms->terms[i].token);
    terms->count = 0;
}
