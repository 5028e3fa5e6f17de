CREATE FUNCTION end_session(bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'DELETE FROM public.sessions WHERE id = $1';
