-- What sampling refuses beyond whiteness, and what was left out by hand when a set was drawn.

ALTER TABLE sample_sets ADD COLUMN minimum_ink REAL NOT NULL DEFAULT 0;
ALTER TABLE sample_sets ADD COLUMN margin REAL NOT NULL DEFAULT 0;
ALTER TABLE sample_sets ADD COLUMN background TEXT NOT NULL DEFAULT 'as-is';
ALTER TABLE sample_sets ADD COLUMN balance TEXT NOT NULL DEFAULT 'none';
-- The search whose pages were sampled; null for all.
ALTER TABLE sample_sets ADD COLUMN page_query TEXT;
ALTER TABLE sample_sets ADD COLUMN excluded_pages INTEGER NOT NULL DEFAULT 0;
-- Together refused_draws.
ALTER TABLE sample_sets ADD COLUMN refused_margin INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sample_sets ADD COLUMN refused_region INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sample_sets ADD COLUMN refused_too_white INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sample_sets ADD COLUMN refused_too_little_ink INTEGER NOT NULL DEFAULT 0;

UPDATE sample_sets SET refused_too_white = refused_draws;

-- By the bytes of pages, so that a set can be drawn again wherever its pages are.
CREATE TABLE sample_set_exclusions (
  sample_set INTEGER NOT NULL REFERENCES sample_sets (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  page_sha256 TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (sample_set, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_set_regions (
  sample_set INTEGER NOT NULL REFERENCES sample_sets (id) ON DELETE CASCADE,
  page_sha256 TEXT NOT NULL,
  x INTEGER NOT NULL,
  y INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  PRIMARY KEY (sample_set, page_sha256, x, y, width, height)
) STRICT, WITHOUT ROWID;
