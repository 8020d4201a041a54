-- $1 key, $2 sites, $3 who sent it, or null for anybody. The answer is the newest receipt or refusal that names the command as its cause.
select l.type, l.subject, d.state, d.connection, d.attempts, d.last_error,
  a.kind as answer_kind, a.source as answer_source, a.data::text as answer_data
from (
  (select l.* from delivery v join log l using (position) where v.key = $1)
  union all
  (select l.* from seen n join log l using (position) where n.source = 'command' and n.id = $1)
) l
left join subject s on s.name = l.subject
left join delivery d on d.key = $1
left join lateral (
  select kind, source, data from log
  where subject = l.subject and position > l.position and causation = l.position
    and kind in ('receipt', 'refusal')
  order by position desc limit 1) a on true
where l.kind = 'command' and ($3::text is null or l.actor = $3) and (cardinality($2::text[]) = 0 or coalesce(s.site, l.site) = any($2))
limit 1
