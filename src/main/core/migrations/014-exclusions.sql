-- What sampling leaves alone: whole pages, and regions of pages.

-- Why a page is left out ("title page"); null where it is sampled.
ALTER TABLE pages ADD COLUMN excluded TEXT CHECK (excluded <> '');

-- Rectangles in page pixels, after EXIF orientation is applied; no crop may touch one.
CREATE TABLE page_regions (
  page INTEGER NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
  x INTEGER NOT NULL CHECK (x >= 0),
  y INTEGER NOT NULL CHECK (y >= 0),
  width INTEGER NOT NULL CHECK (width >= 1),
  height INTEGER NOT NULL CHECK (height >= 1),
  note TEXT NOT NULL,
  PRIMARY KEY (page, x, y, width, height)
) STRICT, WITHOUT ROWID;
