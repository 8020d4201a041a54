-- A receipt follows from its command; a command that the gate did not let pass is its own refusal.
select j.n, j.position, j.answered_at, j.data,
       coalesce(c.type, denied.type) as command, c.data as command_data
from journal j
left join log o on o.position = j.position and o.kind in ('receipt', 'refusal')
left join log c on c.position = o.causation and c.kind = 'command'
left join log denied on denied.position = j.position and denied.kind = 'refusal'
where j.run = $1
order by j.at
