select attribute, system, value::text as value, occurred_at, recorded_at, since, position
from belief where subject = $1
