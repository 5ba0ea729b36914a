/** SQLite keeps what is not in the catalogue's file yet in files beside it, named by these endings. */
export const CATALOGUE_ENDINGS = ['', '-wal', '-shm', '-journal'] as const
