-- Lots that pass though a held one is in them: written with the very record that says so.

-- Of one holder's hold, up to the time it was said; what is held anew later binds again.
create table concession (
  lot text not null, root text not null, holder text not null, at timestamptz not null,
  primary key (lot, root, holder)
);
