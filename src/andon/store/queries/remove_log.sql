-- $1 positions, $2 now. A case opened meanwhile keeps its subject's records. Claims that still are
-- beliefs stay, so that what was believed can be told for any time after now.
with doomed as materialized (
  select position, subject, recorded_at from log l
  where l.position = any($1::text[]::bigint[])
    and not exists (select from exception e where e.subject = l.subject and e.state <> 'resolved')
),
held as (
  insert into held_claim (subject, attribute, system, value, occurred_at, recorded_at, position, since)
  select b.subject, b.attribute, b.system, b.value, b.occurred_at, b.recorded_at, b.position, b.since
  from doomed d join belief b on b.subject = d.subject and b.position = d.position
  on conflict do nothing
),
marked as (
  insert into thinned as t (subject, until, at)
  select subject, max(recorded_at), $2 from doomed group by subject
  on conflict (subject) do update set until = greatest(t.until, excluded.until), at = excluded.at
),
gone as (
  delete from log l using doomed d where l.position = d.position returning 1
)
select count(*) from gone
