with gone as (
  delete from sync_lag g using unnest($1::text[]) as t(key)
  where g.subject = t.key::json->>0 and g.attribute = t.key::json->>1 and g.follower = t.key::json->>2
    and g.agreed_at < $2
  returning 1
)
select count(*) from gone
