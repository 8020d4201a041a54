-- The log, its followers' positions, runs, deliveries, beliefs and exceptions.

create sequence log_position;

-- One appender at a time: the lock falls after the commit is visible, so number order is commit
-- order and a reader after a position misses nothing. Gaps (duplicates, rollbacks) mean nothing.
create function reserve(n bigint) returns bigint language plpgsql volatile as $$
declare first bigint;
begin
  perform pg_advisory_xact_lock(4021);
  first := nextval('log_position');
  if n > 1 then perform setval('log_position', first + n - 1); end if;
  return first;
end $$;

-- Order keys spread over 64 lanes; a lane belongs to one worker session at a time.
create function lane_of(order_key text) returns smallint language sql immutable parallel safe as
  $$ select (hashtext(order_key) & 63)::smallint $$;

create table log (
  position    bigint primary key,
  kind        text not null,
  source      text not null,
  id          text not null,
  type        text not null,
  subject     text not null,
  order_key   text not null,
  lane        smallint not null,
  correlation text not null,
  causation   bigint,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  site        text not null,
  actor       text not null,
  follow      boolean not null,          -- workers must look at it
  system      text,                      -- who believes the claims
  claims      jsonb,
  data        jsonb not null
) with (autovacuum_vacuum_insert_scale_factor = 0.5);
create index log_subject on log (subject, position);
create index log_follow on log (position) include (lane) where follow;

-- A restore or a lossy failover renews the generation; positions of another one are refused.
create table generation (id uuid primary key default gen_random_uuid(), since timestamptz not null default now());
insert into generation default values;

create table seen (
  source text not null, id text not null, digest bytea not null, position bigint not null,
  primary key (source, id)
);

create table position (name text primary key, at bigint not null) with (fillfactor = 20);

create table mirror (
  connection text not null, name text not null, body jsonb not null, read_at timestamptz not null,
  primary key (connection, name)
);
create table source_position (connection text primary key, at text not null) with (fillfactor = 20);

create table alias (
  system text not null, kind text not null, local text not null, subject text not null,
  primary key (system, kind, local)
);
create index alias_subject on alias (subject);

create table subject (
  name text primary key, kind text not null, issuer text not null, local text not null,
  site text not null, position bigint not null, first_at timestamptz not null
);
create index subject_local on subject (local);
create index subject_recent on subject (kind, position desc);
create index subject_position on subject (position desc);

create table link (
  subject text not null, relation text not null, object text not null,
  position bigint not null, since timestamptz not null,
  primary key (subject, relation, object)
);
create index link_object on link (object);

create table belief (
  subject text not null, attribute text not null, system text not null, value jsonb not null,
  occurred_at timestamptz not null, recorded_at timestamptz not null, position bigint not null,
  since timestamptz not null,            -- recorded time of the first claim of this very value
  primary key (subject, attribute, system)
) with (fillfactor = 80);

create table ownership (
  subject_kind text not null, attribute text not null, owner text not null,
  follower text not null, within interval not null, steward text not null,
  primary key (subject_kind, attribute, follower)
);

-- Owner's change to each follower's agreement; agreed_at is null while they differ.
create table sync_lag (
  subject text not null, attribute text not null, follower text not null,
  changed_at timestamptz not null, agreed_at timestamptz, position bigint not null,
  primary key (subject, attribute, follower)
) with (fillfactor = 80);
create index sync_lag_waiting on sync_lag (changed_at) where agreed_at is null;

create table run (
  id text primary key, workflow text not null, subject text not null, lane smallint not null,
  trigger bigint not null, correlation text not null, state text not null,
  crashes smallint not null default 0, started_at timestamptz not null, ended_at timestamptz
) with (fillfactor = 80);
create index run_open on run (lane) where state = 'running';

create table journal (
  run text not null, at integer not null, n integer not null, position bigint not null,
  answered_at timestamptz not null, data jsonb not null, primary key (run, at)
);

create table waiting (
  run text not null, n integer not null, subject text not null, lane smallint not null,
  types text[] not null, after bigint not null, primary key (run, n)
);
create index waiting_subject on waiting (subject);

create table timer (
  run text not null, n integer not null, lane smallint not null, due_at timestamptz not null,
  primary key (run, n)
);
create index timer_due on timer (due_at);

-- Commands on their way. The row goes when the receipt or refusal is recorded.
create table delivery (
  key text primary key, position bigint not null, run text, n integer not null,
  lane smallint not null, order_key text not null, connection text not null, proof text not null,
  state text not null,                   -- pending sending unknown waiting parked offered acknowledged
  attempts smallint not null default 0, due_at timestamptz, since timestamptz not null,
  looks smallint not null default 0, last_error text
) with (fillfactor = 60);
create index delivery_lane on delivery (lane);

create table worker (
  session uuid primary key, backend integer not null, name text not null,
  version integer not null, lease_until timestamptz not null, started_at timestamptz not null
);

create table connection_state (
  name text primary key, site text not null, kind text not null, faces text[] not null,
  state text not null,                   -- running paused unreachable stopped
  reason text, since timestamptz not null, last_ok_at timestamptz, last_error text,
  wanted text not null default 'running' -- running paused
);

create table exception (
  id bigint generated always as identity primary key,
  cause text not null unique,            -- the same failure is one exception
  class text not null, code text not null, team text not null, connection text,
  subject text, position bigint, run text, n integer,
  text text not null, detail jsonb not null default '{}', raw bytea,
  choices text[] not null default '{}', answer text,
  state text not null default 'open',    -- open acknowledged resolved
  opened_at timestamptz not null, closed_at timestamptz, closed_by text, times integer not null default 1
);
create index exception_open on exception (opened_at desc) where state <> 'resolved';
create index exception_subject on exception (subject);

create table access_key (
  id uuid primary key default gen_random_uuid(), name text not null, digest bytea not null unique,
  scopes text[] not null, sites text[] not null default '{}', system text,
  created_at timestamptz not null default now(), revoked_at timestamptz
);
create table account (
  name text primary key, password text not null, roles text[] not null,
  sites text[] not null default '{}', created_at timestamptz not null default now()
);
create table session (
  digest bytea primary key, account text not null, created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create table login_link (
  digest bytea primary key, account text not null, expires_at timestamptz not null, used_at timestamptz
);
