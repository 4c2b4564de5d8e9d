/** Adds up vitest's JSON reports and fails on a test that was skipped: in CI every part that a test needs is there. */
import { readFileSync } from 'node:fs';

interface Report {
  testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[];
}

let passed = 0;
let failed = 0;
const skipped: string[] = [];
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed') failed += 1;
      else skipped.push(test.fullName);
    }
  }
}
for (const name of skipped) process.stdout.write(`skipped: ${name}\n`);
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped.length} skipped\n`);
if (failed > 0 || skipped.length > 0 || passed === 0) process.exit(1);
