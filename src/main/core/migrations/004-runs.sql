-- Long work, and the trainings of the project.

CREATE TABLE jobs (
  sequence INTEGER PRIMARY KEY,
  job TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('import', 'sample', 'train', 'features', 'demo')),
  -- What it belongs to: a run for training and features.
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

CREATE TABLE runs (
  sequence INTEGER PRIMARY KEY,
  run TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('running', 'paused', 'finished', 'stopped', 'interrupted', 'failed', 'cancelled')),
  preset TEXT CHECK (preset IN ('study', 'quick')),
  sample_set INTEGER NOT NULL REFERENCES sample_sets (id),
  spec TEXT NOT NULL,
  input_size INTEGER NOT NULL,
  parameters INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  epochs_planned INTEGER NOT NULL,
  split_by TEXT NOT NULL CHECK (split_by IN ('piece', 'page', 'crop')),
  split_train INTEGER NOT NULL,
  split_validation INTEGER NOT NULL,
  epochs INTEGER NOT NULL DEFAULT 0,
  steps INTEGER NOT NULL DEFAULT 0,
  train_mse REAL,
  validation_mse REAL,
  baseline_constant REAL,
  baseline_block8 REAL,
  baseline_block4 REAL,
  baseline_block2 REAL,
  backend TEXT CHECK (backend IN ('tensorflow', 'js')),
  weights_sha256 TEXT,
  -- Time spent training, summed over resumptions.
  seconds REAL NOT NULL DEFAULT 0,
  peak_memory_bytes INTEGER,
  -- Step of the newest checkpoint that is on disk; null before the first.
  checkpoint_step INTEGER,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  problem TEXT,
  remarks TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(remarks))
) STRICT;

CREATE TABLE step_metrics (
  run TEXT NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  train_mse REAL NOT NULL,
  head_loss REAL,
  elapsed_ms REAL NOT NULL,
  PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE epoch_metrics (
  run TEXT NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  train_mse REAL NOT NULL,
  validation_mse REAL NOT NULL,
  head_accuracy REAL,
  elapsed_ms REAL NOT NULL,
  PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;
