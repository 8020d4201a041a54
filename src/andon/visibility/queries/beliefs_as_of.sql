-- Every claim about $1 that was recorded by $2, in log order; the fold is in matrix.py.
select position, system, claims::text as claims, occurred_at, recorded_at
from log
where subject = $1 and recorded_at <= $2 and system is not null and claims is not null
order by position
