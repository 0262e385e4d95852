-- How many tokens begin with what somebody typed decides whether they are read out of their index or picked from all, the most
-- frequent first. From a hundred bounds, of 50 thousand tokens, a beginning that 20 have was taken for one that 500 have, and all
-- were read; with a thousand few are read in vain.
ALTER TABLE search_token
    ALTER token SET STATISTICS 1000,
    ALTER folded SET STATISTICS 1000,
    ALTER bare SET STATISTICS 1000;
ANALYZE search_token;
