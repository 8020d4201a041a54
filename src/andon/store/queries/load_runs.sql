select r.id as run, r.workflow, r.lane, l.position, l.type, l.subject, l.correlation,
       l.recorded_at, l.site, l.data
from run r join log l on l.position = r.trigger
where r.id = any($1::text[]) and r.state = $2
