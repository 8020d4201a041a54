-- What leaves the database by its lifetime, and where it is found afterwards.

-- One file each. A row without done_at is whole on disk, and its records are still being removed.
create table archive (
  id bigint generated always as identity primary key,
  name text not null unique, kind text not null,
  records integer not null, bytes bigint not null, digest text not null,
  first bigint, last bigint, first_at timestamptz, last_at timestamptz,
  written_at timestamptz not null, done_at timestamptz
);

-- Subjects of which records were archived: up to when they were recorded, and when that was done.
create table thinned (subject text primary key, until timestamptz not null, at timestamptz not null);

-- Claims that still were beliefs when their record was archived: what was believed then can be told.
create table held_claim (
  subject text not null, attribute text not null, system text not null, value jsonb not null,
  occurred_at timestamptz not null, recorded_at timestamptz not null, position bigint not null,
  since timestamptz not null,
  primary key (subject, attribute, system, position)
);
