-- Feature passes say which version of the pass and which weights they are of. Passes of before had no histograms,
-- ranges, correlations or tables: they are computed again.

DELETE FROM feature_tops;
DELETE FROM features;
DELETE FROM feature_passes;

ALTER TABLE feature_passes ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feature_passes ADD COLUMN weights_sha256 TEXT NOT NULL DEFAULT '';
-- Samples that an earlier pass, ended before it was complete, had measured.
ALTER TABLE feature_passes ADD COLUMN resumed INTEGER NOT NULL DEFAULT 0;

-- Histogram, samples over the range, correlations.
ALTER TABLE features ADD COLUMN details TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(details));

-- What the absence of each channel of a layer costs; the newest measurement of each layer.
CREATE TABLE ablations (
  run TEXT NOT NULL REFERENCES runs (run) ON DELETE CASCADE,
  layer TEXT NOT NULL,
  weights_sha256 TEXT NOT NULL CHECK (length(weights_sha256) = 64),
  crops INTEGER NOT NULL,
  finished_at TEXT NOT NULL,
  report TEXT NOT NULL CHECK (json_valid(report)),
  PRIMARY KEY (run, layer)
) STRICT, WITHOUT ROWID;
