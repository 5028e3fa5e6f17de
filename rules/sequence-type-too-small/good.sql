ALTER SEQUENCE repairs_id_seq AS bigint;
