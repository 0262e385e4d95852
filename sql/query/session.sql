-- Settings of a connection: $1 is the statement_timeout in milliseconds. Statements are planned once.
SELECT set_config('statement_timeout', $1, false), set_config('plan_cache_mode', 'force_generic_plan', false)
