-- $1 connection. What was withheld before comes last, so that it never fills the page.
-- What stands behind a command that waits for approval keeps its place, unless it overtakes.
select d.key, l.type, l.subject, l.data, l.position, d.last_error, exists (
  select from delivery e where e.connection = d.connection and e.order_key = d.order_key
    and e.state = 'awaiting' and e.position < d.position) as behind
from delivery d join log l on l.position = d.position
where d.connection = $1 and d.state = 'offered'
order by d.last_error is not null, behind, d.position limit 200
