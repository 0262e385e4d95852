-- Settings of a connection: $1 is the statement_timeout in milliseconds, $2 the plan_cache_mode.
SELECT set_config('statement_timeout', $1, false), set_config('plan_cache_mode', $2, false)
