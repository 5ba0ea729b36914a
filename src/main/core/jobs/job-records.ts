/** The jobs' rows. */
import type Database from 'better-sqlite3'
import { AppError } from '@shared/errors'
import type { Job, JobKind, JobResults, JobStatus } from '@shared/domain/job'

interface JobRow {
  readonly job: string
  readonly kind: JobKind
  readonly subject: string | null
  readonly status: JobStatus
  readonly label: string
  readonly done: number
  readonly total: number
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly problemCode: string | null
  readonly problemMessage: string | null
}

const COLUMNS = `job, kind, subject, status, label, done, total, started_at AS startedAt,
  finished_at AS finishedAt, problem_code AS problemCode, problem_message AS problemMessage`

/** Enough for a list of what was done lately; nothing is deleted. */
const LISTED = 200

export function insertJob(database: Database.Database, job: Job): void {
  database
    .prepare(
      `INSERT INTO jobs (job, kind, subject, status, label, done, total, started_at)
       VALUES (:job, :kind, :subject, :status, :label, :done, :total, :startedAt)`,
    )
    .run({
      job: job.job,
      kind: job.kind,
      subject: job.subject,
      status: job.status,
      label: job.label,
      done: job.done,
      total: job.total,
      startedAt: job.startedAt,
    })
}

/** Records how a job ended. */
export function endJob(database: Database.Database, job: Job, result: unknown): void {
  database
    .prepare(
      `UPDATE jobs SET status = :status, label = :label, done = :done, total = :total,
         finished_at = :finishedAt, problem_code = :problemCode, problem_message = :problemMessage,
         result = :result
       WHERE job = :job`,
    )
    .run({
      job: job.job,
      status: job.status,
      label: job.label,
      done: job.done,
      total: job.total,
      finishedAt: job.finishedAt,
      problemCode: job.problem?.code ?? null,
      problemMessage: job.problem?.message ?? null,
      result: result === undefined ? null : JSON.stringify(result),
    })
}

/** Newest first. */
export function listJobs(database: Database.Database): readonly Job[] {
  const rows = database
    .prepare<[number], JobRow>(`SELECT ${COLUMNS} FROM jobs ORDER BY sequence DESC LIMIT ?`)
    .all(LISTED)
  return rows.map(toJob)
}

export function findJob(database: Database.Database, job: string): Job | null {
  const row = database.prepare<[string], JobRow>(`SELECT ${COLUMNS} FROM jobs WHERE job = ?`).get(job)
  return row === undefined ? null : toJob(row)
}

/** What a finished job gave. */
export function resultOf(database: Database.Database, job: string): JobResults[JobKind] | null {
  const row = database
    .prepare<[string], { result: string | null }>('SELECT result FROM jobs WHERE job = ?')
    .get(job)
  return row?.result == null ? null : (JSON.parse(row.result) as JobResults[JobKind])
}

/** Marks the jobs that were running when an earlier process died. Returns how many there were. */
export function interruptLeftovers(database: Database.Database, now: string): number {
  const leftovers = database
    .prepare<[], { job: string }>("SELECT job FROM jobs WHERE status = 'running'")
    .all()
  const interrupt = database.prepare(
    `UPDATE jobs SET status = 'interrupted', finished_at = ?, problem_code = ?, problem_message = ?
     WHERE job = ?`,
  )
  database.transaction(() => {
    for (const { job } of leftovers) {
      const { code, message } = AppError.of('job/interrupted', { job })
      interrupt.run(now, code, message, job)
    }
  })()
  return leftovers.length
}

function toJob(row: JobRow): Job {
  const { problemCode, problemMessage, ...rest } = row
  const problem =
    problemCode === null || problemMessage === null ? null : { code: problemCode, message: problemMessage }
  return { ...rest, secondsLeft: null, problem }
}
