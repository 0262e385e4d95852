-- Brings what is searched of one model up to date that changed a while ago; whether there was one.
SELECT search_fill_due()
