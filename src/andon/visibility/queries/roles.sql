-- $1 party, $2 subjects: as what the party is linked to each that is its own.
select subject, array_agg(distinct relation) as roles
from link where object = $1 and subject = any($2::text[]) group by subject
