-- $1 connection. What was withheld before comes last, so that it never fills the page.
select d.key, l.type, l.subject, l.data, l.position, d.last_error
from delivery d join log l on l.position = d.position
where d.connection = $1 and d.state = 'offered'
order by d.last_error is not null, d.position limit 200
