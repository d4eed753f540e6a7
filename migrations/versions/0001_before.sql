CREATE EXTENSION IF NOT EXISTS pg_trgm
--;
CREATE EXTENSION IF NOT EXISTS btree_gist
--;
CREATE EXTENSION IF NOT EXISTS unaccent
--;
CREATE OR REPLACE FUNCTION app_is_market() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT current_setting('app.org', true) = '*' $$;
CREATE OR REPLACE FUNCTION app_orgs() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT string_to_array(nullif(current_setting('app.org', true), ''), ',') $$;
--;
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$;
