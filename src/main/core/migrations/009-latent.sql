-- The latent space: maps that took long, what probes found, picked-out crops, and how grey the paper is.

CREATE TABLE latent_maps (
  run TEXT NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
  method TEXT NOT NULL CHECK (method IN ('pca', 'umap')),
  seed INTEGER NOT NULL,
  neighbours INTEGER NOT NULL,
  minimum_distance REAL NOT NULL,
  -- Of the weights and of the size of the codes that were laid out: a run that went on has others.
  weights_sha256 TEXT NOT NULL,
  code_numbers INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  seconds REAL NOT NULL,
  finished_at TEXT NOT NULL,
  -- The sealed coordinates, relative to the run's folder.
  file TEXT NOT NULL,
  PRIMARY KEY (run, method, seed, neighbours, minimum_distance)
) STRICT, WITHOUT ROWID;

-- The last of each kind.
CREATE TABLE latent_reports (
  run TEXT NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('probe', 'confounds')),
  weights_sha256 TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  report TEXT NOT NULL CHECK (json_valid(report)),
  PRIMARY KEY (run, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE latent_selections (
  id INTEGER PRIMARY KEY,
  sample_set INTEGER NOT NULL REFERENCES sample_sets (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  note TEXT NOT NULL,
  -- Ascending sample indices, as JSON.
  indices TEXT NOT NULL CHECK (json_valid(indices)),
  created_at TEXT NOT NULL,
  UNIQUE (sample_set, name)
) STRICT;

-- The grey of a page's paper in [0, 1], measured on its crops.
CREATE TABLE paper_tones (
  sample_set INTEGER NOT NULL REFERENCES sample_sets (id) ON DELETE CASCADE,
  page INTEGER NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
  tone REAL NOT NULL,
  PRIMARY KEY (sample_set, page)
) STRICT, WITHOUT ROWID;
