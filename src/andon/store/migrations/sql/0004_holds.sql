-- Lots that are held, by whom and since when: written with the very record that says so.

-- One row per lot and holder; a released one stays, so that an older word does not bind again.
create table hold (
  lot text not null, holder text not null, held boolean not null, reason text not null,
  at timestamptz not null, primary key (lot, holder)
);
create index hold_bound on hold (lot) where held;
