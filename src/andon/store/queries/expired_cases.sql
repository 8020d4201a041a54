-- $1 after, $2 resolved before. What an open run asked is its answer's place.
select e.id::text as key, row_to_json(e)::text as line
from exception e
where e.id > $1::text::bigint and e.state = 'resolved' and e.closed_at < $2
  and not exists (select from run r where r.id = e.run and r.state in ('running', 'parked'))
order by e.id limit 2000
