select system, local from alias where subject = $1 order by system, local
