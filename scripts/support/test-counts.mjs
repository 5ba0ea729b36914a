import { existsSync, readFileSync } from 'node:fs'

/**
 * Sums vitest's JSON reports. A test file that could not even be loaded counts as one failure, as does a report
 * that is missing.
 * @param {string[]} files
 */
export function countTests(files) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const file of files) {
    if (!existsSync(file)) {
      counts.failed += 1
      continue
    }
    const report = JSON.parse(readFileSync(file, 'utf8'))
    counts.passed += report.numPassedTests
    counts.failed += report.numFailedTests
    counts.skipped += report.numPendingTests + report.numTodoTests
    counts.failed += report.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    ).length
  }
  return counts
}

export const countsLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`
