-- $1 and $2 first and last page of the table: it has no index by position and needs none.
select json_build_array(s.source, s.id)::text as key, row_to_json(s)::text as line
from seen s
where s.ctid >= format('(%s,0)', $1::bigint)::tid and s.ctid < format('(%s,0)', $2::bigint)::tid
  and s.position <= $3
  and not (s.source = 'command' and exists (select from delivery d where d.key = s.id))
