-- Transaction control: all that follows sees the database as it is now.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
