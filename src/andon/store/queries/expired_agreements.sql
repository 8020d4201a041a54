-- $1 after, as the key is written; $2 agreed before.
select json_build_array(g.subject, g.attribute, g.follower)::text as key, row_to_json(g)::text as line
from sync_lag g
where (g.subject, g.attribute, g.follower)
    > (coalesce($1::json->>0, ''), coalesce($1::json->>1, ''), coalesce($1::json->>2, ''))
  and g.agreed_at < $2
order by g.subject, g.attribute, g.follower limit 2000
