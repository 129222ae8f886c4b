// The client of the HTTP cache test suite.
//
// Usage: client.mjs BASE_URL FILE_NAME [TEST_ID...]
//
// Prints one JSON object a line: {id, suite, kind, name, passed, blocked_by, why}. A test may pass and still not count,
// because one that it rests on has failed: `blocked_by` names that one. FILE_NAME, unless empty, is the last segment of the
// URLs of those tests that name none: some caches go by the extension. With TEST_IDs only those and what they rest on run.

import { getResults, runTests } from '../../third_party/http-cache-tests/test-engine/client/runner.mjs'
import suites from '../../third_party/http-cache-tests/tests/index.mjs'

const kTogether = 60 // a test mostly sleeps

const [baseUrl, fileName, ...ids] = process.argv.slice(2)
const tests = new Map(
  suites.flatMap(suite => suite.tests.map(test => [test.id, { ...test, suite: suite.id }]))
)

function withDependencies (wanted) {
  const found = new Set()
  const visit = id => {
    if (found.has(id)) return
    found.add(id)
    for (const other of tests.get(id).depends_on ?? []) visit(other)
  }
  wanted.forEach(visit)
  return found
}

function selected () {
  const unknown = ids.find(id => !tests.has(id))
  if (unknown) throw new Error(`no test ${unknown}`)
  const chosen = withDependencies(ids.length > 0 ? ids : [...tests.keys()])
  return [...tests.values()].filter(test => chosen.has(test.id) && !test.browser_only)
}

function blocker (id, results) {
  for (const other of tests.get(id).depends_on ?? []) {
    const found = results[other] === true ? blocker(other, results) : other
    if (found) return found
  }
  return null
}

const toRun = selected()
if (fileName) {
  for (const request of toRun.flatMap(test => test.requests)) request.filename ??= fileName
}
await runTests([{ tests: toRun }], false, baseUrl, kTogether)

const results = getResults()
const lines = toRun.map(({ id, suite, kind = 'required', name }) => {
  const passed = results[id] === true
  const why = passed ? '' : results[id].join(': ')
  return JSON.stringify({ id, suite, kind, name, passed, blocked_by: blocker(id, results), why })
})
// Idle connections would keep the process.
process.stdout.write(lines.join('\n') + '\n', () => process.exit(0))
