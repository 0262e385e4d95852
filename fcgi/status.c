/* How the service is; see status.h. */
#include "status.h"

#include "exchange.h"

void handle_healthz(struct exchange *x)
{
    buffer_add_text(exchange_text(x, "text/plain; charset=utf-8"), "ok\n");
}

void handle_readyz(struct exchange *x)
{
    PGresult *rows;
    if (!exchange_db_ok(x, db_query(x->db, STATEMENT_READY, 0, NULL, &rows)))
        return;
    buffer_add_text(exchange_json(x), "{\"database\":\"up\",\"status\":\"ready\"}");
}
