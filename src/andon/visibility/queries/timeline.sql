-- The newest $2 records about $1. A delivery is found by the lane and position of its command.
select l.position, l.kind, l.type, l.source, l.id, l.occurred_at, l.recorded_at, l.causation,
  l.claims::text as claims, l.actor, l.data::text as data,
  round((extract(epoch from l.recorded_at - c.recorded_at) * 1000)::numeric, 3)::float8 as hop_ms,
  d.key, d.connection, d.state, d.attempts, d.since, d.due_at, d.last_error
from (select * from log where subject = $1 order by position desc limit $2) l
left join log c on c.position = l.causation
left join delivery d on l.kind = 'command' and d.lane = l.lane and d.position = l.position
order by l.position
