/** Migrations are built in as text. */
declare module '*.sql?raw' {
  const sql: string
  export default sql
}
