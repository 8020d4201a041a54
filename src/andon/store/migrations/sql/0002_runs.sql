-- What runs hear of linked subjects, and which of them were in hand when a worker died.

-- Event types that a wait takes of subjects linked to its own.
alter table waiting add column hears text[] not null default '{}';
create index waiting_hears on waiting (lane) where hears <> '{}';

-- A late link makes earlier events heard; it is found like a record, by its position.
create index link_position on link (position);

-- A lane that is being worked on. Whoever takes a lane and finds its row knows that the worker
-- before did not leave, but died.
create table lane (lane smallint primary key, since timestamptz not null);

-- Runs that were in hand when a worker died, and how often; a step that ends well takes them off.
create table suspect (
  run text primary key, lane smallint not null, times smallint not null
) with (fillfactor = 50);
