select until, at from thinned where subject = $1
