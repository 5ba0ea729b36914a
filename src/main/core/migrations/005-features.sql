-- What a feature pass found: one row per channel of a run, and the samples that excite it most.

CREATE TABLE feature_passes (
  run TEXT PRIMARY KEY REFERENCES runs (run) ON DELETE CASCADE,
  samples INTEGER NOT NULL,
  layers INTEGER NOT NULL,
  channels INTEGER NOT NULL,
  seconds REAL NOT NULL,
  finished_at TEXT NOT NULL
) STRICT;

CREATE TABLE features (
  run TEXT NOT NULL REFERENCES feature_passes (run) ON DELETE CASCADE,
  layer TEXT NOT NULL,
  channel INTEGER NOT NULL,
  mean REAL NOT NULL,
  density REAL NOT NULL,
  maximum REAL NOT NULL,
  PRIMARY KEY (run, layer, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE feature_tops (
  run TEXT NOT NULL,
  layer TEXT NOT NULL,
  channel INTEGER NOT NULL,
  -- 0 for the sample that excites the channel most.
  rank INTEGER NOT NULL,
  sample INTEGER NOT NULL,
  -- The strongest unit on the layer's map.
  unit_row INTEGER NOT NULL,
  unit_column INTEGER NOT NULL,
  activation REAL NOT NULL,
  PRIMARY KEY (run, layer, channel, rank),
  FOREIGN KEY (run, layer, channel) REFERENCES features (run, layer, channel) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
