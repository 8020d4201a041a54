-- A subject known only because another one's record names it has a page too. Its site is that of the
-- record that named it, until it is spoken of itself.
alter table subject add column named_only boolean not null default false;

insert into subject (name, kind, issuer, local, site, position, first_at, named_only)
select distinct on (k.object) k.object, split_part(k.object, '/', 1),
       split_part(substr(k.object, strpos(k.object, '/') + 1), ':', 1),
       substr(k.object, strpos(k.object, ':') + 1), s.site, k.position, k.since, true
from link k join subject s on s.name = k.subject
order by k.object, k.position
on conflict do nothing;
