-- Of a reading too large to be kept only these two; its body is null then. They stand only with a
-- body of null, for a worker that does not know them writes a body beside them.
alter table mirror add column sha256 bytea, add column bytes bigint;
