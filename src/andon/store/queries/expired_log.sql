-- $1 after, $2 up to, $3 patterns of types, $4 before when a record of one has expired, $5 the record
-- that began the oldest open run: a run may hear what was said since, also of subjects linked later.
-- A program's command stays with its outcome while its key is known, so that the key is answered.
select l.position::text as key, row_to_json(l)::text as line, l.position, l.recorded_at
from log l
cross join lateral (
  select before from unnest($3::text[], $4::timestamptz[]) as t(pattern, before)
  where l.type like pattern order by length(pattern) desc limit 1
) life
where l.position > $1 and l.position <= $2 and l.recorded_at < life.before
  and not (l.kind = 'event' and l.follow and l.position >= $5)
  and not exists (select from needed n where n.correlation = l.correlation)
  and not exists (select from exception e where e.subject = l.subject and e.state <> 'resolved')
  and not exists (select from exception e where e.position = l.position and e.state <> 'resolved')
  and not (l.correlation like 'command/%' and exists (
    select from seen s where s.source = 'command' and s.id = substr(l.correlation, 9)))
order by l.position
