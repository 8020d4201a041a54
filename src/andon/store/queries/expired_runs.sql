-- $1 after, $2 ended before, $3 floor: a trigger that may be read again must find its run.
select r.id as key,
  json_build_object('run', row_to_json(r), 'journal', coalesce(
    (select json_agg(row_to_json(j) order by j.at) from journal j where j.run = r.id), '[]'))::text as line
from run r
where r.id > $1 and r.state not in ('running', 'parked') and r.ended_at < $2 and r.trigger < $3
  and not exists (select from exception e where e.subject = r.subject and e.state <> 'resolved')
  and r.id not in (select run from delivery where run is not null)
  and r.id not in (select run from suspect)
order by r.id limit 2000
