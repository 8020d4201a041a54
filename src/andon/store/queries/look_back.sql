select l.position, l.type, l.subject, l.data
from (select distinct subject, min(after) over (partition by subject) as after
      from unnest($1::text[], $2::bigint[]) as t(subject, after)) w
join log l on l.subject = w.subject and l.position > w.after and l.position <= $3
where l.follow and l.kind = 'event'
order by l.position
