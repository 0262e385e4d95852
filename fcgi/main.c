/* deepdecipher-fcgi: options, then the master. */
#include "bfloat16.h"
#include "master.h"

#ifndef DEEPDECIPHER_VERSION
#define DEEPDECIPHER_VERSION "0"
#endif

int main(int argc, char *argv[])
{
    struct fcgi_options options;
    switch (fcgi_options_read(&options, argc, argv, DEEPDECIPHER_VERSION)) {
    case OPTIONS_RUN:
        bfloat16_init(); /* before the workers are forked: they share it */
        return master_run(&options);
    case OPTIONS_DONE: return 0;
    case OPTIONS_WRONG: break;
    }
    return 2;
}
