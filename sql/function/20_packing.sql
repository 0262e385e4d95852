-- The packed columns, read in SQL. The C programs have the same in sql/client/packing.c.

-- Numbers of seven bits a byte, low bits first, the high bit set on all bytes but a number's last.
CREATE OR REPLACE FUNCTION unpack_tokens(packed bytea) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    ids integer[] := '{}';
    id bigint := 0;
    shift integer := 0;
    byte integer;
BEGIN
    FOR place IN 0 .. length(packed) - 1 LOOP
        byte := get_byte(packed, place);
        id := id | ((byte & 127)::bigint << shift);
        shift := shift + 7;
        IF byte < 128 THEN
            ids := ids || id::integer;
            id := 0;
            shift := 0;
        END IF;
    END LOOP;
    RETURN ids;
END
$$;
COMMENT ON FUNCTION unpack_tokens(bytea) IS 'Token ids of text.tokens';

-- Number `i` of those of `width` bits that begin at byte `codes`, low bits first.
CREATE OR REPLACE FUNCTION packed_index(packed bytea, codes integer, width integer, i integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT coalesce(sum(get_bit(packed, codes * 8 + i * width + j) << j), 0)::integer
        FROM generate_series(0, width - 1) AS j);
COMMENT ON FUNCTION packed_index(bytea, integer, integer, integer) IS 'A number of a few bits out of a packed column';

-- The number that an IEEE float of these bits stands for.
CREATE OR REPLACE FUNCTION exact_float(bits bigint, mantissa_bits integer, exponent_bits integer) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT CASE WHEN (bits >> (mantissa_bits + exponent_bits)) & 1 = 1 THEN -1 ELSE 1 END::double precision
           * (CASE WHEN exponent = 0 THEN mantissa ELSE mantissa + (1 << mantissa_bits) END)::double precision
           * 2::double precision ^ (greatest(exponent, 1) + 1 - (1 << (exponent_bits - 1)) - mantissa_bits)
    FROM (SELECT ((bits >> mantissa_bits) & ((1 << exponent_bits) - 1))::integer AS exponent,
                 (bits & ((1 << mantissa_bits) - 1))::integer AS mantissa) AS parts);
COMMENT ON FUNCTION exact_float(bigint, integer, integer) IS 'An IEEE float of any size out of its bits';

