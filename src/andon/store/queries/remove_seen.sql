with gone as (
  delete from seen s using unnest($1::text[]) as t(key)
  where s.source = t.key::json->>0 and s.id = t.key::json->>1 and s.position <= $2
  returning 1
)
select count(*) from gone
