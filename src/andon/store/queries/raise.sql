insert into exception as e (cause, class, code, team, connection, subject, position, run, n, text,
                            detail, raw, choices, opened_at)
select distinct on (cause) cause, class, code, team, t.connection, coalesce(a.subject, t.subject), t.position, run, n, text,
       detail, raw, case when choices = '' then '{}' else string_to_array(choices, e'\x1f') end, $14
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
            $8::text[], $9::int[], $10::text[], $11::jsonb[], $12::bytea[], $13::text[])
     as t(cause, class, code, team, connection, subject, position, run, n, text, detail, raw, choices)
left join alias a on a.system = t.connection and a.kind = split_part(t.subject, '/', 1)
  and a.local = substr(t.subject, strpos(t.subject, ':') + 1)
on conflict (cause) do update set times = e.times + 1, text = excluded.text
