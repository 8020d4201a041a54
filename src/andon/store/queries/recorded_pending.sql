-- What an open run has asked for and not been answered.
select n, 'wait' as verb, null as type, null::jsonb as data, types, null::text[] as choices
from waiting where run = $1
union all
select n, 'sleep', null, null, null, null
from timer t where run = $1 and not exists (select from waiting w where w.run = $1 and w.n = t.n)
union all
select d.n, 'send', l.type, l.data, null, null
from delivery d join log l on l.position = d.position where d.run = $1
union all
select e.n, 'ask', null, null, null, e.choices
from exception e join run r on r.id = e.run and r.state in ('running', 'parked')
where e.run = $1 and e.code = 'question' and e.answer is null
