-- Transaction control.
COMMIT
