-- What is said about runs and how they were set up; several runs of one plan as a series.

CREATE TABLE series (
  sequence INTEGER PRIMARY KEY,
  series TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed', 'cancelled', 'interrupted')),
  -- What was asked for, with everything resolved that the runs have in common.
  request TEXT NOT NULL CHECK (json_valid(request)),
  planned INTEGER NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  problem TEXT,
  remarks TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(remarks))
) STRICT;

ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags));
ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN series TEXT REFERENCES series (series);
-- Which of the series' runs it is, from 0.
ALTER TABLE runs ADD COLUMN series_place INTEGER;
ALTER TABLE runs ADD COLUMN precision TEXT NOT NULL DEFAULT 'float32' CHECK (precision IN ('float32', 'mixed'));
-- What it was trained on last, in words.
ALTER TABLE runs ADD COLUMN device TEXT;
ALTER TABLE runs ADD COLUMN keep_checkpoints INTEGER NOT NULL DEFAULT 3;
-- How long it was expected to take when it began.
ALTER TABLE runs ADD COLUMN forecast_seconds REAL;

CREATE INDEX runs_by_series ON runs (series, series_place);

ALTER TABLE epoch_metrics ADD COLUMN learning_rate REAL;
