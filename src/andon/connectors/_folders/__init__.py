"""Exchanging whole files with a system, in a folder of this machine or behind SFTP.

For connectors whose documents come as files. One of them does this:

- its settings inherit `settings.FolderSettings` (with `folder: str = ""` where there are other
  ways besides) and set an honest `out_name`;
- it says how a file is read: `Layout(kind=..., rows=...)`, where `rows` takes the open file and
  yields `rows.Row(number, line, body={}, raw=json, kind=..., key=...)`, one for each item in it.
  A document that is one item is one Row whose `raw` is the whole of it as JSON. What cannot be
  read is `rows.Bad` (the next one goes on) or `rows.Broken` (the file is rejected, with its
  reason beside it). Wrap it in `rows.guarded`, so that a defect costs one file;
- it says how a request becomes a file: a function that takes it, raises RejectedError for what
  cannot be written, and returns a `layout.Draft`: number in sequence -> bytes. Where documents
  hold a control number, it is this one;
- in `open` it calls `exchange.refuse(name, soundness.folder_faults(settings))`, makes an
  `exchange.Exchange` and opens it; `read`, `send`, `find`, `committed` and `close` pass on to it.
  `send` and `find` are proven by the note under our key, also when the receiver takes files away;
- where senders ask for an answer, `rows` yields `rows.Asks` and `Layout.answers` writes it: called
  when all of the file is recorded or it is rejected, and before it is put away, so that a kill in
  between makes it come again. `keep` and `kept` of an Exchange hold notes of the connector's own;
- it offers `mapping.mappings` beside its own: they make faults and findings of files into
  exceptions and doubts that people see;
- its simulator mixes `drops.OnFolder` or `drops.BehindSftp` into a `drops.Drop` that says what
  stands in the files. The extra needs asyncssh.
"""

__all__: list[str] = []
