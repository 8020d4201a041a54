-- A position counts in one generation of the log only. Where the log was last held is remembered, so
-- that a restored, copied or promoted one is noticed.
alter table generation add column held_by text;

create function log_generation() returns uuid language sql stable as $$ select id from generation $$;

-- Writers need not say it: a position is of the generation in which its row was made, until renewal.
alter table position add column generation uuid not null default log_generation();
alter table source_position add column generation uuid not null default log_generation();
