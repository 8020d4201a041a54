select raw from exception where id = $1
