/**
 * Prints what the tests and checks came to; the last line is `N passed, N failed`. Ends with status 1 when
 * anything failed.
 *
 *     node .ci/count.mjs <number of failed checks> (<vitest's JSON report> <status of the test command>)...
 */
import { existsSync, readFileSync } from 'node:fs';

const [failedChecks, ...given] = process.argv.slice(2);
const counted = { passed: 0, failed: Number(failedChecks), skipped: 0 };

function countReport(report, testStatus) {
  const before = counted.failed;
  const files = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [];
  for (const { assertionResults, status, name, message } of files) {
    for (const test of assertionResults) {
      if (test.status === 'passed') counted.passed += 1;
      else if (test.status === 'failed') counted.failed += 1;
      else {
        counted.skipped += 1;
        console.log(`skipped: ${test.fullName}`);
      }
    }
    // A file that cannot be loaded has no tests to count.
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) {
      counted.failed += 1;
      console.log(`failed: ${name} ${message ?? ''}`);
    }
  }
  if (testStatus !== '0' && counted.failed === before) {
    counted.failed += 1;
    console.log(`failed: a test command ended with status ${testStatus}`);
  }
}

for (let at = 0; at < given.length; at += 2) countReport(given[at], given[at + 1]);

console.log(`${counted.skipped} skipped`);
console.log(`${counted.passed} passed, ${counted.failed} failed`);
process.exitCode = counted.failed === 0 ? 0 : 1;
