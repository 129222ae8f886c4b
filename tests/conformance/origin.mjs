// The origin of the HTTP cache test suite: its own handlers, on a port that the system chooses and the first line names.

import http from 'node:http'

import handleConfig from '../../third_party/http-cache-tests/test-engine/server/handle-config.mjs'
import handleState from '../../third_party/http-cache-tests/test-engine/server/handle-state.mjs'
import handleTest from '../../third_party/http-cache-tests/test-engine/server/handle-test.mjs'

const handlers = { config: handleConfig, state: handleState, test: handleTest }

const server = http.createServer((request, response) => {
  const [kind, ...segments] = request.url.split('?')[0].slice(1).split('/')
  const handle = handlers[kind]
  if (handle) return handle(segments, request, response)
  response.writeHead(404)
  response.end()
})

server.listen(0, '127.0.0.1', () => console.log(server.address().port))
