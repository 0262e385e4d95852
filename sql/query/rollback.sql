-- Transaction control.
ROLLBACK