-- The numbers of one text begin at byte `at`. That byte tells the encoding, then comes the count as a LEB128 number, then:
--   0..8   bfloat16: number of different high bytes less one, those bytes, all low bytes,
--          and for each number the index of its high byte in as many bits as the first byte says, low bits first;
--   32, 64 IEEE floats of that many bits, low byte first; one of 32 stands for its shortest digits;
--   16, 33 IEEE floats of 16 and 32 bits that stand for themselves;
--   65     a list of different numbers: how many less one, those as floats of 64 bits, then each number's index among them;
--   128..136  as 0..8, but a bfloat16 stands for itself.
CREATE OR REPLACE FUNCTION unpack_activations(packed bytea, at integer) RETURNS double precision[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = public, pg_temp
SET extra_float_digits = 1 -- a real's text then has all its digits; real::numeric keeps only six
AS $$
DECLARE
    width integer := get_byte(packed, at);
    place integer := at + 1;
    count integer := 0;
    shift integer := 0;
    byte integer;
    highs integer;
    lows integer;
    codes integer;
    num_highs integer;
BEGIN
    LOOP
        byte := get_byte(packed, place);
        count := count | ((byte & 127) << shift);
        place := place + 1;
        shift := shift + 7;
        EXIT WHEN byte < 128;
    END LOOP;
    IF width = 32 THEN
        RETURN ARRAY(SELECT ieee_float(packed, place + 4 * i, 4) FROM generate_series(0, count - 1) AS i ORDER BY i);
    ELSIF width = 64 THEN
        RETURN ARRAY(SELECT ieee_float(packed, place + 8 * i, 8) FROM generate_series(0, count - 1) AS i ORDER BY i);
    ELSIF width = 16 THEN
        RETURN ARRAY(SELECT exact_float(get_byte(packed, place + 2 * i) | (get_byte(packed, place + 2 * i + 1) << 8), 10, 5)
                     FROM generate_series(0, count - 1) AS i ORDER BY i);
    ELSIF width = 33 THEN
        RETURN ARRAY(SELECT exact_float(get_byte(packed, place + 4 * i) | (get_byte(packed, place + 4 * i + 1) << 8)
                                        | (get_byte(packed, place + 4 * i + 2) << 16)
                                        | (get_byte(packed, place + 4 * i + 3)::bigint << 24), 23, 8)
                     FROM generate_series(0, count - 1) AS i ORDER BY i);
    ELSIF width = 65 THEN
        num_highs := get_byte(packed, place) + 1;
        highs := place + 1;
        codes := highs + 8 * num_highs;
        width := 0;
        WHILE 1 << width < num_highs LOOP
            width := width + 1;
        END LOOP;
        RETURN ARRAY(SELECT ieee_float(packed, highs + 8 * packed_index(packed, codes, width, i), 8)
                     FROM generate_series(0, count - 1) AS i ORDER BY i);
    ELSIF width NOT BETWEEN 0 AND 8 AND width NOT BETWEEN 128 AND 136 THEN
        RAISE EXCEPTION 'activations are packed in a way that this version does not know: %', width;
    END IF;
    highs := place + 1;
    lows := highs + get_byte(packed, place) + 1;
    codes := lows + count;
    IF width >= 128 THEN
        width := width - 128;
        RETURN ARRAY(SELECT exact_float((get_byte(packed, highs + packed_index(packed, codes, width, i))::bigint << 24)
                                        | (get_byte(packed, lows + i) << 16), 23, 8)
                     FROM generate_series(0, count - 1) AS i ORDER BY i);
    END IF;
    RETURN ARRAY(
        SELECT b.value::text::double precision * CASE WHEN b.code >= 32768 AND b.value = 0 THEN -1 ELSE 1 END
        FROM generate_series(0, count - 1) AS i
        JOIN bfloat16 b ON b.code = (get_byte(packed, highs + packed_index(packed, codes, width, i)) << 8)
                                    | get_byte(packed, lows + i)
        ORDER BY i);
END
$$;
COMMENT ON FUNCTION unpack_activations(bytea, integer) IS 'A text''s activations as the source printed them: unpack_activations(neuron.activations, example.activations_at)';

-- An IEEE float of 4 or 8 bytes at `place` of `packed`, low byte first. In PL/pgSQL, whose expressions cost a tenth of a call
-- of a function in SQL: views call this once for every number of a row.
CREATE OR REPLACE FUNCTION ieee_float(packed bytea, place integer, size integer) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET extra_float_digits = 1
AS $$
DECLARE
    bits bigint := get_byte(packed, place) | (get_byte(packed, place + 1) << 8) | (get_byte(packed, place + 2) << 16)
                   | (get_byte(packed, place + 3)::bigint << 24);
    exponent integer;
    magnitude double precision;
BEGIN
    IF size = 4 THEN -- given as the double of its shortest digits
        exponent := (bits >> 23) & 255;
        magnitude := (CASE WHEN exponent = 0 THEN bits & 8388607 ELSE bits & 8388607 | 8388608 END)::double precision
                     * 2::double precision ^ (greatest(exponent, 1) - 150);
        RETURN CASE WHEN bits >> 31 = 1 THEN -1 ELSE 1 END * magnitude::real::text::double precision;
    END IF;
    bits := bits | (get_byte(packed, place + 4)::bigint << 32) | (get_byte(packed, place + 5)::bigint << 40)
            | (get_byte(packed, place + 6)::bigint << 48) | (get_byte(packed, place + 7)::bigint << 56);
    exponent := (bits >> 52) & 2047;
    magnitude := (CASE WHEN exponent = 0 THEN bits & 4503599627370495 ELSE bits & 4503599627370495 | 4503599627370496 END)::double precision;
    exponent := greatest(exponent, 1) - 1075;
    -- In two steps: 2 ^ 971 times 2 ^ 53 is too much, 2 ^ -1074 too little for one.
    magnitude := magnitude * 2::double precision ^ (exponent / 2) * 2::double precision ^ (exponent - exponent / 2);
    RETURN CASE WHEN bits < 0 THEN -1 ELSE 1 END * magnitude;
END
$$;
COMMENT ON FUNCTION ieee_float(bytea, integer, integer) IS 'A float of 4 or 8 bytes out of a packed column';
