select d.key, l.type, l.data
from alias a
join delivery d on d.connection = a.system and d.state = 'offered'
join log l on l.position = d.position and l.subject = a.subject and split_part(l.subject, '/', 1) = a.kind
where a.system = $1 and a.local = $2
order by d.position
