-- Makes these connections known. What was found of one and the case that says so are two commits:
-- `over` is a case that an answer ended before Andon died, `unsaid` why it is away, when no case
-- says that.
with known as (
  insert into connection_state as c (name, site, kind, faces, state, since)
  select name, site, kind, string_to_array(faces, ' '), 'running', $5
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as t(name, site, kind, faces)
  on conflict (name) do update set site = excluded.site, kind = excluded.kind, faces = excluded.faces
  returning name, wanted, state, since, reason, last_error
)
select k.name, k.wanted, k.state,
  k.state = 'running' and coalesce(e.opened_at <= k.since, false) as over,
  case when k.state <> 'running' and e.cause is null and k.reason = k.last_error
    then k.reason end as unsaid
from known k
left join exception e on e.cause = 'connection:' || k.name and e.closed_at is null
