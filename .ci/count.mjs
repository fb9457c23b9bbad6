/**
 * Prints what the tests and checks came to; the last line is `N passed, N failed`. Ends with status 1 when
 * anything failed.
 *
 *     node .ci/count.mjs <number of failed checks> (<vitest's JSON report> <status of the test command>)...
 */
import { existsSync, readFileSync } from 'node:fs';

const [failedChecks, ...given] = process.argv.slice(2);
const counted = { passed: 0, failed: Number(failedChecks), skipped: 0 };
const linesOfMessage = 12;
const linesInAll = 120;
/** Said last, so that the end of a long log names what failed. */
const failures = failedChecks === '0' ? [] : [`${failedChecks} checks failed: see above`];

function fail(what, message = '') {
  counted.failed += 1;
  const told = message.split('\n').slice(0, linesOfMessage);
  failures.push(`failed: ${what}`, ...told.filter(Boolean).map((line) => `    ${line}`));
}

function countReport(report, testStatus) {
  const before = counted.failed;
  const files = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [];
  for (const { assertionResults, status, name, message } of files) {
    for (const test of assertionResults) {
      if (test.status === 'passed') counted.passed += 1;
      else if (test.status === 'failed')
        fail(`${name}: ${test.fullName}`, test.failureMessages.join('\n'));
      else {
        counted.skipped += 1;
        console.log(`skipped: ${test.fullName}`);
      }
    }
    // A file that cannot be loaded has no tests to count.
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) {
      fail(name, message);
    }
  }
  if (testStatus !== '0' && counted.failed === before) {
    fail(`a test command ended with status ${testStatus}`);
  }
}

for (let at = 0; at < given.length; at += 2) countReport(given[at], given[at + 1]);

for (const line of failures.slice(0, linesInAll)) console.log(line);
console.log(`${counted.skipped} skipped`);
console.log(`${counted.passed} passed, ${counted.failed} failed`);
process.exitCode = counted.failed === 0 ? 0 : 1;
