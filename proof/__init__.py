"""The kill proof: rounds of kill -9 under load, counted at the systems, not at Andon."""
