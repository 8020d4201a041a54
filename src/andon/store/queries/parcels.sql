select d.key, d.position, d.run, d.n, d.lane, d.order_key, d.connection, d.state, d.attempts,
       d.looks, d.due_at, l.type, l.subject, l.correlation, l.site, l.data
from delivery d join log l on l.position = d.position
where case when $2::text[] is null then d.lane = any($1::smallint[]) else d.key = any($2::text[]) end
order by d.position
