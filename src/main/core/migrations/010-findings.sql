-- What was found by statistics, and what people call channels.

CREATE TABLE contrasts (
  run TEXT NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
  field TEXT NOT NULL CHECK (field IN ('style', 'composer')),
  -- Empty: all layers.
  layer TEXT NOT NULL,
  -- Of the weights that were tested: a run that went on has others. Null where the run's are not known.
  weights_sha256 TEXT,
  finished_at TEXT NOT NULL,
  result TEXT NOT NULL CHECK (json_valid(result)),
  PRIMARY KEY (run, field, layer)
) STRICT, WITHOUT ROWID;

CREATE TABLE recurrences (
  recurrence INTEGER PRIMARY KEY AUTOINCREMENT,
  finished_at TEXT NOT NULL,
  -- What a list of recurrences says, so that listing reads no whole reports.
  summary TEXT NOT NULL CHECK (json_valid(summary)),
  report TEXT NOT NULL CHECK (json_valid(report))
) STRICT;

-- Names are people's work: they hang on no feature pass and are not deleted with anything.
CREATE TABLE channel_names (
  run TEXT NOT NULL,
  layer TEXT NOT NULL,
  channel INTEGER NOT NULL CHECK (channel >= 0),
  rater TEXT NOT NULL CHECK (rater <> ''),
  name TEXT NOT NULL,
  note TEXT NOT NULL,
  named_at TEXT NOT NULL,
  PRIMARY KEY (run, layer, channel, rater),
  CHECK (name <> '' OR note <> '')
) STRICT, WITHOUT ROWID;

CREATE INDEX channel_names_by_rater ON channel_names (rater);

-- Empty: the vocabulary that comes with Scorescope.
CREATE TABLE vocabulary (
  position INTEGER PRIMARY KEY,
  term TEXT NOT NULL UNIQUE,
  meaning TEXT NOT NULL
) STRICT;

CREATE TABLE channel_lists (
  list INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE channel_list_items (
  list INTEGER NOT NULL REFERENCES channel_lists (list) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  run TEXT NOT NULL,
  layer TEXT NOT NULL,
  channel INTEGER NOT NULL CHECK (channel >= 0),
  PRIMARY KEY (list, run, layer, channel)
) STRICT, WITHOUT ROWID;
