/*
 * deepdecipher-ingest: fills the database.
 */
#include "command.h"
#include "../sql/client/bfloat16.h"

#include <string.h>

static int run(const struct options *options)
{
    const struct source *source = source_find(options->command);
    if (source != NULL)
        return options->list ? command_list(options, source) : command_collect(options, source);
    if (strcmp(options->command, "status") == 0)
        return command_status(options);
    if (strcmp(options->command, "retry") == 0)
        return command_retry(options);
    if (strcmp(options->command, "live") == 0)
        return command_live(options);
    if (strcmp(options->command, "export") == 0)
        return command_export(options);
    if (strcmp(options->command, "archive") == 0)
        return command_archive(options);
    if (strcmp(options->command, "verify") == 0)
        return command_verify(options);
    if (strcmp(options->command, "doctor") == 0)
        return command_doctor(options);
    return command_work(options);
}

int main(int argc, char *argv[])
{
    struct options options;
    options_read(&options, argc, argv);
    bfloat16_init();
    int status = run(&options);
    options_clear(&options);
    return status;
}
