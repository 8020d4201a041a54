-- $1 state, $2 before this id, $3 sites, $4 how many, $5 subject, $6 id.
-- The site of a case is its subject's, else its connection's; without either it is for all-site callers.
select e.id, e.class, e.code, e.team, e.connection, e.subject, e.text, e.detail::text as detail,
  e.choices, e.answer, e.state, e.opened_at, e.closed_at, e.closed_by, e.times, e.position,
  e.raw is not null as has_raw
from exception e
left join subject s on s.name = e.subject
left join connection_state c on c.name = e.connection
where ($1::text is null or e.state = $1)
  and ($2::bigint is null or e.id < $2)
  and (cardinality($3::text[]) = 0 or coalesce(s.site, c.site) = any($3))
  and ($5::text is null or e.subject = $5)
  and ($6::bigint is null or e.id = $6)
order by e.id desc limit $4
