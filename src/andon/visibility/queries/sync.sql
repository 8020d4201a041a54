-- $1 subject, $2 its kind
select g.attribute, g.follower, g.changed_at, g.agreed_at,
  round((extract(epoch from g.agreed_at - g.changed_at) * 1000)::numeric, 3)::float8 as lag_ms,
  extract(epoch from o.within)::float8 as within_s
from sync_lag g left join ownership o
  on o.subject_kind = $2 and o.attribute = g.attribute and o.follower = g.follower
where g.subject = $1 order by g.attribute, g.follower
