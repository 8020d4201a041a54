-- Which life of the log this is, where it was held when it began, and where it is held now.
select g.id, g.since, g.held_by,
  (select system_identifier from pg_control_system())::text
    || '/' || (select oid from pg_database where datname = current_database())::text
    || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as held_now
from generation g for update of g
