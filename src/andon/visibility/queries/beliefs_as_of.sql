-- Every claim about $1 that was recorded by $2, in log order; the fold is in matrix.py. Of archived
-- records those claims are held that were beliefs then.
select position, system, claims::text as claims, occurred_at, recorded_at, null::timestamptz as since
from log
where subject = $1 and recorded_at <= $2 and system is not null and claims is not null
union all
select position, system, jsonb_build_object(attribute, value)::text, occurred_at, recorded_at, since
from held_claim where subject = $1 and recorded_at <= $2
order by position
