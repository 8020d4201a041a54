-- $1 subjects.
select subject, attribute, system, value::text as value, occurred_at, recorded_at, since, position
from belief where subject = any($1::text[])
