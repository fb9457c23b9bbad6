/**
 * Prints what the tests and checks came to; the last line is `N passed, N failed`. Ends with status 1 when
 * anything failed.
 *
 *     node .ci/count.mjs <vitest's JSON report> <status of the test command> <number of failed checks>
 */
import { existsSync, readFileSync } from 'node:fs';

const [report, testStatus, failedChecks] = process.argv.slice(2);
const files = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [];

const counted = { passed: 0, failed: Number(failedChecks), skipped: 0 };
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
if (testStatus !== '0' && counted.failed === 0) {
  counted.failed = 1;
  console.log(`failed: the test command ended with status ${testStatus}`);
}

console.log(`${counted.skipped} skipped`);
console.log(`${counted.passed} passed, ${counted.failed} failed`);
process.exitCode = counted.failed === 0 ? 0 : 1;
