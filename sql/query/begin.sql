-- Transaction control.
BEGIN
