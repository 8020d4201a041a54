insert into connection_state as c (name, site, kind, faces, state, since)
select name, site, kind, string_to_array(faces, ' '), 'running', $5
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as t(name, site, kind, faces)
on conflict (name) do update set site = excluded.site, kind = excluded.kind, faces = excluded.faces
returning name, wanted, state
