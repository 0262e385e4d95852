-- Notifications of live jobs that are done.
LISTEN deepdecipher_done
