-- Names what follows on a connection: $1 is the program, $2 what it does, such as answering the request of that id.
SELECT set_config('application_name', $1 || ' ' || $2, false)
