select r.id, r.workflow, r.subject, r.correlation, r.state, r.started_at, r.trigger,
       l.type, l.data, l.site
from run r join log l on l.position = r.trigger
where r.subject = $1
order by r.trigger, r.workflow
