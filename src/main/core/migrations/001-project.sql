-- What is known about the project itself, one fact per row: created_at, created_by, synthetic.
CREATE TABLE facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
