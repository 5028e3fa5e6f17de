-- Run by a tool that opens a transaction for each file.

SET search_path = shop, public;
CREATE TABLE public.tags (id bigint PRIMARY KEY);
