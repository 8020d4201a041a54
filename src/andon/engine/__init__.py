"""The loops: ingest, gate, execute, deliver, resolve, project; and who runs them where."""
