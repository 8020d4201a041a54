-- Below this position every follower has read, in this generation: the projection up to where it
-- says, lanes up to their first record that is to be followed (what is not, they pass by).
with lanes as (
  select substr(name, 6)::smallint as lane, at from position where name like 'lane:%'
),
unread as (
  select min(l.position) as position
  from log l join lanes on lanes.lane = l.lane
  where l.follow and l.position > (select min(at) from lanes) and l.position > lanes.at
),
others as (
  select min(at) as at, bool_or(name = 'project') as projected from position
  where name not like 'lane:%'
)
select case when (select count(*) from lanes) = $1 and others.projected
                 and not exists (select from position where generation <> log_generation())
       then least((select position from unread), others.at, (select max(position) from log))
       else 0 end as floor
from others
