-- $1 kind, $2 id, $3 party, $4 roles. Subjects that are linked to the party in one of the roles.
with found as (
  select name from subject where name = $2
  union select name from subject where local = $2 and kind = $1
  union select subject from alias where local = $2 and kind = $1
)
select s.name from found join subject s using (name)
where s.kind = $1 and exists (
  select from link where subject = s.name and object = $3 and relation = any($4::text[]))
