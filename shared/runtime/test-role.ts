import { runRole } from './role.ts';

// A role that needs one thing, and does as it is told: `/meet` meets the need, `/block` keeps the event loop busy for good,
// `/fail` is an error that restarting does not help, `/stall` begins work that never moves, `/environment` is what programs started from here would see.
await runRole({
  name: 'test-role',
  variables: [],
  needs: ['friend'],
  async start({ readiness, onRequest, progress, fail }) {
    readiness.unmet('friend', 'has not\ncome yet');
    onRequest((request, response) => {
      if (request.url === '/meet') readiness.met('friend');
      if (request.url === '/stall') progress('the mill', { unreadyMs: 1_000, endMs: 3_000 }).begun();
      if (request.url === '/fail') fail(new Error('nothing to be done'));
      response.end(JSON.stringify(process.env), () => {
        if (request.url === '/block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });
    });
  },
});
