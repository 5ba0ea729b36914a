-- Pages that are one of several in a file: pictures of a TIFF, pages of a PDF.
ALTER TABLE pages ADD COLUMN kind TEXT NOT NULL DEFAULT 'jpeg' CHECK (kind IN ('jpeg', 'png', 'tiff', 'webp', 'pdf'));
UPDATE pages SET kind = format;
ALTER TABLE pages DROP COLUMN format;
ALTER TABLE pages RENAME COLUMN kind TO format;

-- Which of the file's pages, from 1, and how many of them are pages; gaps are smaller versions in a TIFF.
ALTER TABLE pages ADD COLUMN part INTEGER NOT NULL DEFAULT 1 CHECK (part >= 1);
ALTER TABLE pages ADD COLUMN parts INTEGER NOT NULL DEFAULT 1 CHECK (parts >= 1);
-- Of the whole file, where `sha256` stands for one of its pages; null where they are the same.
ALTER TABLE pages ADD COLUMN file_sha256 TEXT CHECK (length(file_sha256) = 64);
-- The resolution at which a page of a PDF is drawn where it is not a scan.
ALTER TABLE pages ADD COLUMN drawn_dpi INTEGER CHECK (drawn_dpi >= 1);
