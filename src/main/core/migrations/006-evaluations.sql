-- Scores of runs on their held-out crops; which kinds of jobs there are is for the contract to say.

CREATE TABLE evaluations (
  run TEXT PRIMARY KEY REFERENCES runs (run) ON DELETE CASCADE,
  -- Of the weights that were scored: a run that went on has others.
  weights_sha256 TEXT NOT NULL CHECK (length(weights_sha256) = 64),
  finished_at TEXT NOT NULL,
  evaluation TEXT NOT NULL CHECK (json_valid(evaluation))
) STRICT;

ALTER TABLE runs ADD COLUMN split_stratify TEXT CHECK (split_stratify IN ('style', 'composer'));

CREATE TABLE jobs_of_any_kind (
  sequence INTEGER PRIMARY KEY,
  job TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  -- What it belongs to: a run for training, features and evaluations.
  subject TEXT,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed', 'cancelled', 'interrupted')),
  label TEXT NOT NULL,
  done REAL NOT NULL DEFAULT 0,
  total REAL NOT NULL DEFAULT 0,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  problem_code TEXT,
  problem_message TEXT,
  -- What it gave, as JSON; null until it has finished.
  result TEXT CHECK (result IS NULL OR json_valid(result))
) STRICT;

INSERT INTO jobs_of_any_kind (sequence, job, kind, subject, status, label, done, total, started_at, finished_at,
    problem_code, problem_message, result)
  SELECT sequence, job, kind, subject, status, label, done, total, started_at, finished_at, problem_code,
    problem_message, result
  FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_of_any_kind RENAME TO jobs;
